import type { UserId } from '@muster/contract/ids.ts'
import { createKey } from '@muster/server/domain/credentials/api-key.ts'
import { movableClock } from '@muster/testkit/clock.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { requireStanding } from '../../src/domain/command/refused-credential.ts'
import { resetLinkToken, stopOwnReset, stopResetByLink } from '../../src/domain/factors/reset.ts'
import { formatToken, parseToken } from '../../src/domain/model/opaque-token.ts'
import type { Principal } from '../../src/domain/model/principal.ts'
import { changeRole } from '../../src/domain/organizations/change-role.ts'
import { deactivateMember } from '../../src/domain/organizations/deactivation.ts'
import { cancelFactorReset, confirmFactorReset, requestFactorReset } from '../../src/domain/organizations/member-factor-reset.ts'
import { removeMember } from '../../src/domain/organizations/membership.ts'
import { completeDueResets } from '../../src/jobs/factor-resets.ts'

const anonymous: Principal = { kind: 'anonymous', origin: { address: '127.0.0.1', userAgent: null, requestId: 'test' } }

let world: World
let clock: ReturnType<typeof movableClock>
beforeAll(async () => {
  world = await aWorld('postgres', { poolSize: 12 })
  clock = movableClock(world.database)
})
afterEach(() => clock.restore())
afterAll(() => world.close())

let count = 0
/** An organization with the admins ann and ada, and the member bob, who has an authenticator app. */
async function anOrganization() {
  const number = ++count
  const [ann, ada, bob] = [`ann_${number}`, `ada_${number}`, `bob_${number}`]
  const { organization, people } = await world.organization({ [ann]: 'admin', [ada]: 'admin', [bob]: 'member' })
  const person = (name: string) => people[name] as Person
  await world.rows(`insert into authenticator (user_id, secret, key_generation, last_step, address) values ('${person(bob).id}', '\\x00', 0, 1, '192.0.2.1')`)
  // Their CLI logins outlive the day of the reset.
  await world.rows(
    `update session set expires_at = expires_at + interval '10 days' where user_id in ('${person(ann).id}', '${person(ada).id}', '${person(bob).id}')`,
  )
  return { organization, ann: person(ann), ada: person(ada), bob: person(bob) }
}
type Organization = Awaited<ReturnType<typeof anOrganization>>

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))
/** The admin has confirmed that it is them (F15). */
const recent = ({ principal }: Person) => world.store.reading.sessions.confirm(principal.sessionId, { methods: ['otp', 'mfa'] })
const request = async (by: Person, { organization, bob }: Organization, whose: Person = bob) => {
  await recent(by)
  return world.execute(requestFactorReset, by.principal, { organization, user: whose.name })
}
const confirm = async (by: Person, { organization, bob }: Organization, whose: Person = bob) => {
  await recent(by)
  return world.execute(confirmFactorReset, by.principal, { organization, user: whose.name })
}
const cancel = (by: Person, { organization, bob }: Organization) => world.execute(cancelFactorReset, by.principal, { organization, user: bob.name })
const hasApp = async ({ id }: { id: UserId }): Promise<boolean> => world.store.reading.authenticators.has(id)
const completeDue = () => completeDueResets(world)
const eventsSince = async (): Promise<string[]> => (await world.written()).map(({ type }) => type)

