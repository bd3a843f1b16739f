import { createHmac } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { knownDeviceOf, withKnownDevice } from '@muster/server/domain/accounts/known-device.ts'
import { requestPasswordReset } from '@muster/server/domain/accounts/password-reset.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { RootKey, sameBytes } from '@muster/server/domain/model/secret-keys.ts'
import { announceRootKeys, resealValues } from '@muster/server/domain/organizations/secret.ts'
import { secretsInFolder } from '@muster/server/installation.ts'
import { checkOf, newRoot, sealRoot } from '@muster/server/key-ring.ts'
import { rootKeyStore } from '@muster/server/store/credentials/root-key-store.ts'
import type { Database } from '@muster/server/store/database.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import { freePort, type Human, type Muster, OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { callerAt } from '../signals/servers.ts'

// The secret is changed while two server processes run (O8).

const NEW = 'the next secret of a muster that is only made for a test'
const NEWER = 'the secret after the next of a muster that is only made for a test'
const operator = { kind: 'operator', name: 'root', tokenId: null, origin: systemPrincipal.origin } as const

const open: { close(): Promise<unknown> }[] = []
async function stop(one: { close(): Promise<unknown> }): Promise<void> {
  open.splice(open.indexOf(one), 1)
  await one.close()
}
afterEach(async () => {
  for (const one of open.toReversed()) await stop(one)
})

async function aPostgres(): Promise<Database & { url: string }> {
  const database = await aDatabase('postgres')
  open.push(database)
  return database as Database & { url: string }
}

/** A server process with these secrets. All of a test have one issuer. */
async function aServer(databaseUrl: string, [secret, ...previous]: [string, ...string[]], issuer?: string): Promise<Muster> {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const muster = await startMuster({
    databaseUrl,
    env: {
      PORT: String(port),
      MUSTER_ISSUER: issuer ?? url,
      MUSTER_HOSTS: `localhost:${port}`,
      MUSTER_SECRET: secret,
      ...(previous.length > 0 && { MUSTER_SECRET_PREVIOUS: previous.join('\n') }),
    },
  })
  open.push(muster)
  return Object.assign(muster, { url, call: callerAt(url) })
}

async function twoServers(databaseUrl: string, secrets: [string, ...string[]]): Promise<[Muster, Muster]> {
  const one = await aServer(databaseUrl, secrets)
  return [one, await aServer(databaseUrl, secrets, one.config.issuer)]
}

const secretOf = (muster: Muster, action = '', body?: unknown) =>
  muster.call(action === '' ? 'GET' : 'POST', `/v1/operator/secret${action}`, { token: OPERATOR_TOKEN, body })
const rotate = (muster: Muster, body: object = {}) => secretOf(muster, '/rotate', body)
/** The background seals stored values again. */
const nothingLeft = (muster: Muster) => expect.poll(async () => (await secretOf(muster)).body.left, { timeout: 20_000 }).toEqual([])
const preview = async (muster: Muster, token: string) => (await muster.call('POST', '/v1/invitations/preview', { body: { token } })).status
const aLink = async (muster: Muster, admin: Human): Promise<string> =>
  (await muster.call('POST', '/v1/organizations/ada/secrets', { token: admin.token, body: { role: 'member' } })).body.secret
const invite = (muster: Muster, admin: Human, email: string, headers = {}) =>
  muster.call('POST', '/v1/organizations/ada/invitations', { token: admin.token, body: { emails: [email], role: 'member' }, headers })
const tokenIn = (text: string): string => /token=(\S+)/.exec(text)?.[1] ?? ''
/** Either process may have sent it. */
const emailTo = (musters: Muster[], to: string) => Promise.any(musters.map(({ mail }) => mail.next(to, { withinMilliseconds: 20_000 })))
const requestReset = async ({ server }: Muster, email: string): Promise<void> =>
  void (await requestPasswordReset(server.services, { kind: 'anonymous', origin: systemPrincipal.origin }, { email }))
