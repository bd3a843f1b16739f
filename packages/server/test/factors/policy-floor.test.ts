import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requirementToTell } from '../../src/domain/command/factor-policy.ts'
import { noFloor, type OrganizationPolicy } from '../../src/domain/model/organization.ts'
import { signingIn, type Visitor } from './signing-in.ts'

// The operator requires a second factor of everybody, from the day after tomorrow on.
const DAY_MILLISECONDS = 86_400_000
const day = new Date(Date.now() + 2 * DAY_MILLISECONDS).toISOString().slice(0, 10)
const TWO_FACTORS = 'urn:muster:acr:two-factors'

let muster: Muster
let people: ReturnType<typeof signingIn>
let owner: Human
let bo: Human
let browser: Visitor
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_FACTOR_POLICY: `any from ${day}` } })
  people = signingIn(muster)
  const members = await muster.organization({ maple: 'admin', maple_bo: 'member' })
  ;[owner, bo] = [members['maple'] as Human, members['maple_bo'] as Human]
  browser = await people.signIn(bo)
})
afterAll(async () => {
  await muster.clock.restore()
  await muster.close()
})

const read = () => people.asConsole(browser, 'GET', '/v1/organizations/maple')
const required = async () => (await people.asConsole(browser, 'GET', '/v1/me/factors')).body.required

const TODAY = new Date('2027-01-10T00:00:00Z')
const [PAST, SOON, LATER] = [new Date('2027-01-01T00:00:00Z'), new Date('2027-02-01T00:00:00Z'), new Date('2027-03-01T00:00:00Z')]
const nothing = { app: false, passkey: false }
const anApp = { app: true, passkey: false }
type Policies = Pick<OrganizationPolicy, 'policy' | 'from' | 'before' | 'floor'>
const told = (policies: Policies, held: typeof nothing) => requirementToTell({ rememberedDevices: true, ...policies }, TODAY, held)

describe('a person is told the requirement that comes first (F13)', () => {
  test('a person is told the earlier day of two equal requirements', () => {
    const policies = { policy: 'any', from: LATER, before: 'none', floor: { policy: 'any', from: SOON } } as const
    expect(told(policies, nothing)).toMatchObject({ policy: 'any', from: SOON, by: 'operator' })
    expect(told({ ...policies, from: PAST }, nothing)).toMatchObject({ policy: 'any', by: 'organization' })
  })

  test('a person is told what is in force before what comes later', () => {
    const waiting = { policy: 'phishing-resistant', from: LATER, before: 'none', floor: { policy: 'any', from: null } } as const
    expect(told(waiting, nothing)).toMatchObject({ policy: 'any', from: null, by: 'operator', ready: false })
    expect(told(waiting, anApp)).toMatchObject({ policy: 'phishing-resistant', from: LATER, by: 'organization', ready: false })
    const raised = { policy: 'phishing-resistant', from: LATER, before: 'any', floor: noFloor } as const
    expect(told(raised, nothing)).toMatchObject({ policy: 'any', from: null, by: 'organization', ready: false })
    expect(told({ policy: 'none', from: null, before: 'none', floor: noFloor }, nothing)).toBe(null)
  })
})

test('a server refuses a floor of passkeys where passkeys are impossible', async () => {
  const start = startMuster({ env: { MUSTER_FACTOR_POLICY: 'phishing-resistant', MUSTER_ISSUER: 'http://127.0.0.1:4999' } })
  await expect(start).rejects.toThrow(/MUSTER_FACTOR_POLICY is phishing-resistant, but passkeys are not possible at http:\/\/127\.0\.0\.1:4999/)
})

describe('the operator requires a second factor of every member (F13)', () => {
  test('the operator requires nothing before the day', async () => {
    expect((await read()).status).toBe(200)
    expect(await required()).toEqual({ organization: 'maple', by: 'operator', policy: 'any', from: `${day}T00:00:00.000Z`, ready: false })
    expect((await browser.visit('/account/security')).text).toMatch(/The operator requires a second factor[\s\S]*Add it before/)
    const { body } = await muster.call('GET', '/v1/organizations/maple/factor-policy', { token: bo.token })
    expect(body).toMatchObject({ policy: 'none', in_force: 'none', floor: { policy: 'any', from: `${day}T00:00:00.000Z` } })
    const list = await muster.call('GET', '/v1/organizations/maple/unready-members', { token: owner.token })
    expect(list.body.items.map(({ username }: { username: string }) => username).sort()).toEqual(['maple', 'maple_bo'])
  })

  test('a member without a factor is refused from the day on, and adds one', async () => {
    await muster.clock.advance(2 * 86_400)
    const refused = await read()
    expect(refused).toMatchObject({ status: 401, body: { code: 'insufficient_user_authentication', acr_values: TWO_FACTORS } })
    expect(refused.body.detail).toBe('The operator requires a second factor: a passkey or an authenticator app.')
    await people.addApp(await browserThatConfirmed())
    expect((await read()).status).toBe(200)
    expect(await required()).toMatchObject({ ready: true })
  })

  test('a member cannot remove the last factor that the operator requires', async () => {
    const page = await browser.visit('/account/authenticator/remove', {})
    expect([page.status, /This factor is required/.test(page.text)]).toEqual([409, true])
  })

  test('an organization can require more than the operator, and no less', async () => {
    const admin = await people.signIn(owner)
    await people.addPasskey(admin)
    const set = (policy: string) => people.asConsole(admin, 'PUT', '/v1/organizations/maple/factor-policy', { policy })
    expect((await set('phishing-resistant')).body).toMatchObject({ policy: 'phishing-resistant', in_force: 'phishing-resistant' })
    const stricter = await read()
    expect(stricter.body).toMatchObject({ acr_values: 'phr', detail: 'maple requires a passkey.' })
    expect((await set('none')).body).toMatchObject({ policy: 'none', in_force: 'any' })
    expect((await read()).status).toBe(200)
    const lifted = await muster.call('DELETE', '/v1/operator/organizations/maple/factor-policy', { token: muster.config.operatorToken ?? '' })
    expect(lifted.status).toBe(200)
    expect((await muster.call('GET', '/v1/organizations/maple', { token: (await muster.login(owner)).token })).body.code).toBe(
      'insufficient_user_authentication',
    )
  })
})

/** The sign-in was two days ago. */
async function browserThatConfirmed(): Promise<Visitor> {
  await people.asConsole(browser, 'POST', '/v1/me/confirmation', { password: bo.password })
  return browser
}