describe("the reset of a member's factors by an admin (F12)", () => {
  test('takes force after 24 hours, and ends sessions, refresh tokens and keys', async () => {
    const place = await anOrganization()
    const { ann, bob } = place
    await world.store.reading.sessions.confirm(bob.principal.sessionId, { methods: ['otp', 'mfa'] })
    const { key } = await world.execute(createKey, bob.principal, { description: 'CI', scope: null, expiresInDays: null })
    await world.written()
    expect(await request(ann, place)).toMatchObject({ userId: bob.id, requestedByName: ann.name, open: true })
    await clock.advance(86_400 - 60)
    await completeDue()
    expect(await hasApp(bob)).toBe(true)
    await clock.advance(120)
    await completeDue()
    expect(await hasApp(bob)).toBe(false)
    const refused = await codeOf(world.execute(({ tx }, _: undefined) => requireStanding(tx, bob.principal), anonymous, undefined))
    expect(refused).toBe('token_revoked')
    expect(key).toMatch(/^muster_uk_/)
    expect(await world.store.reading.apiKeys.countAlive({ userId: bob.id })).toBe(0)
    expect(await eventsSince()).toEqual(['factors.reset_requested', 'session.ended', 'key.ended', 'factors.reset'])
    expect(await world.store.reading.factorResets.standing(bob.id)).toEqual({ isDue: false, needsCode: true })
  })

  test('takes force once, with several servers', async () => {
    const place = await anOrganization()
    await request(place.ann, place)
    await clock.advance(86_401)
    await world.written()
    await Promise.all(Array.from({ length: 8 }, completeDue))
    expect((await eventsSince()).filter((type) => type === 'factors.reset')).toHaveLength(1)
  })

  test('takes force at once when a second admin confirms it', async () => {
    const place = await anOrganization()
    await request(place.ann, place)
    await confirm(place.ada, place)
    expect(await hasApp(place.bob)).toBe(false)
    expect((await eventsSince()).slice(-4)).toEqual(['factors.reset_requested', 'factors.reset_confirmed', 'session.ended', 'factors.reset'])
  })

  test('is not confirmed by the admin who asked for it', async () => {
    const place = await anOrganization()
    await request(place.ann, place)
    expect(await codeOf(confirm(place.ann, place))).toBe('factor_reset_same_admin')
    expect(await hasApp(place.bob)).toBe(true)
  })

  test('is not asked for, or confirmed, by the person whose factors they are', async () => {
    const place = await anOrganization()
    const { ann, ada } = place
    expect(await codeOf(request(ann, place, ann))).toBe('self_action')
    await request(ann, place, ada)
    expect(await codeOf(confirm(ada, place, ada))).toBe('self_action')
  })

  test('is refused to members, other organizations and keys', async () => {
    const place = await anOrganization()
    const stranger = await world.person(`eve_${count}`)
    expect(await codeOf(request(place.bob, place, place.ann))).toBe('forbidden')
    expect(await codeOf(request(stranger, place))).toBe('organization_not_found')
    const created = await world.execute(createKey, place.ann.principal, { description: 'CI', scope: null, expiresInDays: null })
    const { userId, epoch, organizationId, origin } = place.ann.principal
    if (!organizationId) throw new Error('no organization')
    const key: Principal = { kind: 'key', keyId: created.id, holder: { kind: 'user', id: userId }, epoch, organizationId, origin }
    expect(await codeOf(world.execute(requestFactorReset, key, { organization: place.organization, user: place.bob.name }))).toBe('session_required')
  })

  test('waits once for each member', async () => {
    const place = await anOrganization()
    await request(place.ann, place)
    expect(await codeOf(request(place.ada, place))).toBe('factor_reset_pending')
    expect((await world.store.reading.factorResets.listOpen(place.ann.principal.organizationId as never)).map(({ userId }) => userId)).toEqual([place.bob.id])
  })

  test.each<[string, (place: Organization) => Promise<unknown>]>([
    ['the member in a session', ({ bob }) => world.execute(stopOwnReset, bob.principal, undefined)],
    ['the admin who asked for it', (place) => cancel(place.ann, place)],
    ['another admin', (place) => cancel(place.ada, place)],
    [
      'the link in the email',
      async ({ bob }) => {
        const reset = await world.store.reading.factorResets.findOpen(bob.id)
        return world.execute(stopResetByLink, anonymous, { token: resetLinkToken(world.keys, reset?.id ?? 'frs_') })
      },
    ],
  ])('is stopped by %s', async (_who, stop) => {
    const place = await anOrganization()
    await request(place.ann, place)
    await stop(place)
    await clock.advance(86_401)
    await completeDue()
    expect(await hasApp(place.bob)).toBe(true)
    expect(await codeOf(confirm(place.ada, place))).toBe('factor_reset_not_found')
    expect(await codeOf(stop(place))).toBe('factor_reset_not_found')
  })

  test('is stopped by no made or altered link', async () => {
    const place = await anOrganization()
    const reset = await request(place.ann, place)
    const other = await anOrganization()
    const token = resetLinkToken(world.keys, reset.id)
    const [, ofAnother = ''] = parseToken('muster_fr', resetLinkToken(world.keys, (await request(other.ann, other)).id))?.split('_') ?? []
    const forged = ['0'.repeat(43), ofAnother, ''].map((mac) => formatToken('muster_fr', `${reset.id.slice(4)}_${mac}`))
    for (const made of [`${token}x`, token.slice(0, -1), 'muster_fr_', '', ...forged])
      expect(await codeOf(world.execute(stopResetByLink, anonymous, { token: made }))).toBe('factor_reset_not_found')
    expect((await world.store.reading.factorResets.find(reset.id))?.open).toBe(true)
  })

  test.each<[string, (place: Organization) => Promise<unknown>]>([
    ['the admin is demoted', ({ organization, ada, ann }) => world.execute(changeRole, ada.principal, { organization, user: ann.name, role: 'member' })],
    ['the admin is deactivated', ({ organization, ada, ann }) => world.execute(deactivateMember, ada.principal, { organization, user: ann.name })],
    ['the member is removed', ({ organization, ada, bob }) => world.execute(removeMember, ada.principal, { organization, user: bob.name })],
  ])('never takes force when %s', async (_what, change) => {
    const place = await anOrganization()
    const { ann, ada, bob } = place
    await request(ann, place)
    await change(place)
    await clock.advance(86_401)
    await completeDue()
    expect(await hasApp(bob)).toBe(true)
    expect(await world.store.reading.factorResets.findOpen(bob.id)).toBeNull()
    expect(['ok', 'membership_ended']).toContain(await codeOf(request(await world.again(ada), place))) // it blocks no other
  })

  test('two confirmations and a stop at the same moment have one outcome', async () => {
    for (let round = 0; round < 8; round += 1) {
      const number = `${round}_${++count}`
      const names = ['ann', 'ada', 'amy'].map((name) => `${name}_${number}`)
      const bobName = `bob_${number}`
      const { organization, people } = await world.organization({ ...Object.fromEntries(names.map((name) => [name, 'admin' as const])), [bobName]: 'member' })
      const [ann, ada, amy, bob] = [...names, bobName].map((name) => people[name] as Person) as [Person, Person, Person, Person]
      const place = { organization, ann, ada, bob }
      await request(ann, place)
      await world.written()
      const outcomes = await Promise.all([
        codeOf(confirm(ada, place)),
        codeOf(world.execute(stopOwnReset, bob.principal, undefined)),
        codeOf(confirm(amy, place)),
      ])
      expect(outcomes.filter((code) => code === 'ok')).toHaveLength(1)
      const events = (await eventsSince()).filter((type) => type.startsWith('factors.'))
      expect(events).toEqual(outcomes[1] === 'ok' ? ['factors.reset_stopped'] : ['factors.reset_confirmed', 'factors.reset'])
    }
  })
})
