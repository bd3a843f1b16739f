import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSecret } from '../../src/domain/invitations/invitation.ts'
import { inviteByEmail } from '../../src/domain/invitations/invite-by-email.ts'
import { deactivateMember } from '../../src/domain/organizations/deactivation.ts'
import { joinOrganization } from '../../src/domain/organizations/move.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { type Forger, startForger } from './forger.ts'
import { continueWith } from './travel.ts'

// The link of an email invitation does not prove control of the inbox, and neither does Google (S8).

let office: Office
let google: Forger
let admin: Browser
beforeAll(async () => {
  google = await startForger('muster')
  office = await anOffice({ providers: [{ kind: 'google', id: 'google', name: 'Google', issuer: google.url, clientId: 'muster', clientSecret: 'secret' }] })
  admin = await office.person('mia')
})
afterAll(async () => {
  await office.close()
  await google.close()
})
beforeEach(() => {
  google.claims = {}
})
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

/** Invites an address, and returns the path of the emailed link. */
async function invite(email: string): Promise<string> {
  await inviteByEmail(office, await office.principal(admin), { organization: 'mia', emails: [email], role: 'member' })
  const { link = '' } = await office.mail(email)
  return link.slice(issuer.length)
}

async function openLink(browser: Browser, by: Browser, organization: string): Promise<void> {
  const { secret } = await office.execute(createSecret, await office.principal(by), { organization, role: 'member', kind: 'link' })
  await browser.get(`/join?token=${secret}`)
}

/** A browser whose person comes from Google with this address. */
async function fromGoogle(email: string, browser = office.browser(), returnPath?: string) {
  google.claims = { sub: email, email, email_verified: true, given_name: 'Lou' }
  return { browser, answer: await continueWith(browser, 'google', returnPath) }
}

/** A person whom only Google signs in, and whose address no code has proved. */
async function aNewcomer(name: string): Promise<Browser> {
  const { browser } = await fromGoogle(`${name}@gmail.com`)
  await browser.post('/sign-up/with', { email: `${name}@gmail.com`, given_name: name, family_name: '' })
  await browser.post('/sign-up/username', { username: name })
  return browser
}

const isMember = async (name: string): Promise<boolean> =>
  (
    await office.rows(
      `select 1 from membership m join account a on a.id = m.user_id join organization o on o.id = m.organization_id where a.username = '${name}' and o.name = 'mia' and m.status = 'active'`,
    )
  ).length > 0

const accept = async (browser: Browser, fields: Record<string, string> = {}) => {
  const [row] = await office.rows<{ id: string }>(`select id from invitation order by created_at desc limit 1`)
  return browser.post('/join', { decision: 'accept', invitation: row?.id ?? '', ...fields })
}