const openReset = async ({ call }: Muster, token: string) => (await call('GET', `/reset-password?token=${token}`)).status

async function anApplication({ call }: Muster): Promise<string> {
  const body = { name: 'App', grants: ['authorization_code'], redirect_uris: ['https://app.example.com/callback'], scopes: ['openid'] }
  return (await call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })).body.id
}

/** True if a cookie that this server sets now is signed with its newest lasting root key. */
async function signsWithNewest({ url, server }: Muster, clientId: string): Promise<boolean> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: 'https://app.example.com/callback',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const response = await fetch(`${url}/oauth/authorize?${query}`, { redirect: 'manual' })
  const cookies = response.headers.getSetCookie().map((cookie) => cookie.split(';')[0] as string)
  const signed = cookies.find((cookie) => cookie.startsWith('muster_oauth_interaction='))
  const signature = cookies.find((cookie) => cookie.startsWith('muster_oauth_interaction.sig='))
  if (signed === undefined || signature === undefined) throw new Error(`no cookie: ${response.status}`)
  const key = server.services.keys.lasting.mac('cookie', 'oauth').toString('base64url')
  return signature.endsWith(`=${createHmac('sha1', key).update(signed).digest('base64url')}`)
}

describe('a rotation of the secret', () => {
  test('keeps what the previous secret made, and ends it when nothing is left', async () => {
    const database = await aPostgres()
    const before = await aServer(database.url, [SECRET])
    const issuer = before.config.issuer
    const ada = await before.person('ada')
    const secret = await aLink(before, ada)
    await requestReset(before, ada.email)
    const reset = tokenIn((await emailTo([before], ada.email)).text)
    const account = { id: ada.id, passwordVersion: 1 }
    const cookie = withKnownDevice(before.server.services.keys, account)
    const created = await invite(before, ada, 'bob@example.com', { 'idempotency-key': 'the-same-request' })
    const [one, two] = [await aServer(database.url, [NEW, SECRET], issuer), await aServer(database.url, [NEW, SECRET], issuer)]

    expect((await secretOf(one)).body).toMatchObject({ state: 'ready', processes: expect.arrayContaining([expect.objectContaining({ ready: false })]) })
    expect((await rotate(one)).body.code, 'one process has the old secret only').toBe('secret_not_everywhere')
    await stop(before)
    const requests: Promise<number>[] = []
    const asking = setInterval(() => {
      for (const muster of [one, two]) requests.push(aLink(muster, ada).then((link) => preview(muster === one ? two : one, link)))
    }, 25)
    const rotated = await rotate(one)
    clearInterval(asking)
    expect(rotated).toMatchObject({ status: 200, body: { state: 'rotating', generation: 1 } })
    expect(new Set(await Promise.all(requests))).toEqual(new Set([200]))

    for (const muster of [one, two]) {
      expect(await preview(muster, secret)).toBe(200)
      expect(await preview(muster, await aLink(one, ada))).toBe(200)
      expect(await openReset(muster, reset)).toBe(200)
      expect((await muster.call('GET', '/v1/me', { token: ada.token })).status).toBe(200)
      expect(knownDeviceOf(muster.server.services.keys, account, cookie)).not.toBeNull()
      expect((await invite(muster, ada, 'bob@example.com', { 'idempotency-key': 'the-same-request' })).body).toEqual(created.body)
    }
    expect((await rotate(two)).body.code).toBe('secret_rotating')

    const refused = await secretOf(one, '/finish')
    expect(refused.body).toMatchObject({ code: 'secret_in_use', left: expect.arrayContaining([expect.objectContaining({ what: 'invitations' })]) })
    await sql`update invitation set state = 'revoked', ended_at = now() where key_generation = 0`.execute(database.kysely)
    await sql`update password_reset set ended_at = now()`.execute(database.kysely)
    await nothingLeft(one)
    expect((await secretOf(one, '/finish')).body).toMatchObject({ state: 'settled', left: [] })
    expect((await one.call('GET', '/v1/me', { token: (await two.login(ada)).token })).status).toBe(200)
    expect(knownDeviceOf(two.server.services.keys, account, cookie)).not.toBeNull()
    const { rows } = await sql<{ type: string; actor_kind: string }>`select type, actor_kind from audit_event where type like 'secret.%' order by seq`.execute(
      database.kysely,
    )
    expect(rows).toEqual([
      { type: 'secret.rotated', actor_kind: 'operator' },
      { type: 'secret.rotation_finished', actor_kind: 'operator' },
    ])
    await expect(aServer(database.url, [SECRET], issuer)).rejects.toThrow('MUSTER_SECRET is a previous secret of this database, which ended at ')
    await expect(aServer(database.url, ['another secret of a muster, only made for a test'], issuer)).rejects.toThrow('MUSTER_SECRET differs from the secret')
    await aServer(database.url, [NEW], issuer)
    const log = [...one.log, ...two.log].join('\n')
    for (const value of [SECRET, NEW]) expect(log).not.toContain(value)
  })

  test('refuses servers without both secrets, and goes on after an interruption', async () => {
    const database = await aPostgres()
    await stop(await aServer(database.url, [SECRET]))
    const one = await aServer(database.url, [NEW, SECRET])
    expect((await secretOf(one)).body.state).toBe('ready')
    // Killed after the announcement: the root key makes no value, and the next attempt replaces it.
    const announcement = { from: 0, secretCheck: checkOf(NEW), roots: [sealRoot(NEW, 'rows', 1, newRoot())], compromised: false }
    const { execute } = one.server.services
    await execute(announceRootKeys, operator, announcement)
    // Another process has read the same state, so it announces the same generation.
    const overlapping = { ...announcement, roots: [sealRoot(NEW, 'rows', 1, newRoot())] }
    await expect(execute(announceRootKeys, operator, overlapping)).rejects.toMatchObject({ code: 'secret_rotating' })
    expect(await one.server.services.store.reading.rootKeys.read()).toMatchObject({ generation: 0 })
    expect((await rotate(one)).body).toMatchObject({ state: 'rotating', generation: 2 })
    await expect(aServer(database.url, [SECRET])).rejects.toThrow('MUSTER_SECRET is a previous secret of this database. Set')
    await expect(aServer(database.url, [NEW])).rejects.toThrow('Set MUSTER_SECRET_PREVIOUS to the previous secret')
  })

  test('drops a damaged response, and no response when its root key is missing', async () => {
    const database = await aPostgres()
    const before = await aServer(database.url, [SECRET])
    const ada = await before.person('ada')
    const request = { 'idempotency-key': 'the-same-request' }
    await invite(before, ada, 'bob@example.com', request)
    await stop(before)
    await sql`update idempotency_key set answer = '\\x00'`.execute(database.kysely)
    const muster = await aServer(database.url, [NEW, SECRET], before.config.issuer)
    await rotate(muster)
    await expect.poll(async () => (await secretOf(muster)).body.left.map(({ what }: { what: string }) => what), { timeout: 20_000 }).not.toContain('sealed')
    const repeated = await invite(muster, await muster.login(ada), 'bob@example.com', request)
    expect(repeated.body.code).toBe('idempotency_key_reused')

    const { execute, keys } = muster.server.services
    await sql`update idempotency_key set answer = '\\x00', key_generation = 0`.execute(database.kysely)
    keys.set({ generation: 1, roots: new Map(), lasting: [new RootKey(Buffer.from(NEW))] }) // as in a process whose settings lack the previous secret
    await expect(execute(resealValues, systemPrincipal, undefined)).rejects.toMatchObject({ code: 'unavailable' })
    expect((await sql`select 1 from idempotency_key where answer is not null`.execute(database.kysely)).rows).toHaveLength(1)
  })

  test('keeps the secret in use when it is finished before the switch', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'muster-secret-'))
    open.push({ close: () => rm(folder, { recursive: true }) })
    const muster = await startMuster({ engine: 'pglite', env: { MUSTER_DATA_DIR: folder, MUSTER_SECRET: undefined as never } })
    open.push(muster)
    const inUse = (await readFile(join(folder, 'secret'), 'utf8')).trim()
    await secretsInFolder(folder).renew?.() // killed before the switch
    expect((await secretOf(muster, '/finish')).body.code).toBe('secret_not_rotated')
    expect(await secretsInFolder(folder).read()).toEqual([expect.not.stringMatching(inUse), inUse])
    expect((await rotate(muster)).body.state).toBe('rotating')
    await nothingLeft(muster)
    expect((await secretOf(muster, '/finish')).body.state).toBe('settled')
    expect(existsSync(join(folder, 'secret.previous'))).toBe(false)
  })

  test('keeps the values of an installation whose root key is the secret itself', async () => {
    const database = await aPostgres()
    await rootKeyStore(database.kysely).begin(checkOf(SECRET)) // as a server of before
    const [one, two] = await twoServers(database.url, [NEW, SECRET])
    const { keys } = one.server.services
    expect(sameBytes(keys.of(0).mac('invitation', 'a'), new RootKey(Buffer.from(SECRET)).mac('invitation', 'a'))).toBe(true)
    const account = { id: 'usr_a', passwordVersion: 1 } as never
    const cookie = withKnownDevice(keys, account)
    const app = await anApplication(two)
    expect(await signsWithNewest(two, app)).toBe(true)
    expect((await rotate(two)).status).toBe(200)
    expect(await signsWithNewest(two, app), 'no signing key has changed').toBe(true)
    expect(knownDeviceOf(keys, account, cookie)).not.toBeNull()
    const renewed = withKnownDevice(two.server.services.keys, account, cookie)
    await nothingLeft(one)
    expect((await secretOf(one, '/finish')).body.state).toBe('settled')
    await two.server.services.store.reading.rootKeys.announce()
    expect([cookie, renewed].map((one) => knownDeviceOf(keys, account, one))).toEqual([null, cookie.slice(0, 16)])
  })
})

