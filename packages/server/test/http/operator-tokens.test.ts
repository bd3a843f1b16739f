import { createOperatorToken, revokeOperatorToken } from '@muster/server/domain/credentials/operator-token.ts'
import { type OperatorPrincipal, systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { promoteMember, setPlan } from '@muster/server/domain/organizations/operator.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let muster: Muster
/** A second process on the same database, without a root token. */
let twin: Muster
let ada: Human
beforeAll(async () => {
  const databaseUrl = await (await startPostgres()).createDatabase()
  muster = await startMuster({ databaseUrl })
  twin = await startMuster({ databaseUrl, env: { MUSTER_OPERATOR_TOKEN: undefined } })
  ada = (await muster.organization({ ada: 'admin', bob: 'member' })).ada as Human
})
afterAll(async () => {
  await twin.close()
  await muster.close()
})

const create = (body: object, token = OPERATOR_TOKEN) => muster.call('POST', '/v1/operator/tokens', { token, body })
const tokenOf = async (name: string): Promise<string> => (await create({ name })).body.token
const revoke = (name: string, token = OPERATOR_TOKEN) => muster.call('DELETE', `/v1/operator/tokens/${name}`, { token })
const look = (token: string, at: Muster = muster) => at.call('GET', '/v1/operator/organizations/ada', { token })
const eventsOf = async (type: string) => (await muster.server.services.store.reading.audit.after(0n, { action: type }, 1_000)) as object[]

/** The principal of a request that was admitted with this token. */
async function admitted(name: string): Promise<OperatorPrincipal> {
  const token = await muster.server.services.store.reading.operatorTokens.find(name)
  return { kind: 'operator', name, tokenId: token?.id ?? null, origin: systemPrincipal.origin }
}

describe('a named operator token (O12)', () => {
  test('acts as the operator, and the audit log names it', async () => {
    const token = await tokenOf('ci')
    expect(token).toMatch(/^muster_op_/)
    const plan = (plan: string, token: string) => muster.call('PATCH', '/v1/operator/organizations/ada', { token, body: { plan, reason: 'contract' } })
    expect(await plan('free', token)).toMatchObject({ status: 200, body: { plan: 'free' } })
    expect((await plan('pro', OPERATOR_TOKEN)).status).toBe(200)
    expect(await eventsOf('organization.plan_changed')).toMatchObject([
      { actorKind: 'operator', actorId: 'operator:ci', details: { from: 'pro', to: 'free', reason: 'contract' } },
      { actorKind: 'operator', actorId: 'operator:root' },
    ])
  })

  test('rests after a restore until the keys from before are kept (O9)', async () => {
    const token = await tokenOf('before')
    const { kysely } = muster.server.database
    await sql`update installation set keys_rest_before = now() + interval '1 minute'`.execute(kysely)
    expect((await look(token)).status).toBe(401)
    const { body } = await muster.call('GET', '/v1/operator/tokens', { token: OPERATOR_TOKEN })
    expect(body.items).toContainEqual(expect.objectContaining({ name: 'before', state: 'resting' }))
    await sql`update installation set keys_rest_before = null`.execute(kysely)
    expect((await look(token)).status).toBe(200)
  })

  test('is refused as the root token of a server', async () => {
    const token = await tokenOf('not-root')
    const start = startMuster({ databaseUrl: muster.config.databaseUrl as string, env: { MUSTER_OPERATOR_TOKEN: token } })
    await expect(start).rejects.toThrow('MUSTER_OPERATOR_TOKEN is the operator token "not-root".')
  })

  test("is found in an organization's audit log by its name, and by `operator`", async () => {
    await tokenOf('auditor')
    await muster.server.services.execute(setPlan, await admitted('auditor'), { organization: 'ada', plan: 'free' })
    await muster.server.services.execute(setPlan, await admitted('auditor'), { organization: 'ada', plan: 'pro' })
    const actors = async (actor: string) =>
      (await muster.call('GET', `/v1/organizations/ada/audit-events?actor=${actor}&action=organization.plan_changed`, { token: ada.token })).body.items.map(
        (event: { actor: { id: string } }) => event.actor.id,
      )
    expect(await actors('operator:auditor')).toEqual(['operator:auditor', 'operator:auditor'])
    expect(new Set(await actors('operator'))).toEqual(new Set(['operator:auditor', 'operator:root', 'operator:ci']))
  })

  test('is stored only as its digest, and shown once', async () => {
    const token = await tokenOf('secret-one')
    const listed = await muster.call('GET', '/v1/operator/tokens', { token: OPERATOR_TOKEN })
    const { kysely } = muster.server.database
    const stored = [await kysely.selectFrom('operator_token').selectAll().execute(), await kysely.selectFrom('audit_event').selectAll().execute()]
    expect(JSON.stringify([listed.body, stored], (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(token)
  })

  test('is refused by every process once it is revoked', async () => {
    const token = await tokenOf('leaked')
    for (const at of [muster, twin]) expect((await look(token, at)).status).toBe(200)
    expect(await revoke('leaked')).toMatchObject({ status: 200, body: { name: 'leaked', state: 'revoked' } })
    for (const at of [muster, twin]) expect(await look(token, at)).toMatchObject({ status: 401, body: { code: 'operator_required' } })
    const events = await eventsOf('operator_token.revoked')
    expect(await revoke('leaked')).toMatchObject({ status: 200, body: { state: 'revoked' } })
    expect(await eventsOf('operator_token.revoked')).toEqual(events)
  })

  test('changes nothing when it is revoked after its request was admitted', async () => {
    await tokenOf('late')
    const principal = await admitted('late')
    await revoke('late')
    const change = muster.server.services.execute(setPlan, principal, { organization: 'ada', plan: 'free' })
    await expect(change).rejects.toMatchObject({ code: 'operator_required' })
  })

  test('is revoked only after a command that it began has been committed', async () => {
    await tokenOf('busy')
    const [busy, root] = [await admitted('busy'), await admitted('root')]
    const { execute, store } = muster.server.services
    const order: string[] = []
    let revoking: Promise<unknown> = Promise.resolve()
    await execute(
      async () => {
        revoking = execute(revokeOperatorToken, root, { name: 'busy' }).then(() => order.push('revoked'))
        // The revocation is waiting for the lock of this transaction.
        await expect.poll(() => waits()).toBeGreaterThan(0)
        expect((await store.reading.operatorTokens.find('busy'))?.state).toBe('valid')
        order.push('changed')
      },
      busy,
      undefined,
    )
    await revoking
    expect(order).toEqual(['changed', 'revoked'])
  })

  test('is refused once it has expired', async () => {
    const { body } = await create({ name: 'short', expires_in_days: 1 })
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(86_400_000)
    expect((await look(body.token)).status).toBe(200)
    await muster.clock.advance(86_401)
    expect(await look(body.token)).toMatchObject({ status: 401, body: { code: 'operator_required' } })
    const { items } = (await muster.call('GET', '/v1/operator/tokens', { token: OPERATOR_TOKEN })).body
    expect(items.find(({ name }: { name: string }) => name === 'short')).toMatchObject({ state: 'expired' })
    await muster.clock.restore()
  })

  test('can list tokens, and can neither create nor revoke them', async () => {
    const token = await tokenOf('reader')
    expect((await muster.call('GET', '/v1/operator/tokens', { token })).body.items[0]).toMatchObject({ name: 'reader', state: 'valid' })
    expect(await create({ name: 'heir' }, token)).toMatchObject({ status: 403, body: { code: 'operator_root_required' } })
    expect(await revoke('reader', token)).toMatchObject({ status: 403, body: { code: 'operator_root_required' } })
  })

  test('has a name that no other token has or had', async () => {
    await tokenOf('once')
    expect(await create({ name: 'once' })).toMatchObject({ status: 409, body: { code: 'operator_token_name_taken' } })
    await revoke('once')
    for (const name of ['once', 'root']) expect(await create({ name })).toMatchObject({ status: 409, body: { code: 'operator_token_name_taken' } })
    for (const name of ['Once', 'on ce', '-once', 'on:ce', '']) expect((await create({ name })).status).toBe(422)
  })

  test('notes when it was last used', async () => {
    const token = await tokenOf('used')
    await look(token)
    const used = async () => (await muster.server.services.store.reading.operatorTokens.find('used'))?.lastUsedAt
    await expect.poll(used).toBeInstanceOf(Date)
    const { items } = (await muster.call('GET', '/v1/operator/tokens', { token: OPERATOR_TOKEN })).body
    expect(items.find(({ name }: { name: string }) => name === 'used')).toMatchObject({ last_address: expect.any(String) })
  })

  test('is named in the access line', async () => {
    const token = await tokenOf('logged')
    const id = (await look(token)).headers.get('x-request-id')
    const line = () => muster.log.map((text) => JSON.parse(text)).find(({ reqId, msg }) => reqId === id && msg === 'answered')
    await expect.poll(line).toMatchObject({ operator: 'logged', status: 200 })
  })

  test('is accepted when no root token is set', async () => {
    const token = await tokenOf('alone')
    expect((await look(token, twin)).status).toBe(200)
    expect(await look(OPERATOR_TOKEN, twin)).toMatchObject({ status: 403, body: { code: 'operator_disabled' } })
    expect(await look(`${token.slice(0, -1)}${token.endsWith('x') ? 'y' : 'x'}`, twin)).toMatchObject({ status: 403, body: { code: 'operator_disabled' } })
  })

  test('an unknown token counts as a wrong one, also in the form of a token', async () => {
    const unknown = await tokenOf('unknown')
    await muster.server.database.kysely.deleteFrom('operator_token').where('name', '=', 'unknown').execute()
    for (const at of [muster, twin]) expect(await look(unknown, at)).toMatchObject({ status: 401, body: { code: 'operator_required' } })
    const { limits } = muster.server.services
    while (!(await limits.isUsedUp('operator by address', '127.0.0.1'))) await limits.spend('operator by address', '127.0.0.1')
    expect(await look(unknown)).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } })
    expect((await look(OPERATOR_TOKEN)).status).toBe(200)
  })
})

test('the root token cannot be revoked like a named one (O12)', async () => {
  expect(await revoke('root')).toMatchObject({ status: 409, body: { code: 'operator_token_is_root' } })
  expect(await revoke('nobody')).toMatchObject({ status: 404, body: { code: 'operator_token_not_found' } })
  const anonymous = { kind: 'anonymous', origin: systemPrincipal.origin } as const
  const creating = muster.server.services.execute(createOperatorToken, anonymous, { name: 'mine' })
  await expect(creating).rejects.toMatchObject({ code: 'operator_required' })
})

test('the reason of a promotion is in the audit log (O12)', async () => {
  await muster.server.services.execute(promoteMember, await admitted('root'), { organization: 'ada', user: 'bob', reason: 'ada lost her account' })
  expect((await eventsOf('membership.role_changed')).at(-1)).toMatchObject({ actorId: 'operator:root', details: { reason: 'ada lost her account' } })
})

async function waits(): Promise<number> {
  const { kysely } = twin.server.database
  const { rows } = await sql<{ waiting: number }>`
    select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(kysely)
  return rows[0]?.waiting ?? 0
}
