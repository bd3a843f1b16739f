import type { Role } from '@muster/contract/permissions.ts'
import { requireStanding } from '@muster/server/domain/command/refused-credential.ts'
import { createKey } from '@muster/server/domain/credentials/api-key.ts'
import { createServiceAccount, createServiceAccountKey } from '@muster/server/domain/credentials/service-account.ts'
import { startBrowserSession } from '@muster/server/domain/credentials/session.ts'
import type { Principal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { deactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { signMemberOut } from '@muster/server/domain/organizations/sign-out-member.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const operator: Principal = { kind: 'operator', name: 'root', tokenId: null, origin: { address: '127.0.0.1', userAgent: null, requestId: 'test' } }

describe.each(engines)('signing a member out on %s', (engine) => {
  let world: World
  beforeAll(async () => {
    world = await aWorld(engine)
  })
  afterAll(() => world.close())

  let count = 0
  const codeOf = (promise: Promise<unknown>) => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))
  const two = async (bobs: Role = 'member') => {
    const number = ++count
    const { organization, people } = await world.organization({ [`ada_${number}`]: 'admin', [`bob_${number}`]: bobs })
    return { organization, ada: people[`ada_${number}`] as Person, bob: people[`bob_${number}`] as Person }
  }
  const refusal = ({ principal }: Person) =>
    world
      .execute(({ tx }, _: undefined) => requireStanding(tx, principal), operator, undefined)
      .then(
        () => null,
        ({ code, detail }: { code: string; detail?: string }) => ({ code, detail }),
      )
  const signOut = (by: Principal, organization: string, { name }: Person) => world.execute(signMemberOut, by, { organization, user: name })

  test("an admin's sign-out ends every session, and the refusal says so (S32)", async () => {
    const { organization, ada, bob } = await two()
    const other = await world.login(bob)
    const browser = await world.execute(
      async (context, _: undefined) => {
        const account = await context.tx.accounts.find(bob.id)
        if (!account) throw new Error('no account')
        return startBrowserSession(context, account, bob.principal.organizationId, { methods: ['pwd'] })
      },
      bob.principal,
      undefined,
    )
    await world.written()
    expect(await signOut(ada.principal, organization, bob)).toMatchObject({ member: { username: bob.name, status: 'active' }, ended: 3 })
    const said = { code: 'token_revoked', detail: 'An admin of your organization signed you out everywhere. You can sign in again.' }
    expect([await refusal(bob), await refusal(other)]).toEqual([said, said])
    const ended = await world.store.reading.sessions.findByTokenHash(digest(browser.cookie))
    expect(ended?.endedReason).toBe('signed_out_by_admin')
    const written = await world.written()
    expect(written.map(({ type, details }) => [type, details['reason']])).toEqual(Array(3).fill(['session.ended', 'signed_out_by_admin']))
  })

  test('receivers get a revocation for each session that a sign-out ended', async () => {
    const { organization, ada, bob } = await two()
    const other = await world.login(bob)
    await signOut(ada.principal, organization, bob)
    const revocations = await world.rows<{ subject: string }>(`select subject from revocation where kind = 'session' order by id desc limit 2`)
    expect(revocations.map(({ subject }) => subject).sort()).toEqual([bob.principal.sessionId, other.principal.sessionId].sort())
  })

  test('the refusal names the operator when the operator signed the member out', async () => {
    const { organization, bob } = await two()
    expect(await signOut(operator, organization, bob)).toMatchObject({ ended: 1 })
    expect(await refusal(bob)).toMatchObject({ code: 'token_revoked', detail: expect.stringContaining('The operator of this server signed you out') })
  })

  test('a signed-out member keeps status and keys and can log in again', async () => {
    const { organization, ada, bob } = await two()
    const { key } = await world.execute(createKey, bob.principal, { description: 'CI', scope: null, expiresInDays: null })
    await world.execute(createServiceAccount, ada.principal, { organization, name: 'deploy' })
    const { key: machineKey } = await world.execute(createServiceAccountKey, ada.principal, {
      organization,
      serviceAccount: 'deploy',
      description: 'CI',
      scope: null,
      expiresInDays: null,
    })
    await signOut(ada.principal, organization, bob)
    for (const one of [key, machineKey]) {
      const live = await world.store.reading.apiKeys.live({ tokenHash: digest(one) })
      expect(live?.key.endedAt).toBeNull()
      expect(live?.holder.kind === 'user' ? live.holder.account.epoch : live?.key.epoch).toBe(live?.key.epoch)
    }
    expect(await refusal(await world.login(bob))).toBeNull()
  })

  test('a repeated sign-out changes nothing', async () => {
    const { organization, ada, bob } = await two()
    await signOut(ada.principal, organization, bob)
    await world.written()
    expect(await signOut(ada.principal, organization, bob)).toMatchObject({ ended: 0 })
    expect(await world.written()).toEqual([])
  })

  test('an admin can be signed out by another admin or by the operator', async () => {
    const { organization, ada, bob } = await two('admin')
    expect(await signOut(bob.principal, organization, ada)).toMatchObject({ ended: 1 })
    expect(await signOut(operator, organization, bob)).toMatchObject({ ended: 1 })
  })

  test('a sign-out is refused to members, outside admins, and for oneself (S30)', async () => {
    const { organization, ada, bob } = await two()
    const stranger = await world.person(`eve_${count}`)
    expect(await codeOf(signOut(bob.principal, organization, ada))).toBe('forbidden')
    expect(await codeOf(signOut(stranger.principal, organization, bob))).toBe('organization_not_found')
    expect(await codeOf(signOut(stranger.principal, stranger.name, bob))).toBe('member_not_found')
    expect(await codeOf(signOut(ada.principal, organization, ada))).toBe('self_action')
    expect(await refusal(bob)).toBeNull()
    const refused = (await world.written()).filter(({ outcome }) => outcome === 'refused')
    expect(refused.map(({ details }) => details['attempted'])).toContain('members:sign-out')
  })

  test('a sign-out changes nothing for a deactivated or former member', async () => {
    const { organization, ada, bob } = await two()
    await world.execute(deactivateMember, ada.principal, { organization, user: bob.name })
    await world.written()
    expect(await signOut(ada.principal, organization, bob)).toMatchObject({ member: { status: 'deactivated' }, ended: 0 })
    expect(await world.written()).toEqual([])
    await world.execute(removeMember, ada.principal, { organization, user: bob.name })
    const home = await world.login(bob)
    expect(await codeOf(signOut(ada.principal, organization, bob))).toBe('membership_ended')
    expect(await refusal(home)).toBeNull()
  })
})
