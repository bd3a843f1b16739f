import fastifyCookie from '@fastify/cookie'
import type { ProviderSettings } from '@muster/server/config.ts'
import { createExecute } from '@muster/server/domain/command/execute.ts'
import { type Admission, openAdmission } from '@muster/server/domain/model/admission.ts'
import type { Origin } from '@muster/server/domain/model/principal.ts'
import { digest, SecretKeys } from '@muster/server/domain/model/secret-keys.ts'
import { mailHandler } from '@muster/server/jobs/mail.ts'
import { openQueue } from '@muster/server/jobs/queue.ts'
import { createMailbox, type KeptMail } from '@muster/server/mail/mailbox.ts'
import { createTransport } from '@muster/server/mail/transport.ts'
import { createPasswordHasher, type PasswordHasherOptions } from '@muster/server/password-hasher.ts'
import { passwordStrength as strength } from '@muster/server/password-strength.ts'
import { portalRoutes } from '@muster/server/portal/routes.ts'
import { createProviders } from '@muster/server/providers/providers.ts'
import { createLimits } from '@muster/server/store/command/limit-store.ts'
import { createStore } from '@muster/server/store/transaction.ts'
import { createWebAuthn } from '@muster/server/webauthn.ts'
import { movableClock } from '@muster/testkit/clock.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import Fastify, { type LightMyRequestResponse } from 'fastify'
import { sql } from 'kysely'

export const issuer = 'http://localhost:4000'

/** Parameters of a fast hash, for tests that do not measure how long hashing takes. */
export const cheap = { memoryCost: 64, timeCost: 1, parallelism: 1 }

const PATIENCE_MILLISECONDS = 60_000

interface OfficeOptions {
  hasher?: PasswordHasherOptions
  config?: { issuer?: string; secureCookies?: boolean }
  admission?: Admission
  passwords?: boolean
  providers?: ProviderSettings[]
}

