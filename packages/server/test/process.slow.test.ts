import { strict as assert } from 'node:assert'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readConfig } from '@muster/server/config.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { freePort } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

interface Process {
  child: ChildProcess
  url: string
  said(): string
  /** Waits for the banner. */
  ready(): Promise<void>
  /** The exit code, or the signal that killed it. */
  ended: Promise<number | NodeJS.Signals | null>
}

describe('the server process', () => {
  const running = new Set<ChildProcess>()
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-process-'))
  })
  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  async function start(env: Record<string, string>, [command, ...args]: string[] = [process.execPath, 'scripts/start.js']): Promise<Process> {
    const port = env.PORT ?? String(await freePort())
    // Like a terminal, start a process group, so that Ctrl-C reaches every process in it.
    const child = spawn(command as string, args, { cwd: root, env: { ...bareEnvironment(), NO_COLOR: '1', PORT: port, ...env }, detached: true })
    running.add(child)
    let said = ''
    const waiting = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        said += text
        for (const look of waiting) look()
      })
    }
    const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
      child.on('close', (code, signal) => {
        running.delete(child)
        resolve(code ?? signal)
        for (const look of waiting) look()
      })
    })
    const ready = (): Promise<void> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (said.includes('Ctrl-C ends it.')) resolve()
          else if (!running.has(child)) reject(new Error(`It ended before it was ready:\n${said}`))
        }
        waiting.add(look)
        look()
      })
    return { child, url: `http://localhost:${port}`, said: () => said, ready, ended }
  }
  const ctrlC = ({ child }: Process): boolean => process.kill(-(child.pid ?? 0), 'SIGINT')
  const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8)

  test('the server starts, refuses a second process, and restarts after being killed', async () => {
    const data = join(folder, 'first')
    const server = await start({ MUSTER_DATA_DIR: data })
    await server.ready()
    const banner = server.said()
    assert.ok(banner.includes(`Muster is ready at ${server.url}\n`), banner)
    assert.ok(banner.includes(`${server.url}/mailbox`) && banner.includes(data))
    // Without --url the command would use port 4000.
    assert.ok(banner.includes(`npx muster register -u alice --url ${server.url}`))
    assert.match(banner, new RegExp(`Elsewhere npx --yes ${server.url}/cli-[\\w.-]+\\.tgz COMMAND`))
    assert.deepEqual(await (await fetch(`${server.url}/readyz`)).json(), { status: 'ready' })
    assert.equal((await fetch(server.url)).status, 200)
    assert.equal((await fetch(`${server.url}/mailbox`)).status, 200)

    assert.deepEqual([await mode(data), await mode(join(data, 'operator-token')), await mode(join(data, 'secret'))], ['700', '600', '600'])
    const token = (await readFile(join(data, 'operator-token'), 'utf8')).trim()
    assert.ok(!server.said().includes(token))
    const authorization = { authorization: `Bearer ${token}` }
    assert.equal((await fetch(`${server.url}/v1/operator/clients`, { headers: authorization })).status, 200)
    assert.equal((await fetch(`${server.url}/v1/operator/clients`)).status, 401)

    // A second process in the same folder would lose rows of the first.
    const second = await start({ MUSTER_DATA_DIR: data })
    assert.equal(await second.ended, 1)
    assert.match(second.said(), /✗ The data folder .*first is in use by process \d+\. Stop that process, or choose another folder/)
    assert.doesNotMatch(second.said(), /\n\s+at /)
    const samePort = await start({ MUSTER_DATA_DIR: join(folder, 'other'), PORT: new URL(server.url).port })
    assert.equal(await samePort.ended, 1)
    assert.match(samePort.said(), /✗ address already in use .*Stop the process that listens there, or choose another PORT\./)
    assert.equal((await fetch(`${server.url}/readyz`)).status, 200)

    // After a kill the server must start again with everything that it acknowledged.
    const client = { name: 'Kept', grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] }
    const made = await fetch(`${server.url}/v1/operator/clients`, {
      method: 'POST',
      headers: { ...authorization, 'content-type': 'application/json' },
      body: JSON.stringify(client),
    })
    assert.equal(made.status, 201)
    server.child.kill('SIGKILL')
    assert.equal(await server.ended, 'SIGKILL')
    const again = await start({ MUSTER_DATA_DIR: data })
    await again.ready()
    const { items } = (await (await fetch(`${again.url}/v1/operator/clients`, { headers: authorization })).json()) as { items: { name: string }[] }
    assert.ok(items.some(({ name }) => name === 'Kept'))
    ctrlC(again)
    assert.equal(await again.ended, 0)
    assert.match(again.said(), /Stopped\./)
    assert.deepEqual((await readFile(join(data, 'operator-token'), 'utf8')).trim(), token)
  })

  test('Ctrl-C waits for running requests and not for idle connections', async () => {
    const server = await start({ MUSTER_DATA_DIR: join(folder, 'drains') }, ['npm', 'start'])
    await server.ready()
    const agent = new Agent({ keepAlive: true })
    await answered(request(`${server.url}/healthz`, { agent }).end()) // this connection stays open
    const form = new URLSearchParams({ email: 'slow@example.com', password: 'seven quiet lanterns drift', given_name: 'A', family_name: 'B' })
    // The server has read the head and waits for the body.
    const headers = { origin: server.url, 'content-type': 'application/x-www-form-urlencoded', expect: '100-continue' }
    const underWay = request(`${server.url}/sign-up`, { method: 'POST', headers })
    underWay.flushHeaders()
    await once(underWay, 'continue')
    const began = performance.now()
    ctrlC(server)
    await expect.poll(server.said).toContain('Ctrl-C: finishing the requests in progress.')
    assert.equal(await answered(underWay.end(form.toString())), 303)
    await server.ended // with the exit code of the shell between npm and the server, which also received Ctrl-C
    assert.ok(performance.now() - began < 60_000) // an idle connection could be held for more than 70 seconds
    assert.match(server.said(), /Stopped\./)
    assert.doesNotMatch(server.said(), /without waiting/)
    agent.destroy()
  })

  test('SIGTERM drains a process with PostgreSQL until a second signal (O5)', async () => {
    const databaseUrl = await (await startPostgres()).createDatabase()
    const env = { DATABASE_URL: databaseUrl, MUSTER_SECRET: 'a secret that is only made for this one test', MUSTER_DRAIN_SECONDS: '600' }
    const server = await start(env)
    await server.ready()
    const statusOf = async (path: string) => (await fetch(`${server.url}${path}`)).status
    assert.equal(await statusOf('/readyz'), 200)
    server.child.kill('SIGTERM')
    await expect.poll(() => statusOf('/readyz')).toBe(503)
    assert.equal(await statusOf('/sign-in'), 200)
    assert.match(server.said(), /SIGTERM: not ready any more, and serving requests for 600 seconds\. A second signal stops it at once\./)
    server.child.kill('SIGINT') // a second SIGTERM within half a second counts as an echo of npm
    assert.equal(await server.ended, 1)
    const brief = await start({ ...env, MUSTER_DRAIN_SECONDS: '1' })
    await brief.ready()
    brief.child.kill('SIGTERM')
    assert.equal(await brief.ended, 0)
    assert.match(brief.said(), /Finishing the requests in progress\.[\s\S]*Stopped\./)
  })

  test('SIGTERM ends a server that is still starting (O2)', async () => {
    const silent = createServer()
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = silent.address() as AddressInfo
    const connected = once(silent, 'connection')
    const server = await start({ DATABASE_URL: `postgres://muster@127.0.0.1:${port}/muster`, MUSTER_SECRET: 'a secret that is only made for this one test' })
    const [socket] = (await connected) as [Socket]
    server.child.kill('SIGTERM')
    assert.equal(await server.ended, 1) // and not by the signal, which the first process of a container would not get
    socket.destroy()
    silent.close()
  })

  test('the server reports all invalid settings together and creates nothing', async () => {
    const data = join(folder, 'never')
    const server = await start({ MUSTER_DATA_DIR: data, PORT: 'http', LOG_LEVEL: 'loud', MUSTER_SECRET: 'short', MUSTER_ISSUR: 'https://x', HOST: '' })
    assert.equal(await server.ended, 1)
    for (const fault of [
      'PORT is "http"',
      'LOG_LEVEL is "loud"',
      'MUSTER_SECRET is too short',
      'MUSTER_ISSUR is not a setting. Did you mean MUSTER_ISSUER?',
      'HOST is empty',
    ])
      assert.ok(server.said().includes(fault), `${fault}:\n${server.said()}`)
    assert.doesNotMatch(server.said(), /\n\s+at /)
    assert.ok(!existsSync(data))
  })

  test('a public issuer without a mail server is refused', () => {
    const read = () => readConfig({ MUSTER_DATA_DIR: join(folder, 'public'), MUSTER_ISSUER: 'https://accounts.example.com' }, () => '')
    assert.throws(read, /MUSTER_SMTP_URL is required for this issuer, because people need emailed codes to sign up\./)
  })

  test('an unreachable database is reported in one sentence', async () => {
    const server = await start({
      DATABASE_URL: `postgres://muster@127.0.0.1:${await freePort()}/muster`,
      MUSTER_SECRET: 'a secret that is only made for this one test',
    })
    assert.equal(await server.ended, 1)
    assert.match(server.said(), /The database cannot be reached: .*Check DATABASE_URL, and that the database server runs\./)
  })
})

async function answered(sent: ClientRequest): Promise<number | undefined> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  await once(response.resume(), 'end')
  return response.statusCode
}
