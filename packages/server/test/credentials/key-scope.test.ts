import type { ApiKeyId } from '@muster/contract/ids.ts'
import { permissions } from '@muster/contract/permissions.ts'
import { type Answer, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { actorOfKey } from '../../src/domain/command/authorize.ts'
import type { LiveKey } from '../../src/domain/model/live.ts'
import { digest } from '../../src/domain/model/secret-keys.ts'
import { registerResourceWithinLimit } from '../../src/domain/resources/resource.ts'
import { announceExpiries } from '../../src/jobs/key-expiry.ts'
import { postForm } from '../oauth/conversation.ts'

const DAY = 86_400

let muster: Muster
let people: Record<string, Human>
let introspector: { id: string; secret: string }
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
  people = await muster.organization({ ada: 'admin', bob: 'member', cyd: 'admin' })
  const client = { name: 'Gateway', grants: ['client_credentials'], scopes: ['introspect'] }
  introspector = (await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })).body
  await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: human('ada').token, body: { name: 'robot' } })
})
afterEach(() => muster.clock.restore())
beforeEach(async () => void (await sql`delete from attempt`.execute(muster.server.database.kysely)))
afterAll(() => muster.close())

const human = (name: string): Human => people[name] as Human
/** What a key needs for giving the role member. */
const asMember = Object.entries(permissions).flatMap(([name, roles]) => ((roles as readonly string[]).includes('member') ? [name] : []))
const ROBOT = '/v1/organizations/ada/service-accounts/robot/keys'
const create = (who: string, body: object, path = '/v1/me/keys'): Promise<Answer> =>
  muster.call('POST', path, { token: human(who).token, body: { description: 'CI', ...body } })
const use = (key: string, method = 'GET', path = '/v1/organizations/ada/members', body?: unknown): Promise<Answer> =>
  muster.call(method, path, { token: key, body })
const introspect = async (token: string) =>
  (await postForm(muster, '/oauth/introspect', { token, client_id: introspector.id, client_secret: introspector.secret })).body
const forwardAuth = (key: string, query = ''): Promise<Answer> => muster.call('GET', `/v1/forward-auth${query}`, { token: key })

describe('the scope and the expiry of a new key (P12)', () => {
  test('a request for a key without a scope is refused, and the field is named', async () => {
    const { status, body } = await create('bob', {})
    expect([status, body.code, body.errors[0].field]).toEqual([422, 'invalid_request', 'scope'])
    expect(body.detail).toContain('"all"')
    for (const wrong of [[], '', 'resources:read', null]) expect((await create('bob', { scope: wrong })).status).toBe(422)
  })

  test('a key expires after 90 days unless the request says otherwise', async () => {
    const days = async (body: object) => {
      const { created_at: from, expires_at: to } = (await create('bob', { scope: ['resources:read'], ...body })).body
      return to && Math.round((Date.parse(to) - Date.parse(from)) / (DAY * 1_000))
    }
    expect([await days({}), await days({ expires_in_days: 1 }), await days({ expires_in_days: null })]).toEqual([90, 1, null])
    for (const wrong of [0, 1_096, 1.5, 'never']) expect((await create('bob', { scope: 'all', expires_in_days: wrong })).status).toBe(422)
  })

  test('a key shows its scope and expiry when it is created, in lists and to itself', async () => {
    const { body: made } = await create('bob', { description: 'shown', scope: ['resources:register', 'resources:read', 'resources:read'] })
    const terms = { scope: ['resources:read', 'resources:register'], expires_at: made.expires_at }
    expect(made).toMatchObject(terms)
    const own = (await muster.call('GET', '/v1/me/keys', { token: human('bob').token })).body.items
    expect(own.find(({ id }: { id: string }) => id === made.id)).toMatchObject(terms)
    expect((await use(made.key, 'GET', '/v1/me')).body.key).toMatchObject(terms)
    expect((await create('bob', { scope: 'all', expires_in_days: null })).body).toMatchObject({ scope: 'all', expires_at: null })
  })

  test('a permission that does not exist is refused with the list of those that do', async () => {
    const { status, body } = await create('ada', { scope: ['resources:read', 'resources:paint'] })
    expect([status, body.code, body.unknown]).toEqual([422, 'permission_unknown', ['resources:paint']])
    expect(body.permissions).toContain('resources:read')
  })

  test('a member cannot give a key a permission that they do not have (P12)', async () => {
    const refused = { status: 403, body: { code: 'permission_not_held', missing: ['members:remove'] } }
    expect(await create('bob', { scope: ['members:remove', 'members:read'] })).toMatchObject(refused)
    expect((await create('ada', { scope: ['members:remove', 'members:read'] })).status).toBe(201)
    expect(await create('ada', { scope: ['members:remove'] }, ROBOT)).toMatchObject(refused)
    expect((await create('ada', { scope: ['resources:register'] }, ROBOT)).status).toBe(201)
  })

  test('a key with a scope is invisible to a server of an earlier version (E70)', async () => {
    const found = async (key: string) => (await sql`select from api_key where token_hash = ${digest(key)}`.execute(muster.server.database.kysely)).rows.length
    const [scoped, plain] = [(await create('bob', { scope: ['members:read'] })).body, (await create('bob', { scope: 'all' })).body]
    expect([await found(scoped.key), await found(plain.key)]).toEqual([0, 1])
    expect([(await use(scoped.key)).status, (await use(plain.key)).status]).toEqual([200, 200])
  })
})

