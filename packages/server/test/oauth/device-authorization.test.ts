import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import {
  approveDevice,
  claimDevice,
  denyDevice,
  deviceOf,
  holdForSignUp,
  redeemDevice,
  requestDevice,
} from '@muster/server/domain/credentials/device-authorization.ts'
import { REFRESH_LOGINS_PER_USER } from '@muster/server/domain/credentials/refresh-token.ts'
import { finishSession, startBrowserSession } from '@muster/server/domain/credentials/session.ts'
import { systemPrincipal, type UserPrincipal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { type MovableClock, movableClock } from '@muster/testkit/clock.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { afterAll, afterEach, beforeAll, test } from 'vitest'

let world: World
let clock: MovableClock
beforeAll(async () => {
  world = await aWorld()
  clock = movableClock(world.database)
})
afterAll(() => world.close())
afterEach(() => clock.restore())

async function requested({ scopes = ['api'] }: { scopes?: string[] } = {}) {
  const deviceCode = randomBytes(16).toString('hex')
  const request = { deviceCodeHash: digest(deviceCode), clientId: CLI_CLIENT_ID, scopes, params: {} }
  const { userCode } = await world.execute(requestDevice, systemPrincipal, request)
  return { deviceCodeHash: digest(deviceCode), userCode: userCode.replace('-', '') }
}

async function browserOf({ principal, id }: Person): Promise<UserPrincipal> {
  const session = await world.execute(
    async (context, _: undefined) => {
      const account = await context.tx.accounts.find(id)
      if (!account) throw new Error('nobody')
      const current = await context.tx.memberships.current(id)
      return (await startBrowserSession(context, account, current?.organizationId ?? null, { methods: ['pwd'] })).session
    },
    systemPrincipal,
    undefined,
  )
  return { ...principal, sessionId: session.id, epoch: session.epoch, organizationId: session.organizationId }
}

test('a user code, in any case, belongs to the session that entered it (D01)', async () => {
  const ada = await world.person('ada')
  const [one, two] = [await browserOf(ada), await browserOf(ada)]
  const { userCode } = await requested()
  const typed = ` ${userCode.slice(0, 4).toLowerCase()} - ${userCode.slice(4)} `
  const { id } = await world.execute(claimDevice, one, { userCode: typed })
  assert.deepEqual(await world.execute(claimDevice, one, { userCode }), { id }, 'typing it again is fine')
  await assert.rejects(world.execute(claimDevice, two, { userCode }), { code: 'user_code_claimed' })
  await assert.rejects(deviceOf(world.store.reading, id, two.sessionId), { code: 'user_code_claimed' })
  await assert.rejects(world.execute(approveDevice, two, { id }), { code: 'user_code_claimed' })
  await assert.rejects(world.execute(claimDevice, one, { userCode: 'BCDF-GHJK' }), { code: 'user_code_unknown' })
  await assert.rejects(world.execute(claimDevice, one, { userCode: 'AEIO-U012' }), { code: 'user_code_unknown' })
})

test('a user code can be claimed again after the session that claimed it has ended', async () => {
  const bob = await world.person('bob')
  const [one, two] = [await browserOf(bob), await browserOf(bob)]
  const { userCode } = await requested()
  const { id } = await world.execute(claimDevice, one, { userCode })
  await world.execute((context, _: undefined) => finishSession(context, one.sessionId, 'signed_out'), one, undefined)
  assert.deepEqual(await world.execute(claimDevice, two, { userCode }), { id })
  await assert.rejects(world.execute(approveDevice, one, { id }), { code: 'token_revoked' })
})

test('an approval starts one session of its kind, with its events', async () => {
  const cat = await world.person('cat')
  const browser = await browserOf(cat)
  for (const [scopes, kind] of [
    [['api'], 'cli'],
    [['api', 'offline_access'], 'refresh'],
  ] as const) {
    const { userCode } = await requested({ scopes: [...scopes] })
    const { id } = await world.execute(claimDevice, browser, { userCode })
    await world.written()
    const { sessionId } = await world.execute(approveDevice, browser, { id })
    assert.deepEqual(
      (await world.written()).map(({ type }) => type),
      ['session.started', 'device_authorization.approved'],
    )
    assert.equal((await world.store.reading.sessions.find(sessionId))?.kind, kind)
    await assert.rejects(world.execute(approveDevice, browser, { id }), { code: 'device_authorization_ended' })
    await assert.rejects(world.execute(denyDevice, browser, { id }), { code: 'device_authorization_ended' })
    assert.deepEqual(await world.written(), [])
  }
})

test('a code cannot be entered, approved or redeemed after ten minutes (D06)', async () => {
  const dan = await world.person('dan')
  const browser = await browserOf(dan)
  const [late, claimed, approved] = [await requested(), await requested(), await requested()]
  const { id } = await world.execute(claimDevice, browser, claimed)
  await world.execute(approveDevice, browser, await world.execute(claimDevice, browser, approved))
  await clock.advance(601)
  await assert.rejects(world.execute(claimDevice, browser, late), { code: 'device_authorization_ended' })
  await assert.rejects(world.execute(approveDevice, browser, { id }), { code: 'device_authorization_ended' })
  assert.equal(await world.execute(redeemDevice, systemPrincipal, approved), null)
  await clock.advance(-31)
  assert.ok(await world.execute(redeemDevice, systemPrincipal, approved))
})

test('a code is held for a sign-up, up to thirty minutes in all (S52)', async () => {
  const eve = await world.person('eve')
  const browser = await browserOf(eve)
  const { userCode } = await requested()
  for (let minute = 0; minute < 27; minute += 9) {
    await clock.advance(540)
    await holdForSignUp({ tx: world.store.reading }, { userCode })
  }
  const { id } = await world.execute(claimDevice, browser, { userCode })
  const device = await deviceOf(world.store.reading, id, browser.sessionId)
  assert.equal(device.expiresAt.getTime() - device.requestedAt.getTime(), 1_800_000)
  await clock.advance(150)
  await world.execute(approveDevice, browser, { id })
  const ended = await requested()
  await clock.advance(601)
  await holdForSignUp({ tx: world.store.reading }, ended)
  await assert.rejects(world.execute(claimDevice, browser, ended), { code: 'device_authorization_ended' }, 'what has ended is not raised')
})

test('an approved code is refused when its user is removed before the poll (S53)', async () => {
  const { people, organization } = await world.organization({ fay: 'admin', gus: 'member' })
  const { fay, gus } = people as Record<'fay' | 'gus', Person>
  const browser = await browserOf(gus)
  const device = await requested()
  await world.execute(approveDevice, browser, await world.execute(claimDevice, browser, device))
  await world.execute(removeMember, fay.principal, { organization, user: 'gus' })
  const row = () => world.rows<{ state: string }>(`select * from device_authorization where user_code = '${device.userCode}'`)
  const before = await row()
  assert.equal(before[0]?.state, 'approved')
  for (let times = 0; times < 2; times++) await assert.rejects(world.execute(redeemDevice, systemPrincipal, device), { code: 'membership_left' })
  assert.deepEqual(await row(), before)
})

test('a login lasts 24 hours from when its tokens are redeemed', async () => {
  const hal = await world.person('hal')
  const browser = await browserOf(hal)
  const device = await requested()
  const { sessionId } = await world.execute(approveDevice, browser, await world.execute(claimDevice, browser, device))
  await clock.advance(300)
  await world.execute(redeemDevice, systemPrincipal, device)
  const session = await world.store.reading.sessions.find(sessionId)
  const now = await world.store.reading.now()
  assert.ok(Math.abs((session?.expiresAt.getTime() ?? 0) - now.getTime() - 86_400_000) < 30_000)
})

test('a user has a limited number of refresh tokens, and a revoked one frees a place', async () => {
  const eva = await world.person('eva')
  const browser = await browserOf(eva)
  const claimed = async (scopes: string[]) => (await world.execute(claimDevice, browser, { userCode: (await requested({ scopes })).userCode })).id
  const approve = async (id: Awaited<ReturnType<typeof claimed>>) => (await world.execute(approveDevice, browser, { id })).sessionId
  const first = await approve(await claimed(['api', 'offline_access']))
  for (let number = 1; number < REFRESH_LOGINS_PER_USER; number++) await approve(await claimed(['api', 'offline_access']))
  const waiting = await claimed(['api', 'offline_access'])
  await assert.rejects(approve(waiting), { code: 'refresh_token_limit' })
  await approve(await claimed(['api'])) // A login without a refresh token does not count.
  await world.execute((context, _: undefined) => finishSession(context, first, 'revoked'), browser, undefined)
  await approve(waiting)
})
