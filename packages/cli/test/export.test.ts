import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// An export whose connection breaks half way, which a whole Muster does not do when it is asked to.

const me = { kind: 'service_account', id: 'sva_1', username: 'builder', organization: { id: 'org_1', name: 'acme', role: 'admin' }, key: { id: 'key_1' } }
const quoted = 'id,at,details\r\nevt_1,now,"{""a"":""b\nc""}"\r\nevt_2,now,\r\n'
let server: Server
let breaks = false
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/v1/me') return void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(me))
    response.writeHead(200, { 'content-type': 'text/csv', 'transfer-encoding': 'chunked' })
    response.write(quoted, () => (breaks ? response.destroy() : response.end()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => new Promise((resolve) => server.close(resolve)))

async function exported(words: string[]) {
  const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'muster-cli-')))
  const MUSTER_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = { ...bareEnvironment(), HOME: cwd, MUSTER_URL, MUSTER_TOKEN: 'muster_sk_x' }
  return { cwd, ...(await runCommand(['audit', 'export', '--format', 'csv', ...words], { cwd, env })) }
}

test('the count leaves out the CSV head and line ends inside quotes', async () => {
  breaks = false
  const { code, stderr, cwd } = await exported(['-o', 'audit.csv'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: `✓ 2 events in audit.csv (${quoted.length} bytes).\n` })
  expect(readFileSync(join(cwd, 'audit.csv'), 'utf8')).toBe(quoted)
})

test('an interrupted export exits with 1 and leaves no file', async () => {
  breaks = true
  const { code, stderr, cwd } = await exported(['-o', 'audit.csv'])
  expect(code).toBe(1)
  expect(stderr).toContain('The export was interrupted.')
  expect(readdirSync(cwd)).toEqual([])
  expect((await exported([])).code).toBe(1)
})
