import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type ServerProcess, startServerProcess } from '@muster/testkit/process.ts'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

// Replaces two processes one after the other under load (O5), behind each load balancer with its configuration from docs/operations.md.

const DRAIN_SECONDS = 4

interface Balancer {
  language: string
  configuration(snippet: string, listen: string, folder: string): string
  command(file: string): string[]
  version: string[]
}

const balancers: Record<string, Balancer> = {
  HAProxy: {
    language: 'haproxy',
    version: ['haproxy', '-v'],
    configuration: (snippet, listen) =>
      `defaults\n  mode http\n  timeout connect 5s\n  timeout client 60s\n  timeout server 60s\nfrontend all\n  bind ${listen}\n  default_backend muster\n${snippet}`,
    command: (file) => ['haproxy', '-f', file],
  },
  Caddy: {
    language: 'caddyfile',
    version: ['caddy', 'version'],
    configuration: (snippet, listen) => `{\n\tadmin off\n\tauto_https off\n}\nhttp://localhost:${listen.split(':')[1]} {\n${snippet}}\n`,
    command: (file) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', file],
  },
  nginx: {
    language: 'nginx',
    version: ['nginx', '-v'],
    configuration(snippet, listen, folder) {
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/temporary/${name};`)
      return `pid ${folder}/pid; error_log stderr warn; events {} http { access_log off; ${paths.join(' ')} ${snippet.replace('server {', `server { listen ${listen};`)} }`
    },
    command: (file) => ['nginx', '-c', file, '-g', 'daemon off;'],
  },
}

const isMissing = ([program = '', ...words]: string[]): boolean => spawnSync(program, words).status !== 0

let operations: string
let databaseUrl: string
beforeAll(async () => {
  operations = await readFile(new URL('../docs/operations.md', import.meta.url), 'utf8')
  databaseUrl = await (await startPostgres()).createDatabase()
})

let folder: string
let balancer: ChildProcess | undefined
const servers: ServerProcess[] = []
afterAll(async () => {
  balancer?.kill('SIGKILL')
  await Promise.all(servers.map((server) => server.kill()))
})

for (const [name, { language, version, configuration, command }] of Object.entries(balancers)) {
  test.skipIf(isMissing(version))(`${name} passes all requests on while both processes are replaced`, { timeout: 300_000 }, async () => {
    const [port, one, two] = [String(await freePort()), String(await freePort()), String(await freePort())]
    const env = {
      DATABASE_URL: databaseUrl,
      MUSTER_ISSUER: `http://localhost:${port}`,
      MUSTER_SECRET: SECRET,
      MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
      MUSTER_DRAIN_SECONDS: String(DRAIN_SECONDS),
    }
    const start = (PORT: string) =>
      startServerProcess({ command: [process.execPath, new URL('../packages/server/bin/server.js', import.meta.url).pathname], env: { ...env, PORT } })
    const running = await Promise.all([start(one), start(two)])
    servers.push(...running)

    folder = await mkdtemp(join(tmpdir(), 'muster-rolling-'))
    await mkdir(join(folder, 'temporary'))
    const snippet = snippets(operations, language).find((text) => text.includes('10.0.0.2:4000')) ?? ''
    const file = join(folder, 'configuration')
    const listen = `127.0.0.1:${port}`
    await writeFile(
      file,
      configuration(snippet.replaceAll('10.0.0.1:4000', `127.0.0.1:${one}`).replaceAll('10.0.0.2:4000', `127.0.0.1:${two}`), listen, folder),
    )
    const [program = '', ...words] = command(file)
    balancer = spawn(program, words, { stdio: 'ignore' })
    await vi.waitFor(async () => expect((await fetch(`http://localhost:${port}/healthz`)).status).toBe(200), { timeout: 30_000 })

    const load = underLoad(Number(port))
    for (const at of [0, 1]) {
      await sleep(1_000)
      expect(await running[at]?.stop()).toBe(0)
      running[at] = await start(at === 0 ? one : two)
      servers.push(running[at])
      await sleep(3_000) // The load balancer notices that the process is back.
    }
    const { answered, failed } = await load.stop()
    expect(failed).toEqual([])
    expect(answered).toBeGreaterThan(500)
    balancer.kill('SIGTERM')
    await Promise.all(running.map((server) => server.kill()))
    await rm(folder, { recursive: true, force: true })
  })
}

/** The code blocks of a language in a page. */
const snippets = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text = '']) => text)

/** Reads and changes through the load balancer until it is stopped, over connections that are kept alive. */
function underLoad(port: number) {
  const agent = new Agent({ keepAlive: true })
  const failed: string[] = []
  let [answered, going, count] = [0, true, 0]
  const send = (method: string, path: string, body?: object): Promise<void> =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${OPERATOR_TOKEN}`, ...(body && { 'content-type': 'application/json' }) }
      const sent = request({ agent, host: 'localhost', port, method, path, headers }, (response: IncomingMessage) => {
        response.resume().on('end', () => {
          answered += 1
          if ((response.statusCode ?? 0) >= 300) failed.push(`${method} ${path}: ${response.statusCode}`)
          resolve()
        })
      })
      sent.on('error', (error) => {
        failed.push(`${method} ${path}: ${error.message}`)
        resolve()
      })
      sent.end(body && JSON.stringify(body))
    })
  const workers = Array.from({ length: 4 }, async () => {
    while (going) {
      await send('GET', '/v1/operator/clients')
      await send('GET', '/healthz')
      await send('POST', '/v1/operator/clients', { name: `Client ${++count}`, grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] })
      await sleep(20)
    }
  })
  return {
    async stop() {
      going = false
      await Promise.all(workers)
      agent.destroy()
      return { answered, failed }
    },
  }
}