describe('a person whom Google signs in', () => {
  test('signs up through an email invitation with one emailed code (S8)', async () => {
    const browser = office.browser()
    await browser.get(await invite('lou@gmail.com'))
    expect((await browser.get('/join')).body).toContain('Continue with Google')
    const { answer } = await fromGoogle('lou@gmail.com', browser, '/join')
    expect(answer.headers.location).toBe('/sign-up/with?continue=%2Fjoin')
    const next = await browser.post('/sign-up/with', { email: 'lou@gmail.com', given_name: 'Lou', family_name: '', continue: '/join' })
    expect(next.headers.location).toBe('/sign-up/verify?continue=%2Fjoin')
    expect(await office.accounts()).not.toContain('lou@gmail.com')
    const { code = '' } = await office.mail('lou@gmail.com')
    expect((await browser.post('/sign-up/verify', { code, continue: '/join' })).headers.location).toBe('/join')
    expect((await accept(browser, { username: 'lou' })).headers.location).toBe('/join/accepted')
    expect(await isMember('lou')).toBe(true)
  })

  test('enters an emailed code before accepting a later email invitation (S8)', async () => {
    const browser = await aNewcomer('max')
    await browser.get(await invite('max@gmail.com'))
    expect((await browser.get('/join')).headers.location).toBe('/account/confirm?continue=%2Fjoin')
    expect((await accept(browser)).headers.location).toBe('/join')
    expect(await isMember('max')).toBe(false)
    await browser.post('/account/confirm/email', { continue: '/join' })
    const { code = '' } = await office.mail('max@gmail.com')
    expect((await browser.post('/account/confirm', { mail_code: code, continue: '/join' })).headers.location).toBe('/join')
    expect((await browser.get('/join')).statusCode).toBe(200)
    expect((await accept(browser)).headers.location).toBe('/join/accepted')
    expect(await isMember('max')).toBe(true)
  })

  test('cannot register with an email invitation instead of the code (S8)', async () => {
    const { browser } = await fromGoogle('nia@gmail.com')
    await browser.post('/sign-up/with', { email: 'nia@gmail.com', given_name: 'Nia', family_name: '' })
    await browser.get(await invite('nia@gmail.com'))
    expect((await accept(browser, { username: 'nia' })).headers.location).toBe('/join')
    expect((await browser.get('/join')).headers.location).toBe('/account/confirm?continue=%2Fjoin')
    expect(await office.rows(`select 1 from account where username = 'nia'`)).toEqual([])
  })

  test('is refused by the command too, and told what to confirm for (S8)', async () => {
    const browser = await aNewcomer('oli')
    const token = new URLSearchParams((await invite('oli@gmail.com')).split('?')[1]).get('token') ?? ''
    await expect(office.execute(joinOrganization, await office.principal(browser), { token })).rejects.toMatchObject({
      code: 'insufficient_user_authentication',
      extensions: { action: 'invitations:accept' },
    })
  })

  test('needs no further code once a password was set by email (S8)', async () => {
    const browser = await aNewcomer('pam')
    await browser.post('/forgot-password', { email: 'pam@gmail.com' })
    const { subject, link = '' } = await office.mail('pam@gmail.com')
    expect(subject).toBe('Choose a password')
    await browser.post(link.slice(issuer.length).split('?')[0] ?? '', { token: new URL(link).searchParams.get('token') ?? '', password: goodPassword })
    await office.mail('pam@gmail.com') // about the new password
    const later = office.browser()
    await later.get(await invite('pam@gmail.com'))
    await fromGoogle('pam@gmail.com', later, '/join')
    expect((await accept(later)).headers.location).toBe('/join/accepted')
  })

  test('enters the code also after a restore has unlinked Google (S8, O9)', async () => {
    const browser = await aNewcomer('tom')
    await office.rows(`delete from identity where user_id = (select id from account where username = 'tom')`)
    const token = new URLSearchParams((await invite('tom@gmail.com')).split('?')[1]).get('token') ?? ''
    await expect(office.execute(joinOrganization, await office.principal(browser), { token })).rejects.toMatchObject({
      code: 'insufficient_user_authentication',
    })
    expect(await isMember('tom')).toBe(false)
  })

  test('joins by an invite link without a code, because it is for nobody in particular', async () => {
    const browser = await aNewcomer('quin')
    await openLink(browser, admin, 'mia')
    expect((await accept(browser)).headers.location).toBe('/join/accepted')
  })

  test('cannot accept an email invitation while they are deactivated (S8, S26)', async () => {
    const boss = await office.person('ray')
    const browser = await aNewcomer('sue')
    await openLink(browser, boss, 'ray')
    await accept(browser)
    await office.execute(deactivateMember, await office.principal(boss), { organization: 'ray', user: 'sue' })
    const later = office.browser()
    await later.get(await invite('sue@gmail.com'))
    const { answer } = await fromGoogle('sue@gmail.com', later, '/join')
    expect([answer.statusCode, answer.body]).toEqual([401, expect.stringContaining('Set a password with “Forgot your password?”')])
    const refused = await accept(later)
    expect([refused.statusCode, refused.body]).toEqual([401, expect.stringContaining('Set a password with “Forgot your password?”')])
    expect(await isMember('sue')).toBe(false)
  })
})