/** Runs the portal on a real database with its emails, without the rest of the server. */
export async function anOffice({
  hasher: hashing = {},
  config: other = {},
  admission = openAdmission,
  passwords = true,
  providers: settings = [],
}: OfficeOptions = {}) {
  const database = await aDatabase('postgres', { poolSize: 24 })
  const queue = await openQueue(database)
  const store = createStore(database, queue, { passwords })
  const keys = new SecretKeys(Buffer.from('the secret of an office that is only made for a test'))
  const limits = createLimits(database)
  const hasher = createPasswordHasher({ parameters: cheap, ...hashing })
  const config = {
    issuer,
    secureCookies: false,
    localMailbox: true,
    smtpUrl: null,
    mailFrom: 'Muster <no-reply@localhost>',
    providers: settings,
    passwords,
    ...other,
  }
  const providers = createProviders(config)
  const webauthn = createWebAuthn(config.issuer)
  const ways = { passkeys: webauthn !== null, issuers: providers.map((one) => one.issuer) }
  const execute = createExecute({ store, keys, limits, admission, passwords, ways })
  const logged: string[] = []
  const mailbox = createMailbox()
  const transport = createTransport({ config, mailbox, log: { info: (fields, text) => logged.push(JSON.stringify({ ...fields, text })) } })
  await queue.work('mail', mailHandler({ config, cli: 'muster', store, execute, keys, transport }))

  const app = Fastify({ genReqId: () => 'req_test', logger: { level: 'error' } })
  app.decorateRequest('origin', null as never)
  app.addHook('onRequest', async (request) => {
    request.origin = { address: request.ip, userAgent: request.headers['user-agent'] ?? null, requestId: request.id } satisfies Origin
  })
  await app.register(fastifyCookie)
  app.get('/healthz', async () => 'alive')
  await app.register(portalRoutes, {
    config,
    store,
    execute,
    keys,
    limits,
    admission,
    passwords,
    hasher,
    strength,
    mailbox,
    cli: 'muster',
    webauthn,
    providers,
  })
  await app.ready()

  const rows = async <Row>(statement: string): Promise<Row[]> => (await sql.raw<Row>(statement).execute(database.kysely)).rows
  const clock = movableClock(database)

  const office = {
    app,
    database,
    store,
    keys,
    execute,
    limits,
    admission,
    passwords,
    hasher,
    strength,
    mailbox,
    rows,
    clock,
    logged,
    browser: (address?: string) => aBrowser(app, address),
    /** Waits for the newest email to this address that no earlier call has returned. */
    async mail(to: string): Promise<KeptMail> {
      for (const until = performance.now() + PATIENCE_MILLISECONDS; performance.now() < until; ) {
        const mail = mailbox.all().findLast((one) => one.to === to && !taken.has(one.id))
        if (mail) {
          taken.add(mail.id)
          return mail
        }
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error(`no mail came to ${to}`)
    },
    /** The person who is signed in there, for a command. */
    async principal(browser: Browser) {
      const session = await store.reading.sessions.findByTokenHash(digest(browser.cookies.get('muster_session') ?? ''))
      if (!session) throw new Error('nobody is signed in')
      const { id: sessionId, userId, epoch, organizationId } = session
      const origin = { address: '192.0.2.1', requestId: 'req', userAgent: null }
      return { kind: 'user', userId, sessionId, epoch, organizationId, token: null, origin } as const
    },
    /** Waits until no email job is pending. */
    async mailIsDone(): Promise<void> {
      for (const until = performance.now() + PATIENCE_MILLISECONDS; performance.now() < until; ) {
        const [row] = await rows<{ open: number }>(`select count(*)::int as open from jobs.job where name = 'mail' and state < 'completed'`)
        if (row?.open === 0) return
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      throw new Error('the mail is not done')
    },
    /** Signs up a person, with a username unless it is null, and returns the browser they used. */
    async person(name: string, { username = name as string | null } = {}): Promise<Browser> {
      const browser = aBrowser(app)
      const email = `${name}@example.com`
      await browser.post('/sign-up', { email, password: goodPassword, given_name: name, family_name: 'Test' })
      await browser.post('/sign-up/verify', { code: (await office.mail(email)).code ?? '' })
      if (username !== null) await browser.post('/sign-up/username', { username })
      return browser
    },
    async accounts(): Promise<string[]> {
      return (await rows<{ email: string }>('select email from account order by email')).map(({ email }) => email)
    },
    async written(): Promise<string[]> {
      return (await rows<{ type: string }>('select type from audit_event order by seq')).map(({ type }) => type)
    },
    async close(): Promise<void> {
      await clock.restore()
      await app.close()
      await queue.stop()
      await database.close()
    },
  }
  const taken = new Set<string>()
  return office
}

export type Office = Awaited<ReturnType<typeof anOffice>>

export const goodPassword = 'vellum otter canoe ninety'

/** A browser without JavaScript that keeps cookies and posts forms from the issuer's own pages. */
export interface Browser {
  cookies: Map<string, string>
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  post(path: string, fields: Record<string, string>, headers?: Record<string, string | undefined>): Promise<LightMyRequestResponse>
}

function aBrowser(app: Awaited<ReturnType<typeof Fastify>>, remoteAddress = '127.0.0.1'): Browser {
  const cookies = new Map<string, string>()
  const send = async (method: 'GET' | 'POST', url: string, headers: Record<string, string | undefined>, payload?: string): Promise<LightMyRequestResponse> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const all = { host: 'localhost:4000', 'user-agent': 'test', ...(cookie && { cookie }), ...headers }
    const sent = Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
    const response = await app.inject({ method, url, headers: sent, remoteAddress, ...(payload !== undefined && { payload }) })
    for (const { name, value, maxAge } of response.cookies) {
      if (maxAge === 0 || value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  return {
    cookies,
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, fields, headers = {}) =>
      send('POST', path, { origin: issuer, 'content-type': 'application/x-www-form-urlencoded', ...headers }, new URLSearchParams(fields).toString()),
  }
}

/** Replaces the times and the challenge in a page, which differ between two requests. */
export const still = (html: string): string =>
  html
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    .replace(/\d\d:\d\d UTC/g, 'T')
    .replace(/challenge&quot;:&quot;[\w-]+/, 'challenge')
