import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Muster, startMuster } from '@muster/testkit/muster.ts'

export interface Place {
  muster: Muster
  folder: string
  /** The port on which the gateway listens. */
  port: number
  applicationPort: number
  /** The headers of the last request to the application behind the gateway. */
  seen(): IncomingHttpHeaders | null
  /** Copies a file of the example with this test's addresses in it, and returns the path of the copy. */
  configured(file: string, replace: Record<string, string>): Promise<string>
  start(command: string, args: string[]): Promise<void>
  call(path: string, token?: string, headers?: Record<string, string>): Promise<{ status: number; headers: Headers; body: any }>
  close(): Promise<void>
}

/** Starts a Muster and an application that greets every user. The gateway under test stands between the user and the application. */
export async function aPlace(): Promise<Place> {
  const muster = await startMuster()
  const folder = await mkdtemp(join(tmpdir(), 'muster-peer-'))
  const port = await freePort()
  let seen: IncomingHttpHeaders | null = null
  const application = createServer((request, response) => {
    seen = request.headers
    response.setHeader('content-type', 'application/json').end('{"hello":true}')
  })
  await new Promise<void>((resolve) => application.listen(0, '127.0.0.1', resolve))
  const { port: applicationPort } = application.address() as { port: number }
  let gateway: ChildProcess | undefined
  let ended: Promise<unknown> = Promise.resolve()
  return {
    muster,
    folder,
    port,
    applicationPort,
    seen: () => seen,
    async configured(file, replace) {
      let text = await readFile(new URL(file, import.meta.url), 'utf8')
      for (const [from, to] of Object.entries(replace)) {
        if (!text.includes(from)) throw new Error(`${file} does not contain ${from}`)
        text = text.replaceAll(from, to)
      }
      const path = join(folder, 'configuration')
      await writeFile(path, text)
      return path
    },
    async start(command, args) {
      const child = spawn(command, args, {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
      })
      gateway = child
      let said = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
      ended = new Promise((resolve) => child.on('close', resolve))
      for (let tries = 0; tries < 200; tries++) {
        if (child.exitCode !== null) throw new Error(`${command} ended:\n${said}`)
        const up = await fetch(`http://127.0.0.1:${port}/`).then(
          () => true,
          () => false,
        )
        if (up) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      throw new Error(`${command} does not answer:\n${said}`)
    },
    async call(path, token, headers = {}) {
      seen = null
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      })
      const text = await answer.text()
      return { status: answer.status, headers: answer.headers, body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : text }
    },
    async close() {
      gateway?.kill('SIGTERM')
      await ended
      await new Promise((resolve) => application.close(resolve))
      await muster.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
