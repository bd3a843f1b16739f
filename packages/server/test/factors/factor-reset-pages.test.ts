import type { OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { UserPrincipal } from '../../src/domain/model/principal.ts'
import { requestFactorReset } from '../../src/domain/organizations/member-factor-reset.ts'
import { resetFactors } from '../../src/domain/organizations/reset-factors.ts'
import type { KeptMail } from '../../src/mail/mailbox.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { addApp, codeOf } from './authenticator-app.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

const FACTOR = '/sign-in/factor'
const accountOf = (name: string): string => `(select id from account where username = '${name}')`

/** A member with an authenticator app, of whom an admin has asked to reset the factors. The email with the link was sent. */
async function aRequestedReset(admin: string, member: string) {
  await office.person(admin)
  const browser = await office.person(member)
  await addApp(browser)
  await office.rows(`update membership set status = 'left' where user_id = ${accountOf(member)}`)
  await office.rows(`insert into membership (organization_id, user_id, role, status)
    select organization_id, ${accountOf(member)}, 'member', 'active' from membership where user_id = ${accountOf(admin)}`)
  await office.rows(`update session set organization_id = (select organization_id from membership where user_id = ${accountOf(admin)})
    where user_id = ${accountOf(member)}`)
  const [row] = await office.rows<{ id: UserId; session: SessionId; epoch: number; organization: OrganizationId }>(`
    select a.id, s.id as session, a.epoch, m.organization_id as organization
    from account a join session s on s.user_id = a.id join membership m on m.user_id = a.id where a.username = '${admin}'`)
  if (!row) throw new Error('no admin')
  const principal: UserPrincipal = {
    kind: 'user',
    userId: row.id,
    sessionId: row.session,
    epoch: row.epoch,
    organizationId: row.organization,
    token: null,
    origin: { address: '127.0.0.1', userAgent: null, requestId: 'req_test' },
  }
  await office.execute(requestFactorReset, principal, { organization: admin, user: member })
  const email = `${member}@example.com`
  const mail = await mailTo(email, ({ subject }) => subject === 'An admin wants to reset how you sign in')
  return { browser, email, mail }
}

/** Waits for the newest email of this kind: emails of different jobs come in any order. */
const mailTo = (to: string, isIt: (mail: KeptMail) => boolean): Promise<KeptMail> =>
  vi.waitFor(() => {
    const mail = office.mailbox.all().findLast((one) => one.to === to && isIt(one))
    if (!mail) throw new Error(`no such mail came to ${to}`)
    return mail
  }, 20_000)
const newCode = async (to: string): Promise<string> => (await mailTo(to, ({ code }) => code?.length === 8)).code ?? ''

const signIn = async (browser: Browser, identifier: string): Promise<string> =>
  String((await browser.post('/sign-in', { identifier, password: goodPassword })).headers.location)
const isSignedIn = async (browser: Browser): Promise<boolean> => (await browser.get('/')).body.includes('Signed in as')

describe('a member whose factors an admin wants to reset (F12)', () => {
  test('is told by email, and stops it by the link with a button, without a sign-in', async () => {
    const { mail } = await aRequestedReset('ann', 'bob')
    const link = new URL(mail.link ?? '')
    expect(link.origin).toBe(issuer)
    const visitor = office.browser()
    const page = await visitor.get(`${link.pathname}${link.search}`)
    expect([page.statusCode, page.body.includes('Stop the reset?')]).toEqual([200, true])
    expect(await office.rows('select from factor_reset where ended_at is not null')).toEqual([]) // opening the page changes nothing (S17)
    const token = link.searchParams.get('token') ?? ''
    expect((await visitor.post('/account/stop-reset', { token })).body).toContain('The reset was stopped')
    expect(visitor.cookies.has('muster_session')).toBe(false)
    expect((await visitor.post('/account/stop-reset', { token })).statusCode).toBe(410)
    expect((await visitor.get(`${link.pathname}${link.search}`)).statusCode).toBe(410)
  })

  test('sees it under Security, and stops it there', async () => {
    const { browser, email } = await aRequestedReset('cat', 'dan')
    const page = (await browser.get('/account/security')).body
    expect(page).toContain('An admin wants to reset how you sign in')
    expect(page).toContain('<strong>cat</strong>')
    expect((await browser.post('/account/factor-reset/stop', {})).headers.location).toBe('/account/security?done=reset-stopped')
    expect((await browser.get('/account/security')).body).not.toContain('An admin wants')
    await mailTo(email, ({ subject }) => subject === 'The reset of how you sign in was stopped')
    expect((await browser.post('/account/factor-reset/stop', {})).statusCode).toBe(404)
  })

  test('signs in with password and emailed code after it took force, without any timer', async () => {
    const { browser, email } = await aRequestedReset('eli', 'fay')
    await office.clock.advance(86_401)
    const fresh = office.browser()
    expect(await signIn(fresh, 'fay')).toBe(FACTOR)
    expect(await isSignedIn(browser)).toBe(false)
    const page = (await fresh.get(FACTOR)).body
    expect(page).toContain('Enter the code from your email')
    expect(page).not.toContain('name="remember"')
    const code = await newCode(email)
    expect((await fresh.post(FACTOR, { code: '00000000' })).body).toContain('Enter the code from the newest email.')
    expect((await fresh.post(FACTOR, { code })).headers.location).toBe('/')
    expect(await isSignedIn(fresh)).toBe(true)
    const [row] = await office.rows<{ methods: string[] }>(`select methods from session where user_id = ${accountOf('fay')} order by created_at desc limit 1`)
    expect(row?.methods).toEqual(['pwd'])
    expect(await signIn(office.browser(), 'fay')).toBe('/') // once
  })

  test('gets no session from the code of another sign-in, or from the removed app', async () => {
    const { browser, email } = await aRequestedReset('gus', 'hal')
    expect(browser.cookies.size).toBeGreaterThan(0)
    await office.clock.advance(86_401)
    const [one, another] = [office.browser(), office.browser()]
    await signIn(one, 'hal')
    const code = await newCode(email)
    await signIn(another, 'hal')
    expect((await another.post(FACTOR, { code })).statusCode).toBe(403)
    expect((await another.post(FACTOR, { code: codeOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ') })).statusCode).toBe(403)
    expect(await isSignedIn(another)).toBe(false)
    expect((await one.post(FACTOR, { code })).headers.location).toBe('/')
  })

  test('signs in with the password alone after the operator has reset the factors too', async () => {
    const operator = { kind: 'operator', name: 'root', tokenId: null, origin: { address: '127.0.0.1', userAgent: null, requestId: 'req_test' } } as const
    await aRequestedReset('ira', 'jon')
    await office.execute(resetFactors, operator, { user: 'jon' })
    expect(await office.rows(`select from factor_reset where user_id = ${accountOf('jon')} and ended_at is null`)).toEqual([])
    await aRequestedReset('kim', 'lea')
    await office.clock.advance(86_401)
    expect(await signIn(office.browser(), 'lea')).toBe(FACTOR)
    await office.execute(resetFactors, operator, { user: 'lea' })
    for (const name of ['jon', 'lea']) expect(await signIn(office.browser(), name)).toBe('/')
  })
})
