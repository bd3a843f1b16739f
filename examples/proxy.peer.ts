import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { isMissing, peers } from './clients/table.ts'

// Runs the nginx configuration of docs/operations.md on another port.

let muster: Muster
let folder: string
let nginx: ChildProcess
let port: number
beforeAll(async () => {
  port = await freePort()
  muster = await startMuster({ env: { MUSTER_HOSTS: `localhost:${port}`, MUSTER_TRUSTED_PROXIES: '127.0.0.1' } })
  folder = await mkdtemp(join(tmpdir(), 'muster-proxy-'))
  const operations = await readFile(new URL('../docs/operations.md', import.meta.url), 'utf8')
  const [, snippet = ''] = /```nginx\n([\s\S]*?)```/.exec(operations) ?? []
  expect(snippet).toContain('http://127.0.0.1:4000')
  await mkdir(join(folder, 'temporary'))
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/temporary/${name};`)
  await writeFile(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; error_log stderr warn; events {}
http { access_log off; ${paths.join(' ')} server { listen 127.0.0.1:${port}; ${snippet.replace('127.0.0.1:4000', new URL(muster.url).host)} } }`,
  )
  nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'], { stdio: 'inherit' })
  await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/`), { timeout: 30_000 })
})
afterAll(async () => {
  nginx?.kill('SIGTERM')
  await muster?.close()
  await rm(folder, { recursive: true, force: true })
})

test.skipIf(isMissing(peers.nginx))('nginx passes on the host and port the caller used', async () => {
  expect((await fetch(`http://localhost:${port}/sign-in`)).status).toBe(200)
  expect((await fetch(`http://127.0.0.1:${port}/sign-in`)).status).toBe(421)
})
