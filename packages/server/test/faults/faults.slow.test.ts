import { expect, test } from 'vitest'
import { startCluster } from './cluster.ts'
import { startEmbedded } from './embedded.ts'
import { faultsOfCluster, faultsOfEmbedded } from './faults.ts'
import { type FaultRun, runFaults, seededRandom } from './run.ts'

// The short form of `npm run test:faults:real`.

const plan = [
  'a server is killed',
  'PostgreSQL is killed',
  'clients lose connections',
  'statements and answers of the database are lost',
  'one transaction in ten cannot be serialized',
  'a server is paused',
] as const

const random = seededRandom(1)
const say = (): void => {}

function expectNoViolation({ history, violations }: FaultRun): void {
  expect(violations).toEqual([])
  const outcomes = Map.groupBy(history.operations, ({ outcome }) => outcome)
  expect(outcomes.get('ok')?.length).toBeGreaterThan(50)
  expect(outcomes.get('unknown')?.length).toBeGreaterThan(2)
}

// Windows has no signal that stops a process.
test.runIf(process.platform !== 'win32')('no confirmed change is lost while servers and PostgreSQL fail', { timeout: 600_000 }, async () => {
  const start = () => startCluster({ servers: 2, clients: 3, random })
  expectNoViolation(await runFaults({ start, plan: plan.map((name) => [name, faultsOfCluster[name]] as const), random, waitsForEmails: false, say }))
})

test('no confirmed change is lost when a server with an embedded database is killed', { timeout: 600_000 }, async () => {
  const name = 'the server is killed'
  const kill = [name, faultsOfEmbedded[name]] as const
  expectNoViolation(await runFaults({ start: () => startEmbedded({ clients: 3 }), plan: [kill, kill], random, waitsForEmails: false, say }))
})
