import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_COMPAT: 'featurebase' } })
})
afterAll(() => muster.close())

async function anOrganization(name: string) {
  const members = await muster.organization({ [name]: 'admin', [`${name}_bo`]: 'member' })
  const [owner, bo] = [members[name] as Human, members[`${name}_bo`] as Human]
  const at = `/v1/organizations/${name}`
  const as = (who: Human) => (method: string, path: string, body?: unknown) => muster.call(method, path, { token: who.token, body })
  await as(owner)('POST', `${at}/service-accounts`, { name: 'robot' })
  const key = async (who: Human, scope: unknown, path = '/v1/me/keys') =>
    (await as(who)('POST', path, { description: 'CI', scope })).body as { id: string; key: string }
  const set = (keys: string, who = owner) => as(who)('PUT', `${at}/key-policy`, { keys })
  return { owner, bo, at, robot: `${at}/service-accounts/robot/keys`, key, set, asOwner: as(owner), asBo: as(bo) }
}

const use = (key: string) => muster.call('GET', '/v1/me', { token: key })

describe('an organization that allows only keys with a scope (F15)', () => {
  test('an admin ends all keys without a scope, of members and of service accounts', async () => {
    const { owner, bo, at, robot, key, set, asOwner } = await anOrganization('alder')
    const ends = [await key(owner, 'all'), await key(bo, 'all'), await key(owner, 'all', robot)]
    const stays = [await key(bo, ['resources:read']), await key(owner, ['resources:read'], robot)]
    const listed = (await asOwner('GET', `${at}/keys?scope=all`)).body.items.map(({ id }: { id: string }) => id)
    expect(listed.sort()).toEqual(ends.map(({ id }) => id).sort())
    expect((await asOwner('GET', `${at}/key-policy`)).body).toEqual({ keys: 'any' })

    expect((await set('scoped')).body).toMatchObject({ keys: 'scoped', ended: 3 })
    for (const one of ends) {
      const { status, body } = await use(one.key)
      expect([status, body.code]).toEqual([401, 'token_revoked'])
      expect(body.detail).toContain('allows only keys with a scope')
    }
    for (const one of stays) expect((await use(one.key)).status).toBe(200)
    const { rows } = await sql`select subject from revocation where kind = 'key' and subject in (${sql.join(ends.map(({ id }) => id))})`.execute(
      muster.server.database.kysely,
    )
    expect(rows, 'verifiers learn of each').toHaveLength(3)
    expect((await set('scoped')).body.ended).toBe(0)
    const events = (await asOwner('GET', `${at}/audit-events?action=organization.key_policy_changed`)).body.items
    expect(events.map(({ details }: { details: object }) => details)).toEqual([{ keys: 'scoped' }])
  })

  test('a key without a scope is not created, through a compatibility folder neither', async () => {
    const { owner, bo, robot, key, set, asBo, asOwner } = await anOrganization('birch')
    await set('scoped')
    const refused = { status: 403, body: { code: 'key_scope_required' } }
    expect(await asBo('POST', '/v1/me/keys', { description: 'CI', scope: 'all' })).toMatchObject(refused)
    expect(await asOwner('POST', robot, { description: 'CI', scope: 'all' })).toMatchObject(refused)
    expect((await asBo('POST', `/v2/users/${bo.id}/keys`, { description: 'CI' })).status).toBe(403)
    expect((await use((await key(bo, ['resources:read'])).key)).status).toBe(200)
    await set('any')
    expect((await use((await key(owner, 'all')).key)).status).toBe(200)
  })

  test('a key that was created at the same moment is refused at once', async () => {
    const { owner, key, set } = await anOrganization('cedar')
    const late = await key(owner, 'all')
    await sql`update organization set key_policy = 'scoped' where name = 'cedar'`.execute(muster.server.database.kysely)
    expect((await use(late.key)).body.code).toBe('token_revoked')
    expect((await set('scoped')).body.ended).toBe(1)
    expect((await set('any')).body.ended).toBe(0)
    expect((await use(late.key)).body.code, 'and does not come back').toBe('token_revoked')
  })

  test('the later decision of another admin stays when many keys are revoked', async () => {
    const { owner, at, key, set, asOwner } = await anOrganization('fir')
    const { kysely } = muster.server.database
    await key(owner, 'all')
    await sql`insert into api_key (id, token_hash, user_id, organization_id, epoch, description, created_by, methods)
      select 'key_copy' || n, sha256(n::text::bytea), user_id, organization_id, epoch, description, created_by, methods
      from api_key, generate_series(1, 149) n where user_id = ${owner.id}`.execute(kysely)
    // The other admin decides between the first round and the second.
    await sql`create function another_admin() returns trigger language plpgsql as $$ begin
      if (select count(*) from api_key where user_id = new.user_id and ended_at is not null) = 100 then
        update organization set key_policy = 'any' where id = new.organization_id;
      end if;
      return null;
    end $$`.execute(kysely)
    await sql`create trigger another_admin after update on api_key for each row execute function another_admin()`.execute(kysely)
    expect((await set('scoped')).body).toMatchObject({ ended: 100 })
    await sql`drop trigger another_admin on api_key`.execute(kysely)
    expect((await asOwner('GET', `${at}/key-policy`)).body).toEqual({ keys: 'any' })
    expect((await set('scoped')).body).toMatchObject({ ended: 50 })
  })

  test('only an admin with a recent sign-in sets it', async () => {
    const { owner, bo, at, key, set, asBo } = await anOrganization('elder')
    expect((await set('scoped', bo)).body.code).toBe('forbidden')
    expect((await asBo('GET', `${at}/key-policy`)).body).toEqual({ keys: 'any' })
    const mine = await key(owner, 'all')
    expect((await muster.call('PUT', `${at}/key-policy`, { token: mine.key, body: { keys: 'scoped' } })).body.code).toBe('session_required')
    await sql`update session set authenticated_at = authenticated_at - interval '1 hour' where user_id = ${owner.id}`.execute(muster.server.database.kysely)
    expect(await set('scoped')).toMatchObject({ status: 401, body: { code: 'insufficient_user_authentication', action: 'key-policy:change' } })
    expect((await use(mine.key)).status).toBe(200)
  })
})
