import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aClient, eventually } from './verifying.ts'

const LEASE = 10

let muster: Muster
let child: ChildProcess
let people: Record<'ada' | 'bob', Human>
beforeAll(async () => {
  muster = await startMuster()
  people = (await muster.organization({ ada: 'admin', bob: 'member' })) as typeof people
  const settings = JSON.stringify({ ...(await aClient(muster)), lease: LEASE })
  child = fork(fileURLToPath(new URL('verifier-process.ts', import.meta.url)), [muster.url, settings])
  await once(child, 'message')
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await muster?.close()
})

/** Returns the verdicts of the process's two verifiers on bob and on ada. */
async function verdicts(): Promise<string[][]> {
  const answer = once(child, 'message')
  child.send([people.bob.token, people.ada.token])
  return (await answer)[0]
}
const both = (verdict: string) => [verdict, verdict]

// Windows has no signal that stops a process.
test.runIf(process.platform !== 'win32')('a process stopped for longer than its lease accepts no token revoked meanwhile', async () => {
  expect(await verdicts()).toEqual([both('accepted'), both('accepted')])
  child.kill('SIGSTOP')
  const stoppedAt = Date.now()
  const { body } = await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: people.ada.token, headers: { prefer: 'wait=1' } })
  expect(body.revocation).toMatchObject({ receivers: 2, acknowledged: 0 })
  const endsAt = new Date(body.revocation.ended_everywhere_at).getTime()
  expect(endsAt).toBeLessThan(stoppedAt + (LEASE + 5) * 1_000)
  await sleep(2.5 * LEASE * 1_000)
  // The request is waiting when the process resumes, beside the events sent before it was stopped.
  const first = verdicts()
  child.kill('SIGCONT')
  const [[refusing, asking], [others, asked]] = (await first) as [[string, string], [string, string]]
  expect(refusing).toMatch(/^(unavailable: stale|user_deactivated)$/)
  expect(others).toMatch(/^(unavailable: stale|accepted)$/)
  expect([asking, asked]).toEqual(['user_deactivated', 'accepted'])
  await eventually(async () => JSON.stringify(await verdicts()) === JSON.stringify([both('user_deactivated'), both('accepted')]))
})
