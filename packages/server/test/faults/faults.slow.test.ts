import { expect, test } from 'vitest'
import type { FaultName } from './faults.ts'
import { runFaults } from './run.ts'

/** The short form of `npm run test:faults:real`. */
const plan: FaultName[] = [
  'a server is killed',
  'PostgreSQL is killed',
  'clients lose connections',
  'statements and answers of the database are lost',
  'one transaction in ten cannot be serialized',
  'a server is paused',
]

// Windows has no signal that stops a process.
test.runIf(process.platform !== 'win32')('no acknowledged change is lost while servers and the database fail', { timeout: 600_000 }, async () => {
  const { history, violations } = await runFaults({ plan, seed: 1, servers: 2, clients: 3, waitsForEmails: false, say: () => {} })
  expect(violations).toEqual([])
  const outcomes = Map.groupBy(history.operations, ({ outcome }) => outcome)
  expect(outcomes.get('ok')?.length).toBeGreaterThan(100)
  expect(outcomes.get('unknown')?.length).toBeGreaterThan(5)
})
