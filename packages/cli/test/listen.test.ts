import { mkdtempSync, realpathSync } from 'node:fs'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningCommand, startCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// `muster events listen` (P20), whose connection breaks when the test wants it to.

const me = { kind: 'user', id: 'usr_1', username: 'ada', organization: { id: 'org_1', name: 'acme', role: 'admin' }, key: { id: 'key_1' } }
const event = (position: number) => ({
  position,
  cursor: `${position}-evt_${position}`,
  id: `evt_${position}`,
  at: '2026-11-30T12:00:00.000Z',
  action: 'key.created',
  outcome: 'done',
  actor: { kind: 'user', id: 'usr_1', name: 'ada' },
  target: { id: 'key_1', name: 'deploy' },
  details: { description: 'deploy' },
})

type Step = (response: ServerResponse) => unknown
const answer =
  (status: number, body: unknown): Step =>
  (response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const events = (...positions: number[]): Step => answer(200, { items: positions.map(event), next_after: `${positions.at(-1)}-evt_${positions.at(-1)}` })
const breaks: Step = (response) => response.destroy()
const holds: Step = () => {}

let server: Server
let steps: Step[]
let asked: string[]
beforeAll(async () => {
  server = createServer(({ url = '' }, response) => {
    if (url === '/v1/me') return answer(200, me)(response)
    asked.push(new URL(url, 'http://x').searchParams.get('after') ?? '')
    return (steps.shift() ?? holds)(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  asked = []
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function start(...words: string[]): Promise<RunningCommand> {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'muster-cli-')))
  const MUSTER_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return startCommand(['events', 'listen', ...words], { cwd, env: { ...bareEnvironment(), HOME: cwd, MUSTER_URL, MUSTER_TOKEN: 'muster_uk_x' } })
}

test('events are printed as they come, and Ctrl-C prints the cursor to continue from', async () => {
  steps = [answer(200, { items: [], next_after: '4-evt_4' }), events(5, 6)]
  const command = await start()
  await expect.poll(() => asked).toEqual(['now', '4-evt_4', '6-evt_6'])
  command.interrupt()
  const { code, stdout, stderr } = await command.ended
  expect(code).toBe(0)
  expect(stdout.split('\n')).toHaveLength(3)
  expect(stdout).toContain('2026-11-30T12:00:00.000Z\tada\tkey.created\tdone\tdeploy\t{"description":"deploy"}\t\n')
  expect(stderr).toContain('To continue:\n  muster events listen --after 6-evt_6')
})

test('with --json each event is one line with its cursor', async () => {
  steps = [events(1, 2)]
  const command = await start('--after', 'start', '--json')
  await expect.poll(() => asked).toEqual(['start', '2-evt_2'])
  command.interrupt()
  const { stdout, stderr } = await command.ended
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([event(1), event(2)])
  expect(JSON.parse(stderr)).toEqual({ event: 'stopped', after: '2-evt_2' })
})

test('a lost connection is tried again from the last event', async () => {
  steps = [events(1), breaks, breaks, breaks, breaks, answer(503, { code: 'unavailable', title: 'Busy.', status: 503 }), events(2)]
  const command = await start('--after', 'start')
  await expect.poll(() => asked.at(-1), { timeout: 30_000 }).toBe('2-evt_2')
  expect(new Set(asked)).toEqual(new Set(['start', '1-evt_1', '2-evt_2']))
  command.interrupt()
  const { code, stderr } = await command.ended
  expect(code).toBe(0)
  expect(stderr.match(/Trying again/g)).toHaveLength(1)
  expect(stderr).toContain('Connected again.')
})

test('a refusal ends the command with its reason', async () => {
  steps = [answer(410, { code: 'cursor_gone', title: 'The event of this cursor is not in the feed.', status: 410, next: 'Start again from now.' })]
  const { code, stderr } = await (await start('--after', '9-evt_9')).ended
  expect(code).toBe(1)
  expect(stderr).toContain('The event of this cursor is not in the feed.\n  Start again from now.')
})

test('a person without the right waits for no events', async () => {
  steps = [answer(403, { code: 'forbidden', title: 'You do not have permission for this.', status: 403 })]
  const { code, stderr } = await (await start()).ended
  expect(code).toBe(1)
  expect(stderr).not.toContain('Waiting')
})

test('a person whose access ends gets the cursor to continue from', async () => {
  const ended = answer(403, { code: 'forbidden', title: 'You do not have permission for this.', status: 403 })
  steps = [events(1, 2), ended, events(1, 2), ended]
  const { code, stderr } = await (await start('--after', 'start')).ended
  expect(code).toBe(1)
  expect(stderr).toContain('You do not have permission for this.')
  expect(stderr).toContain('To continue:\n  muster events listen --after 2-evt_2')
  const json = await (await start('--after', 'start', '--json')).ended
  expect(
    json.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([{ event: 'stopped', after: '2-evt_2' }, { code: 'forbidden' }])
})
