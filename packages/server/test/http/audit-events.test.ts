import { signIn } from '@muster/server/domain/accounts/sign-in.ts'
import { registerClient } from '@muster/server/domain/credentials/client.ts'
import { registerResource } from '@muster/server/domain/resources/resource.ts'
import { engines } from '@muster/testkit/database.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvCell } from '../../src/http/audit-event.ts'

interface Event {
  id: string
  at: string
  action: string
  outcome: string
  actor: { id: string; name: string | null; via?: { kind: string; name: string } | null }
  target: { id: string; name: string | null }
  details: Record<string, unknown>
}

describe.each(engines)('the audit log of an organization on %s', (engine) => {
  let muster: Muster
  let people: Record<string, Human>
  beforeAll(async () => {
    muster = await startMuster({ engine })
    people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })
    await muster.organization({ eve: 'admin' })
    const token = (people['ada'] as Human).token
    await muster.call('PATCH', '/v1/organizations/ada/members/carol', { token, body: { role: 'admin' } })
    await muster.call('DELETE', '/v1/organizations/ada/members/bob', { token })
    await muster.call('POST', '/v1/organizations/ada/rename', { token, body: { from: 'ada', to: 'acme' } })
  })
  afterAll(() => muster.close())

  const read = async (query = '', accept?: string) =>
    muster.call('GET', `/v1/organizations/acme/audit-events${query}`, {
      token: (people['ada'] as Human).token,
      headers: accept === undefined ? {} : { accept },
    })
  const events = async (query = ''): Promise<Event[]> => {
    const answer = await read(query)
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body.items
  }

  test('events are filtered by actor, target, action and time', async () => {
    const all = await events()
    expect(all[0]).toMatchObject({ action: 'organization.renamed', actor: { name: 'ada' }, details: { from: 'ada', to: 'acme' } })
    const ended = all.find(({ action, target }) => action === 'membership.ended' && target.name === 'bob')
    expect(ended).toMatchObject({ outcome: 'done', actor: { name: 'ada' }, details: { reason: 'removed' } })
    expect((await events('?action=membership.ended')).every(({ action }) => action === 'membership.ended')).toBe(true)
    const membership = await events('?action=membership')
    expect(new Set(membership.map(({ action }) => action))).toEqual(new Set(['membership.started', 'membership.ended', 'membership.role_changed']))
    const bob = people['bob'] as Human
    for (const target of ['bob', bob.id]) expect((await events(`?target=${target}&action=membership.ended`)).map(({ id }) => id)).toEqual([ended?.id])
    expect((await events('?actor=carol')).every(({ actor }) => actor.name === 'carol')).toBe(true)
    expect(await events('?actor=nobody_at_all')).toEqual([])
    const at = encodeURIComponent(ended?.at ?? '')
    expect((await events(`?from=${at}`)).some(({ id }) => id === ended?.id)).toBe(true)
    expect((await events(`?to=${at}`)).some(({ id }) => id === ended?.id)).toBe(false)
  })

  test('the actor of a sign-in is the person who signed in', async () => {
    const carol = people['carol'] as Human
    const origin = { address: '127.0.0.1', userAgent: null, requestId: 'test' }
    await signIn(muster.server.services, { kind: 'anonymous', origin }, { identifier: carol.email, password: carol.password, replaces: null })
    const [begun] = await events('?action=session.started&actor=carol')
    expect(begun).toMatchObject({ details: { kind: 'browser' }, actor: { kind: 'user', name: 'carol', session_id: begun?.target.id } })
  })

  test('a filter by name finds everyone who has ever had the name', async () => {
    const token = (people['ada'] as Human).token
    await muster.person('zed')
    await muster.call('POST', '/v1/organizations/acme/service-accounts', { token, body: { name: 'zed' } })
    const key = await muster.call('POST', '/v1/organizations/acme/service-accounts/zed/keys', { token, body: { description: 'CI', scope: 'all' } })
    const registered = await muster.call('PUT', '/v1/organizations/acme/resources/database/of-zed', { token: key.body.key, body: {} })
    expect(registered.status, JSON.stringify(registered.body)).toBe(201)
    expect((await events('?actor=zed')).map(({ action }) => action)).toEqual(['resource.registered'])
    expect((await events('?target=zed')).map(({ action }) => action)).toEqual(['service_account.created'])
    await muster.call('DELETE', '/v1/organizations/acme/service-accounts/zed', { token })
    expect((await events('?actor=zed')).map(({ action }) => action)).toEqual(['resource.registered'])
    for (const name of ['operator', 'system', 'anonymous']) {
      expect((await muster.call('POST', '/v1/organizations/acme/service-accounts', { token, body: { name } })).body.code).toBe('name_reserved')
    }
  })

  test('a client is shown by name and found by it', async () => {
    const { token } = people['ada'] as Human
    const {
      client: { id },
    } = await muster.server.services.execute(
      registerClient,
      { kind: 'operator', name: 'root', tokenId: null, origin: { address: '::1', userAgent: null, requestId: 'test' } },
      { name: 'Cloud/Nine', grants: ['client_credentials'], scopes: ['resources:register'] },
    )
    const principal = {
      kind: 'client',
      clientId: id,
      scopes: new Set(['resources:register']),
      origin: { address: '::1', userAgent: null, requestId: 'test' },
    } as const
    await muster.server.services.execute(registerResource, principal, { organization: 'acme', kind: 'database', name: 'of-nine', owner: 'ada' })
    const found = await muster.call('GET', '/v1/organizations/acme/audit-events?actor=Cloud%2FNine', { token })
    expect(found.body.items).toMatchObject([{ action: 'resource.registered', actor: { kind: 'client', id, name: 'Cloud/Nine' } }])
  })

  test('a removed resource or key is shown by its name', async () => {
    const token = (people['ada'] as Human).token
    const orders = '/v1/organizations/acme/resources/database/orders'
    for (let round = 0; round < 2; round++) {
      await muster.call('PUT', orders, { token, body: {} })
      await muster.call('DELETE', orders, { token })
    }
    const ofOrders = await events('?target=database/orders')
    expect(ofOrders.map(({ action }) => action)).toEqual(['resource.removed', 'resource.registered', 'resource.removed', 'resource.registered'])
    expect(new Set(ofOrders.map(({ target }) => target.name))).toEqual(new Set(['database/orders']))
    expect(new Set(ofOrders.map(({ target }) => target.id)).size).toBe(2)
    expect(await events('?target=database/orders/old')).toEqual([])

    const { body: key } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'for the backup', scope: 'all' } })
    await muster.call('DELETE', `/v1/me/keys/${key.id}`, { token })
    const [ended] = await events(`?target=${key.id}`)
    expect(ended).toMatchObject({ action: 'key.ended', target: { id: key.id, name: 'for the backup' } })
    expect(JSON.stringify(await events('?action=key'))).not.toContain(key.key)
  })

  test('a page does not change while new events are recorded', async () => {
    const all = (await events()).map(({ id }) => id)
    const first = (await read('?limit=3')).body
    await muster.call('PATCH', '/v1/organizations/acme/members/carol', { token: (people['ada'] as Human).token, body: { role: 'member' } })
    const second = (await read(`?limit=3&cursor=${first.next_cursor}`)).body
    expect([...first.items, ...second.items].map(({ id }: Event) => id)).toEqual(all.slice(0, 6))
  })

  test('an export contains every event, oldest first', async () => {
    const all = (await events('?limit=100')).map(({ id }) => id).toReversed()
    const lines = await read('', 'application/x-ndjson')
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8')
    const exported = String(typeof lines.body === 'string' ? lines.body : JSON.stringify(lines.body))
      .trim()
      .split('\n')
    expect(exported.map((line) => JSON.parse(line).id)).toEqual(all)
    const csv = await read('?action=membership', 'text/csv, application/json;q=0.5')
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="audit-acme.csv"')
    const rows = csv.body.trim().split('\r\n')
    expect(rows[0]).toBe(
      'id,at,action,outcome,actor_kind,actor_id,actor_name,target_id,target_name,details,address,request_id,actor_session_id,actor_key_id,actor_via,erased',
    )
    expect(rows).toHaveLength(1 + (await events('?action=membership&limit=100')).length)
    const typeOf = async (accept: string) => (await read('', accept)).headers.get('content-type')?.split(';')[0]
    expect(await typeOf('text/html, text/csv;q=0, application/json')).toBe('application/json')
    expect(await typeOf('text/csv;q=0.2, application/x-ndjson;q=0.9, */*;q=0.1')).toBe('application/x-ndjson')
    expect(await read('', 'application/json;q=0, */*')).toMatchObject({ status: 406 })
    expect(await read('', 'image/png')).toMatchObject({ status: 406, body: { code: 'not_acceptable' } })
  })

  test('an export of more than one chunk is complete (F08)', async () => {
    const { kysely } = muster.server.database
    const { sql } = await import('kysely')
    const [{ id }] = (await sql<{ id: string }>`select id from organization where name = 'eve'`.execute(kysely)).rows as [{ id: string }]
    await sql`insert into audit_event (id, type, outcome, actor_kind, organization_id, target, details)
      select 'evt_many' || i, 'organization.renamed', 'done', 'system', ${id}, ${id}, '{}' from generate_series(1, 1234) i`.execute(kysely)
    const eve = await muster.login({ ...(people['ada'] as Human), ...(await idOf(muster, 'eve')) })
    const answer = await muster.call('GET', '/v1/organizations/eve/audit-events?action=organization.renamed', {
      token: eve.token,
      headers: { accept: 'text/csv' },
    })
    const ids = answer.body
      .trim()
      .split('\r\n')
      .slice(1)
      .map((row: string) => row.split(',')[0])
    expect(ids).toEqual(Array.from({ length: 1234 }, (_, index) => `evt_many${index + 1}`))
  })

  test('events of accounts and of other organizations are not shown (B01)', async () => {
    const all = await events('?limit=100')
    expect(all.some(({ action }) => action === 'user.registered' || action.startsWith('password.') || action === 'account.created')).toBe(false)
    const [own] = await events('?action=organization.created')
    expect(new Set(all.flatMap(({ target }) => (target.id.startsWith('org_') ? [target.id] : [])))).toEqual(new Set([own?.target.id]))
    expect(await events('?actor=eve')).toEqual([])
  })

  test('an invalid filter is refused', async () => {
    for (const query of ['?action=nonsense', '?action=member', '?actor=%00', '?target=a%00', '?from=yesterday', '?action=%25', '?limit=0', '?sort=asc'])
      expect((await read(query)).status, query).toBe(422)
  })

  test('an event says by which application or key its actor acted (P17)', async () => {
    const token = (people['ada'] as Human).token
    const { body: key } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'deploy', scope: 'all' } })
    const { body: made } = await muster.call('POST', '/v1/organizations/acme/secrets', { token: key.key, body: {} })
    const [byKey] = await events(`?action=invitation.created&actor=ada`)
    const [byTerminal] = await events(`?action=key.created&actor=ada`)
    expect(made.secret, JSON.stringify(made)).toBeDefined()
    expect([byKey?.actor.name, byKey?.actor.via, byTerminal?.actor.via]).toEqual([
      'ada',
      { kind: 'key', name: 'deploy' },
      { kind: 'client', name: 'Muster CLI' },
    ])
    expect((await read('?action=invitation.created', 'text/csv')).body).toContain('key deploy')
  })
})

async function idOf(muster: Muster, name: string): Promise<Pick<Human, 'id' | 'name' | 'email'>> {
  const account = await muster.server.services.store.reading.accounts.findByUsername(name)
  if (!account) throw new Error(name)
  return { id: account.id, name, email: account.email }
}

test('no cell of a CSV export is read as a formula (F08)', () => {
  for (const evil of ['=1+1', '+1', '-1', '@x', '\t=1', '\r=1', '  =1', '|cmd', '%0A', '\n=1']) expect(csvCell(evil), evil).toMatch(/^"?'/)
  expect(csvCell('plain')).toBe('plain')
  expect(csvCell(null)).toBe('')
  expect(csvCell('a"b,c')).toBe('"a""b,c"')
  expect(csvCell('two\nlines')).toBe('"two\nlines"')
})
