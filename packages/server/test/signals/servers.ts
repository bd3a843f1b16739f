import { freePort, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type ServerProcess, startTwinProcess } from '@muster/testkit/process.ts'

/** Starts server processes of one installation over one PostgreSQL. They share an issuer and have an address each. */
export async function severalServers(count: number): Promise<Muster[]> {
  const databaseUrl = await (await startPostgres()).createDatabase()
  const first = await startMuster({ databaseUrl })
  const others = await Promise.all(Array.from({ length: count - 1 }, () => anotherServer(first)))
  return [first, ...others]
}

export async function anotherServer(first: Muster): Promise<Muster> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = { MUSTER_ISSUER: first.url, MUSTER_HOSTS: new URL(url).host, PORT: String(port) }
  const muster = await startMuster({ databaseUrl: first.config.databaseUrl as string, env })
  // The address here differs from the issuer, which stays that of the first process.
  return Object.assign(muster, { url, call: callerAt(url) })
}

export const callerAt =
  (url: string): Muster['call'] =>
  async (method, path, { token, body, headers = {} } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: /json/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text }
  }

/** Starts a server as a separate process, so that it can be killed. */
export const aServerProcess = ({ config, mail }: Muster): Promise<ServerProcess> =>
  startTwinProcess(config, { MUSTER_SECRET: config.secret as string, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_SMTP_URL: mail.url })