describe('a key with a scope', () => {
  test('a key is refused outside its scope with the permission it lacks (P12)', async () => {
    const { key } = (await create('ada', { scope: ['members:read'] })).body
    expect((await use(key)).status).toBe(200)
    const refused = await use(key, 'GET', '/v1/organizations/ada/resources')
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope', permission: 'resources:read', scope: 'resources:read' } })
    expect(refused.body.detail).toBe('The scope of this key lacks resources:read. ada can create a key that has it.')
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="resources:read"')
  })

  test('a key loses what the role of its holder loses (P12)', async () => {
    const { dee, dan } = await muster.organization({ dee: 'admin', dan: 'admin' })
    const { key } = (await muster.call('POST', '/v1/me/keys', { token: dee?.token, body: { description: 'CI', scope: ['audit:read', 'members:read'] } })).body
    const audit = () => use(key, 'GET', '/v1/organizations/dee/audit-events')
    expect([(await audit()).status, (await introspect(key)).scope]).toEqual([200, 'audit:read members:read'])
    await muster.call('PATCH', '/v1/organizations/dee/members/dee', { token: dan?.token, body: { role: 'member' } })
    expect((await audit()).body.code).toBe('forbidden')
    expect((await introspect(key)).scope).toBe('members:read')
  })

  test('a key without the permission for addresses sees none and finds nobody by one', async () => {
    const { key } = (await create('ada', { scope: ['members:read'] })).body
    const { items } = (await use(key)).body
    expect(items.map(({ email }: { email?: string }) => email)).toEqual([undefined, undefined, undefined])
    expect((await use(key, 'GET', `/v1/organizations/ada/members?q=${encodeURIComponent(human('bob').email)}`)).body.items).toEqual([])
  })

  test('a key that may invite gives no role whose permissions it lacks (E70)', async () => {
    const { key } = (await create('ada', { scope: ['invitations:create', 'members:role'] })).body
    const missing = { status: 403, body: { code: 'insufficient_scope' } }
    const at = '/v1/organizations/ada'
    expect(await use(key, 'POST', `${at}/secrets`, { role: 'admin' })).toMatchObject(missing)
    expect(await use(key, 'POST', `${at}/secrets`, { role: 'member' })).toMatchObject(missing)
    expect(await use(key, 'POST', `${at}/invitations`, { email: 'eve@example.com', role: 'admin' })).toMatchObject(missing)
    expect(await use(key, 'PATCH', `${at}/members/bob`, { role: 'admin' })).toMatchObject(missing)
    const invited = await muster.call('POST', `${at}/invitations`, { token: human('ada').token, body: { email: 'gil@example.com', role: 'admin' } })
    expect(await use(key, 'POST', `${at}/invitations/${invited.body.id}/link`)).toMatchObject(missing)
    expect(await use(key, 'POST', `${at}/invitations/${invited.body.id}/resend`)).toMatchObject(missing)

    const member = ['organization:read', 'members:read', 'resources:read', 'resources:register', 'resources:transfer', 'resources:remove']
    const wider = (await create('ada', { scope: ['invitations:create', ...member] })).body.key
    expect((await use(wider, 'POST', `${at}/secrets`, { role: 'member' })).status).toBe(201)
    expect(await use(wider, 'POST', `${at}/secrets`, { role: 'admin' })).toMatchObject(missing)
  })

  test('a refused attempt of a key is in the audit log (S57)', async () => {
    const { id, key } = (await create('ada', { scope: ['members:read'] })).body
    await use(key, 'DELETE', '/v1/organizations/ada/members/bob')
    const { items } = (await muster.call('GET', '/v1/organizations/ada/audit-events?action=refused', { token: human('ada').token })).body
    expect(items[0]).toMatchObject({ actor: { key_id: id }, details: { attempted: 'members:remove', code: 'insufficient_scope' } })
  })

  test('a key that keeps trying outside its scope is recorded once an hour (S57)', async () => {
    const [{ id, key }, other] = [(await create('ada', { scope: ['members:read'] })).body, (await create('ada', { scope: ['members:read'] })).body]
    const recorded = async () => {
      const { items } = (await muster.call('GET', '/v1/organizations/ada/audit-events?action=refused', { token: human('ada').token })).body
      const by = (keyId: string) => items.filter(({ actor }: { actor: { key_id: string } }) => actor.key_id === keyId).length
      return [by(id), by(other.id)]
    }
    for (const secret of [key, key, key, other.key]) expect((await use(secret, 'DELETE', '/v1/organizations/ada/members/bob')).status).toBe(403)
    expect(await recorded()).toEqual([1, 1])
    await muster.clock.advance(3_601)
    await use(key, 'DELETE', '/v1/organizations/ada/members/bob')
    await muster.clock.restore()
    expect(await recorded()).toEqual([2, 1])
  })

  test('a repeated request of a key is answered only within its scope (I11)', async () => {
    const scope = ['service-accounts:manage', ...asMember]
    const { key } = (await create('ada', { scope })).body
    const headers = { 'idempotency-key': 'once' }
    const send = () => muster.call('POST', '/v1/organizations/ada/service-accounts', { token: key, body: { name: 'repeated' }, headers })
    expect([(await send()).status, (await send()).status]).toEqual([201, 201])
    await sql`update api_key set scope = array['members:read'] where 'service-accounts:manage' = any(scope)`.execute(muster.server.database.kysely)
    expect(await send()).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
  })

  test('a key out of scope does not use up the limit of its organization', async () => {
    const spent: string[] = []
    const limits = { spend: async (name: string) => void spent.push(name) } as never
    const { execute, store } = muster.server.services
    const { id } = (await create('bob', { scope: ['resources:read'] })).body
    const live = (await store.reading.apiKeys.live({ id })) as LiveKey
    const input = { organization: 'ada', kind: 'application', name: 'shop' }
    const asking = { principal: {} as never, actor: actorOfKey(live) }
    await expect(registerResourceWithinLimit({ limits, execute }, asking, input)).rejects.toMatchObject({ code: 'insufficient_scope' })
    expect(spent).toEqual([])
  })

  test('introspection answers the permissions of a key instead of api', async () => {
    const { body: made } = await create('bob', { scope: ['resources:read', 'members:read'] })
    expect(await introspect(made.key)).toMatchObject({
      active: true,
      scope: 'members:read resources:read',
      exp: Math.floor(Date.parse(made.expires_at) / 1_000),
    })
    const { body: all } = await create('bob', { scope: 'all', expires_in_days: null })
    const answer = await introspect(all.key)
    expect([answer.scope, 'exp' in answer]).toEqual(['api', false])
  })

  test('forward auth accepts a key with a scope only for a permission of it', async () => {
    const { key } = (await create('bob', { scope: ['resources:read'] })).body
    expect(await forwardAuth(key)).toMatchObject({ status: 403, body: { code: 'insufficient_scope', scope: 'api' } })
    expect(await forwardAuth(key, '?scope=members:read')).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
    expect(await forwardAuth(key, '?scope=resources:read')).toMatchObject({ status: 200, body: { scope: 'resources:read' } })
  })
})

