import { readConfig } from '@muster/server/config.ts'
import { startBrowserSession } from '@muster/server/domain/credentials/session.ts'
import { startServer } from '@muster/server/server.ts'
import { type Human, type Muster, OPERATOR_TOKEN, PASSWORD, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { visitorOf } from '../oauth/conversation.ts'

const GITHUB = { MUSTER_GITHUB_CLIENT_ID: 'an id', MUSTER_GITHUB_CLIENT_SECRET: 'a secret' }

const rowsOf = async <Row>({ server }: Muster, statement: string): Promise<Row[]> => (await sql.raw<Row>(statement).execute(server.database.kysely)).rows

const addPasskey = (muster: Muster, name: string) =>
  rowsOf(
    muster,
    `insert into passkey (id, user_id, credential_id, public_key, counter, device_bound, verifies_user, aaguid, transports, name, address)
     select 'pky_' || substr(id, 5, 26), id, convert_to(id, 'UTF8'), '\\x00', 0, false, true, '', '{}', 'key', '192.0.2.1' from account where username = '${name}'`,
  )
const addIdentity = (muster: Muster, name: string, issuer: string) =>
  rowsOf(
    muster,
    `insert into identity (id, user_id, provider, issuer, subject, label, address)
     select 'idn_' || substr(id, 5, 26), id, 'github', '${issuer}', id, username, '192.0.2.1' from account where username = '${name}'`,
  )

describe('the start of a server without passwords (F23)', () => {
  let muster: Muster
  beforeAll(async () => {
    muster = await startMuster({ engine: 'postgres', env: GITHUB })
    for (const name of ['amy', 'bert', 'carl', 'dora', 'emil', 'fred']) await muster.person(name)
    await addPasskey(muster, 'amy')
    await addIdentity(muster, 'bert', 'https://github.com/login/oauth')
    await addIdentity(muster, 'carl', 'https://other.example')
    await rowsOf(muster, `update account set suspended_at = now() where username = 'emil'`)
    await rowsOf(muster, `update account set password_hash = null where username = 'fred'`)
  })
  afterAll(() => muster.close())

  const start = async (env: Record<string, string> = {}) => {
    const about = { PORT: '0', MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN, MUSTER_PASSWORDS: 'off', LOG_LEVEL: 'silent', ...GITHUB, ...env }
    const server = await startServer(
      readConfig(about, () => ''),
      { database: muster.server.database },
    )
    await server.close()
  }

  test('the server refuses to start, and names those with a password only', async () => {
    await expect(start()).rejects.toThrow(
      /MUSTER_PASSWORDS is off, but the only way in of 2 accounts is a password: carl, dora\.\n.*user list --password-only --all\n.*user suspend USER/,
    )
  })

  test('the server names 20 of them, and says how many more there are', async () => {
    await rowsOf(
      muster,
      `insert into account (id, email, email_canonical, password_hash, given_name, family_name)
       select 'usr_0000000000000000000000' || n, n || '@example.net', n || '@example.net', 'a hash', 'N', '' from generate_series(1000, 1029) n`,
    )
    await expect(start()).rejects.toThrow(/of 32 accounts is a password: carl, dora, usr_\w+(, usr_\w+){17} and 12 more\./)
    await rowsOf(muster, `delete from account where email like '%@example.net'`)
  })

  test('the operator lists them before', async () => {
    const list = (query: string, token = OPERATOR_TOKEN) => muster.call('GET', `/v1/operator/users?${query}`, { token })
    const { body } = await list('way_in=password')
    expect(body.items.map(({ username }: { username: string }) => username)).toEqual(['dora', 'carl'])
    const first = await list('way_in=password&limit=1')
    const second = await list(`way_in=password&limit=1&cursor=${first.body.next_cursor}`)
    expect([first, second].map(({ body: { items } }) => items[0].username)).toEqual(['dora', 'carl'])
    expect((await list('way_in=password&search=dora')).status).toBe(422)
  })

  test('the server refuses to start where neither passkeys nor a provider are possible', async () => {
    const env = { MUSTER_ISSUER: 'http://127.0.0.1:4999', MUSTER_GITHUB_CLIENT_ID: undefined, MUSTER_GITHUB_CLIENT_SECRET: undefined } as never
    await expect(start(env)).rejects.toThrow('MUSTER_PASSWORDS is off, and nobody could sign in')
  })

  test('the server starts once everybody has another way in', async () => {
    await addPasskey(muster, 'carl')
    await addPasskey(muster, 'dora')
    await start()
  })
})

/** The cookie of a browser in which the person signed in with a provider, which is no recent proof. */
async function sessionOf({ server }: Muster, name: string): Promise<string> {
  const { execute, store } = server.services
  const account = await store.reading.accounts.findByUsername(name)
  if (!account) throw new Error(`${name} has no account`)
  const membership = await store.reading.memberships.current(account.id)
  const origin = { address: '192.0.2.1', requestId: 'req', userAgent: null }
  const { cookie } = await execute(
    (context) => startBrowserSession(context, account, membership?.organizationId ?? null, { methods: ['fed'] }),
    { kind: 'anonymous', origin },
    undefined,
  )
  return `muster_session=${cookie}`
}

describe('the API without passwords (F23)', () => {
  let muster: Muster
  let ada: Human
  beforeAll(async () => {
    muster = await startMuster({ env: { MUSTER_PASSWORDS: 'off' } })
    ada = await muster.person('ada')
    await addPasskey(muster, 'ada')
  })
  afterAll(() => muster.close())

  test('a person has no password to change or confirm with', async () => {
    const change = { current_password: PASSWORD, new_password: 'another canoe of vellum' }
    const { status, body } = await muster.call('POST', '/v1/me/password', { token: ada.token, body: change })
    expect([status, body.code, body.next]).toEqual([403, 'passwords_off', expect.stringContaining('passkey')])
    expect((await muster.call('GET', '/v1/me/factors', { token: ada.token })).body).toMatchObject({ password: false, passwords_off: true })
    expect((await muster.call('GET', '/v1/me/confirmation', { token: ada.token })).body.password).toBe(false)
  })

  test('a person neither confirms nor changes the address by password (F15)', async () => {
    const cookie = await sessionOf(muster, 'ada')
    const post = (path: string, body: unknown) => muster.call('POST', path, { body, headers: { cookie, origin: muster.url } })
    const confirmed = await post('/v1/me/confirmation', { password: PASSWORD })
    expect([confirmed.status, confirmed.body.code]).toEqual([403, 'passwords_off'])
    const changed = await post('/v1/me/email', { password: PASSWORD, email: 'ada@example.org' })
    expect([changed.status, changed.body.code, changed.body.action]).toEqual([401, 'insufficient_user_authentication', 'email:change'])
  })

  test('a visitor with a password is refused on the sign-in page', async () => {
    const { status, text } = await visitorOf(muster).visit('/sign-in', { identifier: 'ada', password: PASSWORD })
    expect([status, text.includes('Passwords are switched off')]).toEqual([403, true])
  })
})