describe('a leaked secret', () => {
  test('forges nothing after it is replaced, and emails are sent again', async () => {
    const database = await aPostgres()
    const before = await aServer(database.url, [SECRET])
    const issuer = before.config.issuer
    const ada = await before.person('ada')
    const [secret, other] = [await aLink(before, ada), await aLink(before, ada)]
    await invite(before, ada, 'bob@example.com')
    const link = tokenIn((await emailTo([before], 'bob@example.com')).text)
    await requestReset(before, ada.email)
    const reset = tokenIn((await emailTo([before], ada.email)).text)
    const account = { id: ada.id, passwordVersion: 1 }
    const cookie = withKnownDevice(before.server.services.keys, account)
    const created = await invite(before, ada, 'carol@example.com', { 'idempotency-key': 'the-same-request' })
    expect(created.status).toBe(200)
    await stop(before)
    const servers = [await aServer(database.url, [NEW, SECRET], issuer), await aServer(database.url, [NEW, SECRET], issuer)] as const
    const [one, two] = servers
    const stale = two.server.services.keys.of(0)
    expect(await preview(two, secret)).toBe(200)
    expect((await rotate(one, { compromised: true })).status).toBe(200)

    for (const muster of servers) {
      for (const token of [secret, other, link]) expect(await preview(muster, token)).toBe(404)
      expect(await openReset(muster, reset)).not.toBe(200)
      expect((await muster.call('GET', '/v1/me', { token: ada.token })).body.code).toBe('invalid_token')
      expect(knownDeviceOf(muster.server.services.keys, account, cookie)).toBeNull()
    }
    const stored = await sql`select 1 from idempotency_key where answer is not null and key_generation = 0`.execute(database.kysely)
    expect(stored.rows, 'stored responses of the leaked secret').toEqual([])
    const again = await one.login(ada)
    const replay = await invite(two, again, 'carol@example.com', { 'idempotency-key': 'the-same-request' })
    expect(replay.body).toMatchObject({ code: 'idempotency_key_reused', detail: expect.stringContaining('took effect') })

    const newLink = tokenIn((await emailTo([...servers], 'bob@example.com')).text)
    const newReset = tokenIn((await emailTo([...servers], ada.email)).text)
    for (const muster of servers) {
      expect(await preview(muster, newLink)).toBe(200)
      expect(await openReset(muster, newReset)).toBe(200)
    }
    // A process that has not read the new state does not accept the old link either, because the statement that uses it checks the generation.
    const { execute } = two.server.services
    await sql`update invitation set key_generation = 0, version = 1 where kind = 'secret'`.execute(database.kysely)
    await expect(
      execute(async ({ tx }, id: never) => (await tx.invitations.accept(id, 1, ada.id)) !== null, systemPrincipal, `inv_${secret.split('_')[2]}` as never),
    ).resolves.toBe(false)
    expect(sameBytes(stale.mac('cookie', 'oauth'), two.server.services.keys.lasting.mac('cookie', 'oauth'))).toBe(false)

    const events = await sql<{
      type: string
      n: number
    }>`select type, count(*)::int as n from audit_event where type in ('secret.compromised', 'invitation.replaced', 'signing_key.withdrawn') group by type order by type`.execute(
      database.kysely,
    )
    expect(events.rows).toEqual([
      { type: 'invitation.replaced', n: 4 },
      { type: 'secret.compromised', n: 1 },
      { type: 'signing_key.withdrawn', n: 1 },
    ])
    await aServer(database.url, [NEW], issuer)
    expect((await rotate(one, {})).body.code).toBe('secret_not_set')
  })

  test('is not rotated to again, and signs no cookie', async () => {
    const database = await aPostgres()
    const before = await aServer(database.url, [SECRET])
    const issuer = before.config.issuer
    await stop(before)
    const one = await aServer(database.url, [NEW, SECRET], issuer)
    const app = await anApplication(one)
    expect(await signsWithNewest(one, app)).toBe(true)
    // Sealed with a root key that another rotation has replaced.
    await sql`insert into receiver (id, client_id, method, endpoint_url, push_authorization, lease_seconds, lease_until)
      values ('str_a', ${app}, 'push', 'https://app.example.com/events', ${Buffer.alloc(64)}, 60, now())`.execute(database.kysely)
    expect((await rotate(one, { compromised: true })).status).toBe(200)
    expect(await signsWithNewest(one, app)).toBe(true)
    const { rows } = await sql`select push_authorization, status from receiver where id = 'str_a'`.execute(database.kysely)
    expect(rows).toEqual([{ push_authorization: null, status: 'paused' }])

    expect((await rotate(one, { compromised: true })).body.code).toBe('secret_not_set')
    const swapped = await aServer(database.url, [SECRET, NEW], issuer)
    expect((await secretOf(swapped)).body).toMatchObject({ state: 'settled', has_new: false })
    for (const compromised of [false, true]) expect((await rotate(swapped, { compromised })).body.code).toBe('secret_not_set')
  })

  test('is replaced during a rotation that is not finished', async () => {
    const database = await aPostgres()
    const one = await aServer(database.url, [SECRET])
    const ada = await one.person('ada')
    await aLink(one, ada)
    await stop(one)
    const two = await aServer(database.url, [NEW, SECRET])
    expect((await secretOf(two, '/finish')).body.code).toBe('secret_not_rotated')
    await rotate(two)
    expect((await secretOf(two)).body).toMatchObject({ state: 'rotating', has_new: false })
    await stop(two)
    const three = await aServer(database.url, [NEWER, NEW, SECRET])
    expect((await secretOf(three)).body).toMatchObject({ state: 'rotating', has_new: true })
    expect((await rotate(three, { compromised: true })).status).toBe(200)
    await aServer(database.url, [NEWER])
  })
})
