import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codeOf, wrongCode } from './authenticator-app.ts'
import { signingIn, type Visitor } from './signing-in.ts'

let muster: Muster
let ada: Human
let bob: Human
let people: ReturnType<typeof signingIn>
beforeAll(async () => {
  muster = await startMuster()
  const members = await muster.organization({ ada: 'admin', bob: 'member' })
  ada = members['ada'] as Human
  bob = members['bob'] as Human
  people = signingIn(muster)
})
afterAll(() => muster.close())

const PATH = '/v1/me/sign-ins'
const listOf = async ({ token }: Human, query = ''): Promise<any[]> => (await muster.call('GET', `${PATH}${query}`, { token })).body.items
const failedOf = (human: Human): Promise<any[]> => listOf(human, '?outcome=refused')
const security = async (browser: Visitor): Promise<string> => (await browser.visit('/account/security')).text
const fail = (human: Human, browser = people.stranger()) => browser.visit('/sign-in', { identifier: human.email, password: 'not the password at all' })
/** A person of their own, so that one test does not see the sign-ins of another. */
const newcomer = (name: string): Promise<Human> => muster.person(name)

describe('the sign-ins of a person (F24)', () => {
  test('a person sees how, when and from where they signed in, the newest first', async () => {
    const cat = await newcomer('cat')
    const browser = await people.signIn(cat)
    const secret = await people.addApp(browser)
    await muster.clock.advance(60)
    const another = people.stranger()
    await another.visit('/sign-in', { identifier: cat.email, password: people.password })
    await another.visit('/sign-in/factor', { code: codeOf(secret) })
    const [newest, first, login] = await listOf(cat)
    expect(newest).toMatchObject({
      outcome: 'done',
      kind: 'browser',
      methods: ['pwd', 'otp', 'mfa'],
      address: '127.0.0.1',
      active: true,
      current: false,
      code: null,
    })
    expect(first).toMatchObject({ kind: 'browser', methods: ['pwd'], provider: null })
    expect(login).toMatchObject({ kind: 'cli', client_id: 'muster-cli', current: true })
    const page = await security(another)
    expect(page).toContain('<h3 class="subject">Password and code</h3>')
    expect(page).toMatch(/Terminal \(/)
    await muster.clock.restore()
  })

  test('a person sees no sign-in and no failed attempt of another person', async () => {
    await fail(bob)
    await people.signIn(bob)
    await expect.poll(() => failedOf(bob)).toHaveLength(1)
    const own = new Set((await listOf(bob)).map(({ id }) => id))
    expect((await listOf(ada)).filter(({ id }) => own.has(id))).toEqual([])
    expect(await failedOf(ada)).toEqual([])
    const page = await security(await people.signIn(ada))
    expect(page).not.toContain('Failed attempts</h2>')
  })

  test('a person ends a session from the page Security, and sees that it has ended', async () => {
    const dan = await newcomer('dan')
    const [browser, lost] = [await people.signIn(dan), await people.signIn(dan)]
    const [{ id }] = (await listOf(dan)) as [any]
    expect(await security(browser)).toContain(`value="${id}"`)
    const { at, text } = await browser.visit('/logins/end', { session: id, back: 'security' })
    expect(at.pathname).toBe('/account/security')
    expect(text).toContain('The sign-in was ended.')
    expect(text).not.toContain(`value="${id}"`)
    expect((await lost.visit('/account')).at.pathname).toBe('/sign-in')
    expect((await listOf(dan)).find((one) => one.id === id)).toMatchObject({ active: false })
  })

  test('a person who ends a session on the page of all sign-ins comes back to it', async () => {
    const dot = await newcomer('dot')
    const [browser] = [await people.signIn(dot), await people.signIn(dot)]
    const [{ id }] = (await listOf(dot)) as [any]
    expect((await browser.visit('/account/sign-ins')).text).toContain('name="back" value="sign-ins"')
    const { at, text } = await browser.visit('/logins/end', { session: id, back: 'sign-ins' })
    expect([at.pathname, text.includes('The sign-in was ended.')]).toEqual(['/account/sign-ins', true])
  })

  test('the address of a sign-in stays when the browser moves to another network', async () => {
    const eve = await newcomer('eve')
    await people.signIn(eve)
    const [{ id }] = (await listOf(eve)) as [any]
    await muster.clock.advance(120)
    await muster.server.services.store.reading.sessions.touch(id, '203.0.113.99')
    const { body } = await muster.call('GET', '/v1/me/sessions', { token: eve.token })
    await muster.clock.restore()
    expect(body.items.find((one: any) => one.id === id).address).toBe('203.0.113.99')
    expect((await listOf(eve))[0]).toMatchObject({ id, address: '127.0.0.1' })
  })

  test('a list of sign-ins goes on with its cursor, which opens for its owner only', async () => {
    const fay = await newcomer('fay')
    for (let count = 0; count < 3; count += 1) await people.signIn(fay)
    const all = (await listOf(fay)).map(({ id }) => id)
    const { body } = await muster.call('GET', `${PATH}?limit=2`, { token: fay.token })
    const rest = await muster.call('GET', `${PATH}?limit=100&cursor=${body.next_cursor}`, { token: fay.token })
    expect([...body.items, ...rest.body.items].map(({ id }: any) => id)).toEqual(all)
    expect(rest.body.next_cursor).toBeNull()
    expect((await muster.call('GET', `${PATH}?cursor=${body.next_cursor}`, { token: bob.token })).status).toBe(422)
    expect((await muster.call('GET', `${PATH}?outcome=refused&cursor=${body.next_cursor}`, { token: fay.token })).status).toBe(422)
  })

  test('a person reads older sign-ins on a page of their own', async () => {
    const gus = await newcomer('gus')
    const browser = await people.signIn(gus)
    for (let count = 0; count < 50; count += 1) await muster.login(gus)
    const { text } = await browser.visit('/account/sign-ins')
    const older = /href="([^"]*after=[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const last = await browser.visit(older)
    expect(last.text).toContain('<h2 class="subject">Password</h2>')
    expect(last.text).not.toContain('after=')
    expect((await (await people.signIn(bob)).visit(older)).at.search).toBe('')
  })
})

describe('the failed attempts of a person (F24)', () => {
  test('a wrong password and a wrong code are listed once an hour for each network', async () => {
    const hal = await newcomer('hal')
    const browser = await people.signIn(hal)
    const secret = await people.addApp(browser)
    for (let count = 0; count < 2; count += 1) await fail(hal)
    const half = people.stranger()
    await half.visit('/sign-in', { identifier: hal.email, password: people.password })
    for (let count = 0; count < 2; count += 1) await half.visit('/sign-in/factor', { code: wrongCode(secret) })
    await expect.poll(async () => (await failedOf(hal)).map(({ code }) => code).sort()).toEqual(['factor_wrong', 'wrong_credentials'])
    expect((await failedOf(hal))[0]).toMatchObject({ outcome: 'refused', kind: null, address: '127.0.0.1', active: false })
    const page = await security(browser)
    expect(page).toContain('Wrong second factor')
    expect(page).toContain('Wrong password')
    expect((await browser.visit('/account/sign-ins?outcome=refused')).text).toContain('Wrong second factor')
  })

  test('failed attempts of strangers hide no sign-in', async () => {
    const ivy = await newcomer('ivy')
    const browser = await people.signIn(ivy)
    const { audit } = muster.server.services.store.reading
    const before = (await listOf(ivy)).map(({ id }) => id)
    await muster.server.services.store.transaction(async (tx) => {
      for (let count = 0; count < 100; count += 1)
        await tx.audit.insert({
          id: `evt_${String(count).padStart(26, '0')}`,
          type: 'refused',
          outcome: 'refused',
          actorKind: 'anonymous',
          actorId: null,
          actorSessionId: null,
          actorKeyId: null,
          organizationId: null,
          target: ivy.id,
          details: { attempted: 'session:start', code: 'wrong_credentials' },
          address: `198.51.${count}.1`,
          requestId: 'req_test',
        })
    })
    expect((await audit.page({ target: [ivy.id] }, { limit: 100 })).items.length).toBe(100)
    expect((await listOf(ivy, '?limit=100')).map(({ id }) => id)).toEqual(before)
    expect(await security(browser)).toContain('<h3 class="subject">Password</h3>')
  })

  test('an admin sees no wrong code of a member in the audit log', async () => {
    const browser = await people.signIn(bob)
    const secret = await people.addApp(browser)
    const half = people.stranger()
    await half.visit('/sign-in', { identifier: bob.email, password: people.password })
    await half.visit('/sign-in/factor', { code: wrongCode(secret) })
    expect((await failedOf(bob)).map(({ code }) => code)).toContain('factor_wrong')
    const { body } = await muster.call('GET', '/v1/organizations/ada/audit-events?action=refused&limit=100', { token: ada.token })
    expect(body.items.map(({ details }: any) => details.code)).not.toContain('factor_wrong')
  })
})