describe('a key that expires (E71)', () => {
  test('a key is refused everywhere from its expiry on (S36)', async () => {
    const { id, key } = (await create('bob', { description: 'short', scope: 'all', expires_in_days: 1 })).body
    const login = await muster.login(human('bob'))
    await muster.clock.advance(DAY - 60)
    expect([(await use(key)).status, (await forwardAuth(key)).status, (await introspect(key)).active]).toEqual([200, 200, true])
    await muster.clock.advance(61)
    const refused = await use(key)
    expect(refused).toMatchObject({ status: 401, body: { code: 'token_expired', command: 'muster key create DESCRIPTION' } })
    expect(refused.body.detail).toMatch(/^The key "short" expired on \d{4}-\d\d-\d\d\.$/)
    expect(await forwardAuth(key)).toMatchObject({ status: 401, body: { code: 'token_expired' } })
    expect(await introspect(key)).toEqual({ active: false })
    // An expired key that is revoked as well is an expired one (S36 step 2).
    const { rows } = await sql`update api_key set ended_at = muster_now() where id = ${id} returning id`.execute(muster.server.database.kysely)
    expect(rows).toHaveLength(1)
    expect((await use(key)).body.code).toBe('token_expired')
    await muster.clock.restore()
    expect((await muster.call('GET', '/v1/me', { token: login.token })).status).toBe(200)
  })

  test('a key that has expired is not listed, not counted and not revoked again', async () => {
    const { fay } = await muster.organization({ fay: 'admin' })
    const made = async () => muster.call('POST', '/v1/me/keys', { token: fay?.token, body: { description: 'CI', scope: 'all', expires_in_days: 1 } })
    const { id } = (await made()).body
    for (let n = 1; n < 25; n++) expect((await made()).status).toBe(201)
    expect((await made()).body.code).toBe('key_limit')
    await sql`update api_key set expires_at = muster_now() where user_id = ${fay?.id}`.execute(muster.server.database.kysely)
    expect((await muster.call('GET', '/v1/me/keys', { token: fay?.token })).body.items).toEqual([])
    expect((await made()).status).toBe(201)
    expect((await muster.call('DELETE', `/v1/me/keys/${id}`, { token: fay?.token })).body).toEqual({ ended: 0 })
  })

  const announce = () => announceExpiries(muster.server.services)
  const mailed = async (key: { id: string }) => {
    const { rows } = await sql<{ to: string }>`
      select a.username as to from jobs.job j join account a on a.id = j.data->>'userId'
      where j.name = 'mail' and j.data->>'template' = 'key_expires' and j.data->>'keyId' = ${key.id} order by 1`.execute(muster.server.database.kysely)
    return rows.map(({ to }) => to)
  }
  const setExpiry = (id: ApiKeyId, days: number) =>
    sql`update api_key set created_at = muster_now() - interval '30 days', expires_at = muster_now() + ${days} * interval '1 day' where id = ${id}`.execute(
      muster.server.database.kysely,
    )

  test("a key's holder is emailed once, a week before", async () => {
    const { body: made } = await create('bob', { description: 'weekly', scope: ['resources:read'] })
    await setExpiry(made.id, 8)
    await announce()
    expect(await mailed(made)).toEqual([])
    await setExpiry(made.id, 6)
    await Promise.all([announce(), announce(), announce()])
    await announce()
    expect(await mailed(made)).toEqual(['bob'])
    const { subject, text } = await muster.mail.next(human('bob').email)
    expect(subject).toBe('Your API key expires soon')
    expect(text).toMatch(/Key +"?weekly[\s\S]*Acts as +you[\s\S]*Organization +ada[\s\S]*console\/keys[\s\S]*key create DESCRIPTION/)
    expect(text).not.toContain(made.key)
  })

  test('a key whose email cannot be queued does not delay the others', async () => {
    const [first, second] = [(await create('bob', { scope: 'all' })).body, (await create('bob', { scope: 'all' })).body]
    await setExpiry(first.id, 4)
    await setExpiry(second.id, 5)
    const { store, execute } = muster.server.services
    const refuse: typeof execute = (command, principal, input, options) =>
      (input as { id: string }).id === first.id ? Promise.reject(new Error('no queue')) : execute(command, principal, input, options)
    const failed: string[] = []
    await announceExpiries({ store, execute: refuse }, (_error, id) => failed.push(id))
    expect([failed, await mailed(first), await mailed(second)]).toEqual([[first.id], [], ['bob']])
    await announce()
    expect(await mailed(first), 'is tried again').toEqual(['bob'])
  })

  test('the creator of a key of a service account is emailed, and after them the admins', async () => {
    const [byAda, byCy] = [(await create('ada', { scope: 'all' }, ROBOT)).body, (await create('cyd', { scope: 'all' }, ROBOT)).body]
    await setExpiry(byAda.id, 5)
    await setExpiry(byCy.id, 5)
    await muster.call('POST', '/v1/organizations/ada/members/cyd/deactivate', { token: human('ada').token })
    await announce()
    expect([await mailed(byAda), await mailed(byCy)]).toEqual([['ada'], ['ada']])
    expect((await muster.mail.next(human('ada').email)).text).toContain('/console/keys/service-accounts/robot')
  })

  test('a creator who can no longer replace a key of a service account is not emailed', async () => {
    const { hal, ida, joe } = (await muster.organization({ hal: 'admin', ida: 'admin', joe: 'admin' })) as Record<'hal' | 'ida' | 'joe', Human>
    const at = '/v1/organizations/hal'
    await muster.call('POST', `${at}/service-accounts`, { token: hal.token, body: { name: 'runner' } })
    const keyOf = async ({ token }: Human) =>
      (await muster.call('POST', `${at}/service-accounts/runner/keys`, { token, body: { description: 'CI', scope: 'all' } })).body
    const [byIda, byJoe] = [await keyOf(ida), await keyOf(joe)]
    for (const { id } of [byIda, byJoe]) await setExpiry(id, 5)
    await muster.call('PATCH', `${at}/members/ida`, { token: hal.token, body: { role: 'member' } })
    await muster.call('POST', `/v1/operator/users/${joe.id}/suspend`, { token: OPERATOR_TOKEN, body: { reason: 'a test' } })
    await announce()
    expect([await mailed(byIda), await mailed(byJoe)]).toEqual([['hal'], ['hal']])
  })

  test('no email is sent for a key of a week or less, nor for one that was revoked', async () => {
    const { body: short } = await create('bob', { scope: 'all', expires_in_days: 7 })
    const { body: revoked } = await create('bob', { scope: 'all' })
    await setExpiry(revoked.id, 5)
    await muster.call('DELETE', `/v1/me/keys/${revoked.id}`, { token: human('bob').token })
    await announce()
    expect([await mailed(short), await mailed(revoked)]).toEqual([[], []])
  })
})
