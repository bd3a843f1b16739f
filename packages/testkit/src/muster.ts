import { createServer } from 'node:net'
import { CLI_CLIENT_ID, type UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import { type Config, readConfig } from '@muster/server/config.ts'
import { startSession } from '@muster/server/domain/credentials/session.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { emailAddress } from '@muster/server/domain/model/email.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { systemPrincipal, type UserPrincipal } from '@muster/server/domain/model/principal.ts'
import { joinOrganization } from '@muster/server/domain/organizations/move.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { type RunningServer, startServer } from '@muster/server/server.ts'
import { openDatabase } from '@muster/server/store/database.ts'
import { type MovableClock, movableClock } from './clock.ts'
import { aDatabase, type Engine } from './database.ts'
import { type MailSink, startMailSink } from './mail-sink.ts'
import { leaveNameToSecondAttempt } from './run/second-attempt.ts'

export const PASSWORD = 'correct horse battery staple'
export const SECRET = 'the secret of a muster that is only made for a test'
export const OPERATOR_TOKEN = 'the-operator-token-of-a-muster-that-is-only-made-for-a-test'

/** A person with an account, a password and a login. */
export interface Human {
  name: string
  id: UserId
  email: string
  password: string
  /** An access token of a CLI login. */
  token: string
  sessionId: string
}

export interface Answer {
  status: number
  headers: Headers
  body: any
}

/** A complete Muster server in this process, on its own port. */
export interface Muster {
  url: string
  config: Config
  server: RunningServer
  clock: MovableClock
  mail: MailSink
  /** The log, line by line. */
  log: string[]
  call(method: string, path: string, options?: { token?: string | undefined; body?: unknown; headers?: Record<string, string> }): Promise<Answer>
  /** A verified account without a username. */
  newcomer(name: string): Promise<Human>
  /** A registered user in their personal organization. */
  person(name: string): Promise<Human>
  /** Another login of the same person in their present organization. */
  login(human: Human): Promise<Human>
  /** People in one organization. The first one founds it, and the organization has their name. */
  organization(people: Record<string, Role>): Promise<Record<string, Human>>
  close(): Promise<void>
}

export interface MusterOptions {
  engine?: Engine
  /** An existing database, for a second server. */
  databaseUrl?: string
  /** The folder of an embedded database. */
  dataDir?: string
  /** Additional settings. Undefined leaves out one of a test. */
  env?: Record<string, string | undefined>
  /** Sends emails to an SMTP server in this process (the default), or keeps them at /mailbox. */
  mailbox?: boolean
  /** Packages of the command and the SDK to serve instead of the built ones. */
  downloadsFolder?: string
}

export async function startMuster({ engine, databaseUrl, dataDir, env = {}, mailbox = false, downloadsFolder }: MusterOptions = {}): Promise<Muster> {
  const database = await (databaseUrl === undefined && dataDir === undefined ? aDatabase(engine) : openDatabase({ databaseUrl, dataDir }))
  const mail = await startMailSink()
  const port = await freePort()
  const config = readConfig(
    {
      PORT: String(port),
      LOG_LEVEL: 'info',
      MUSTER_SECRET: SECRET,
      MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
      ...(downloadsFolder === undefined && { MUSTER_CLI_COMMAND: 'muster' }),
      ...(!mailbox && { MUSTER_SMTP_URL: mail.url, HOST: '127.0.0.1' }),
      ...(database.url !== undefined && { DATABASE_URL: database.url }),
      ...env,
    },
    () => '',
  )
  const log: string[] = []
  // The real parameters take 19 MB and 40 ms for each hash. Tests of hashing use them.
  const hasher = createPasswordHasher({ parameters: { memoryCost: 8, timeCost: 1, parallelism: 1 } })
  const server = await startServer(config, { database, downloadsFolder, hasher, logStream: { write: (line) => void log.push(line) } })
  const clock = movableClock(database)
  const { execute, store, accessTokens } = server.services

  const login = async (human: Pick<Human, 'name' | 'id' | 'email'>): Promise<Human> => {
    const session = await execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.find(human.id)
        if (!account) throw new Error(`${human.name} has no account`)
        const current = await context.tx.memberships.current(human.id)
        return startSession(context, { kind: 'cli', account, organizationId: current?.organizationId ?? null, clientId: CLI_CLIENT_ID })
      },
      systemPrincipal,
      undefined,
    )
    const scopes = new Set(['openid', 'profile', 'email', 'api'])
    const { accessToken } = await accessTokens.issueAccessToken({ sessionId: session.id, clientId: CLI_CLIENT_ID, scopes, expiresAt: session.expiresAt })
    return { ...human, password: PASSWORD, token: accessToken, sessionId: session.id }
  }
  const principalOf = async (human: Human): Promise<UserPrincipal> => {
    const token = await accessTokens.verifyAccessToken(human.token)
    const { sid, epoch, organizationId } = token
    if (sid === null) throw new Error('a client has no session')
    return { kind: 'user', userId: human.id, sessionId: sid, epoch, organizationId, token: null, origin: systemPrincipal.origin }
  }

  const muster: Muster = {
    url: config.issuer,
    config,
    server,
    clock,
    mail,
    log,
    async call(method, path, { token, body, headers = {} } = {}) {
      const response = await fetch(`${config.issuer}${path}`, {
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
      const json = /[/+]json\b/.test(response.headers.get('content-type') ?? '')
      return { status: response.status, headers: response.headers, body: json ? JSON.parse(text) : text }
    },
    async newcomer(name) {
      const id = newId('user')
      const { typed, canonical } = emailAddress(`${name}@example.com`)
      const passwordHash = await hasher.hash(PASSWORD)
      await leaveNameToSecondAttempt(database.kysely, name, canonical)
      await store.reading.accounts.insert({ id, email: typed, emailCanonical: canonical, passwordHash, givenName: name, familyName: 'Test' })
      return login({ name, id, email: typed })
    },
    async person(name) {
      const newcomer = await muster.newcomer(name)
      await execute(registerUser, await principalOf(newcomer), { username: name })
      return login(newcomer)
    },
    login,
    async organization(wanted) {
      const [founderName = '', ...others] = Object.keys(wanted)
      const founder = await muster.person(founderName)
      const people: Record<string, Human> = { [founderName]: founder }
      for (const name of others) {
        const person = await muster.person(name)
        const { secret } = await execute(createSecret, await principalOf(founder), { organization: founderName, role: wanted[name] ?? 'member' })
        await execute(joinOrganization, await principalOf(person), { token: secret })
        people[name] = await login(person)
      }
      return people
    },
    async close() {
      await clock.restore()
      await server.close()
      await database.close()
      await mail.stop()
    },
  }
  return muster
}

/** The issuer must be known before the server listens. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}
