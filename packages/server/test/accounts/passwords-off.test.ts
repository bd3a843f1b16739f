import type { InvitationId, UserId } from '@muster/contract/ids.ts'
import { signInWithPassword } from '@muster/server/domain/accounts/password-login.ts'
import { hasWayIn } from '@muster/server/domain/factors/last-way-in.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { inviteByEmail } from '@muster/server/domain/invitations/invite-by-email.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { newOpaqueToken } from '@muster/server/domain/model/opaque-token.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { deactivateMember } from '@muster/server/domain/organizations/deactivation.ts'
import { requestFactorReset } from '@muster/server/domain/organizations/member-factor-reset.ts'
import { resetFactors } from '@muster/server/domain/organizations/reset-factors.ts'
import { resumePerson, suspendPerson } from '@muster/server/domain/organizations/suspend-person.ts'
import { type Authenticator, anAuthenticator } from '@muster/testkit/authenticator.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { addApp, codeOf } from '../factors/authenticator-app.ts'
import { passkeyIn } from '../factors/signing-in.ts'
import { anOffice, type Browser, goodPassword, issuer, type Office, still } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice({ passwords: false })
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

const STEP = '/sign-up/passkey'
const origin = { address: '192.0.2.1', requestId: 'req', userAgent: null }
const operator = { kind: 'operator', tokenId: null, name: 'root', origin } as const
const emailOf = (name: string): string => `${name}@example.com`
const here = { origin: issuer, relyingParty: 'localhost' }
/** Longer than a sign-in counts as recent. */
const later = () => office.clock.advance(601)

/** A registered person without a passkey, in the browser of their sign-up. */
async function newcomer(name: string): Promise<Browser> {
  const browser = office.browser()
  await browser.post('/sign-up', { email: emailOf(name), given_name: name, family_name: '', with: 'passkey' })
  await browser.post('/sign-up/verify', { code: (await office.mail(emailOf(name))).code ?? '' })
  await browser.post('/sign-up/username', { username: name })
  return browser
}

async function addPasskey(browser: Browser, path = STEP): Promise<Authenticator> {
  const { challenge, user } = passkeyIn((await browser.get(path)).body)
  const authenticator = anAuthenticator()
  const response = authenticator.create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
  await browser.post(path, { response, name: '' })
  return authenticator
}

/** A person with a passkey and a password from before, in the browser of their sign-up. */
async function aPerson(name: string): Promise<{ browser: Browser; authenticator: Authenticator }> {
  const browser = await newcomer(name)
  const authenticator = await addPasskey(browser)
  await setPassword(name)
  return { browser, authenticator }
}

const setPassword = async (name: string): Promise<void> => {
  const hash = await office.hasher.hash(goodPassword)
  await office.rows(`update account set password_hash = '${hash}' where username = '${name}'`)
}
const hasPassword = async (name: string): Promise<boolean> =>
  (await office.rows<{ has: boolean }>(`select password_hash is not null as has from account where username = '${name}'`))[0]?.has === true

/** The email to a person who asks how to sign in. */
async function wayInFor(name: string): Promise<{ subject: string; token: string | null }> {
  await office.mailIsDone()
  const before = office.mailbox.all().length
  await office.browser().post('/forgot-password', { email: emailOf(name) })
  await office.mailIsDone()
  const [mail, ...others] = office.mailbox.all().slice(0, -before)
  if (mail?.to !== emailOf(name) || others.length > 0) throw new Error(`${name} got no email, or another one was sent`)
  return { subject: mail.subject, token: new URL(mail.link ?? issuer).searchParams.get('token') }
}

async function linkFor(name: string): Promise<string> {
  const { subject, token } = await wayInFor(name)
  if (token === null) throw new Error(`${name} got no link: ${subject}`)
  return token
}

/** A member of another person's organization. Nothing signs them in but a link. */
async function aMember(name: string, { of, in: organization }: { of: Browser; in: string }): Promise<Browser> {
  const browser = await newcomer(name)
  await openInvitation(browser, { of, in: organization })
  await browser.post('/join', { decision: 'accept', invitation: await newestInvitation() })
  return browser
}

async function openInvitation(browser: Browser, { of, in: organization }: { of: Browser; in: string }): Promise<void> {
  const { secret } = await office.execute(createSecret, await office.principal(of), { organization, role: 'member', kind: 'link' })
  await browser.get(`/join?token=${secret}`)
}

const newestInvitation = async (): Promise<string> =>
  (await office.rows<{ id: string }>('select id from invitation order by created_at desc limit 1'))[0]?.id ?? ''

const organizationOf = async (name: string): Promise<string | undefined> =>
  (
    await office.rows<{ name: string }>(
      `select o.name from membership m join account a on a.id = m.user_id join organization o on o.id = m.organization_id where a.username = '${name}' and m.status = 'active'`,
    )
  )[0]?.name

describe('while passwords are off (F23)', () => {
  test('the right password signs nobody in, and no name is looked up', async () => {
    await aPerson('ada')
    const verify = office.hasher.verify
    let hashes = 0
    office.hasher.verify = (hash, password) => {
      hashes += 1
      return verify(hash, password)
    }
    const answers = await Promise.all(['ada', 'nobody'].map((identifier) => office.browser().post('/sign-in', { identifier, password: goodPassword })))
    office.hasher.verify = verify
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403])
    expect(answers[0]?.body).toContain('Passwords are switched off on this server.')
    expect(still(answers[0]?.body ?? '')).toBe(still(answers[1]?.body ?? ''))
    expect(hashes).toBe(0)
  })

  test('a script that signs in by password gets passwords_off', async () => {
    await aPerson('ben')
    const script = { identifier: 'ben', password: goodPassword, clientId: 'none' as never, scopes: [] }
    await expect(signInWithPassword(office, { kind: 'anonymous', origin }, script)).rejects.toMatchObject({ code: 'passwords_off', status: 403 })
  })

  test('a sign-in that waited for its second factor since before ends', async () => {
    const { browser } = await aPerson('bob')
    const { secret } = await addApp(browser)
    const [row] = await office.rows<{ id: string; epoch: number; version: number }>(
      `select id, epoch, password_version as version from account where username = 'bob'`,
    )
    const token = newOpaqueToken('muster_ps')
    await office.store.reading.pendingSignIns.insert({
      tokenHash: digest(token),
      userId: row?.id as never,
      epoch: row?.epoch ?? 0,
      passwordVersion: row?.version ?? 0,
      provider: null,
      methods: ['pwd'],
      lifetimeSeconds: 600,
    })
    const other = office.browser()
    other.cookies.set('muster_pending', token)
    expect((await other.post('/sign-in/factor', { code: codeOf(secret, 1) })).headers.location).toContain('reason=sign_in_ended')
  })

  test('a person signs up and in with a passkey', async () => {
    const { authenticator } = await aPerson('cleo')
    const browser = office.browser()
    const page = (await browser.get('/sign-in')).body
    expect(page).not.toContain('type="password"')
    expect(page).toContain('Signing in with a passkey requires JavaScript')
    const { challenge } = passkeyIn(page)
    expect((await browser.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge }) })).statusCode).toBe(303)
    expect((await browser.get('/account')).statusCode).toBe(200)
  })

  test('the sign-up page has no password, and refuses one', async () => {
    const browser = office.browser()
    const page = (await browser.get('/sign-up')).body
    expect(page).not.toContain('type="password"')
    expect(page).not.toContain('Sign up with a password')
    const refused = await browser.post('/sign-up', { email: emailOf('dan'), password: goodPassword, given_name: 'Dan', family_name: '' })
    expect([refused.statusCode, refused.body.includes('Passwords are switched off')]).toEqual([403, true])
  })

  test('a sign-up that began with a password before goes on with a passkey', async () => {
    const browser = office.browser()
    await browser.post('/sign-up', { email: emailOf('eli'), given_name: 'Eli', family_name: '', with: 'passkey' })
    await office.rows(`update sign_up set password_hash = 'a hash' where email = '${emailOf('eli')}'`)
    const { headers } = await browser.post('/sign-up/verify', { code: (await office.mail(emailOf('eli'))).code ?? '' })
    expect(headers.location).toBe(STEP)
    expect(await office.rows(`select password_hash from account where email = '${emailOf('eli')}'`)).toEqual([{ password_hash: null }])
  })

  test('a person cannot change, add or reset a password', async () => {
    const { browser } = await aPerson('fay')
    expect((await browser.get('/account/password')).statusCode).toBe(403)
    const changed = await browser.post('/account/password', { current_password: goodPassword, password: 'another canoe of vellum' })
    expect(changed.statusCode).toBe(403)
    expect((await browser.get('/account')).body).not.toContain('/account/password')
    expect((await browser.get('/account/security')).body).not.toContain('/account/password')
    expect((await office.browser().post('/reset-password', { token: 'muster_pr_x', password: goodPassword })).statusCode).toBe(403)
  })

  test('a person confirms with their passkey and not with their password (F15)', async () => {
    const { browser } = await aPerson('gus')
    await later()
    const page = (await browser.get('/account/confirm')).body
    expect([page.includes('Confirm with a passkey'), page.includes('type="password"')]).toEqual([true, false])
    const refused = await browser.post('/account/confirm', { password: goodPassword })
    expect([refused.statusCode, refused.body.includes('Passwords are switched off')]).toEqual([403, true])
  })

  test('a person without a passkey confirms by an emailed code (F15)', async () => {
    const browser = await newcomer('hal')
    await setPassword('hal')
    await later()
    await browser.post('/account/confirm/email', {})
    const { code = '' } = await office.mail(emailOf('hal'))
    expect((await browser.post('/account/confirm', { mail_code: code ?? '' })).headers.location).toBe('/account')
  })

  test('a person keeps their last passkey, because their password is no way in (F21)', async () => {
    const { browser } = await aPerson('ida')
    const path = /href="(\/account\/passkeys\/\w+)"/.exec((await browser.get('/account/security')).body)?.[1]
    const refused = await browser.post(`${path}/remove`, {})
    expect([refused.statusCode, refused.body.includes('Add a passkey or another provider first.')]).toEqual([422, true])
  })
})

describe('the emailed sign-in link, while passwords are off (F23)', () => {
  test('a person without a way in signs in once, and adds a passkey', async () => {
    await newcomer('joe')
    const token = await linkFor('joe')
    const browser = office.browser()
    expect((await browser.get(`/sign-in/link?token=${token}`)).body).toContain(emailOf('joe'))
    expect((await browser.get('/account')).statusCode).toBe(303) // opening the link signs nobody in
    expect((await browser.post('/sign-in/link', { token })).headers.location).toBe(STEP)
    await addPasskey(browser)
    expect((await browser.get('/account/security')).body).toContain('/account/passkeys/')
    expect((await office.browser().post('/sign-in/link', { token })).body).toContain('This link is no longer valid')
  })

  test('a person with a passkey gets an email without a link that signs in', async () => {
    await aPerson('kim')
    expect(await wayInFor('kim')).toEqual({ subject: 'You can sign in without a link', token: null })
  })

  test('a link is refused once its owner has another way in', async () => {
    const browser = await newcomer('lee')
    const token = await linkFor('lee')
    await addPasskey(browser)
    const refused = await office.browser().post('/sign-in/link', { token })
    expect([refused.statusCode >= 400, refused.body.includes('This link is no longer valid')]).toEqual([true, true])
  })

  test('a person with an authenticator app is still asked for its code (F1)', async () => {
    const { secret } = await addApp(await newcomer('mia'))
    const browser = office.browser()
    expect((await browser.post('/sign-in/link', { token: await linkFor('mia') })).headers.location).toContain('/sign-in/factor')
    expect((await browser.get('/account')).statusCode).toBe(303)
    expect((await browser.get('/sign-in/factor')).body).not.toContain('name="remember"')
    expect((await browser.post('/sign-in/factor', { code: codeOf(secret, 1), continue: STEP })).headers.location).toBe(STEP)
  })

  test('a person confirms with a passkey that a restore brought back (O9)', async () => {
    const { authenticator } = await aPerson('max')
    await office.rows(`update passkey set verifies_user = false where user_id = (select id from account where username = 'max')`)
    const signInBy = async (): Promise<number> => {
      const browser = office.browser()
      const { challenge } = passkeyIn((await browser.get('/sign-in')).body)
      return (await browser.post('/sign-in/passkey', { response: authenticator.use({ ...here, challenge }) })).statusCode
    }
    expect(await signInBy()).toBe(403)
    const browser = office.browser()
    await browser.post('/sign-in/link', { token: await linkFor('max') })
    const page = (await browser.get(STEP)).body
    expect(page).toContain('Use your passkey once')
    const confirm = /href="(\/account\/confirm[^"]*)"/.exec(page)?.[1] ?? ''
    const { challenge } = passkeyIn((await browser.get(confirm)).body)
    await browser.post('/account/confirm/passkey', { response: authenticator.use({ ...here, challenge }) })
    expect((await browser.get(STEP)).body).toContain('Your passkey is ready')
    expect(await signInBy()).toBe(303)
  })

  test('a person who lost the passkey that a restore brought back adds another (F2)', async () => {
    await aPerson('mel')
    await office.rows(`update passkey set verifies_user = false where user_id = (select id from account where username = 'mel')`)
    const browser = office.browser()
    await browser.post('/sign-in/link', { token: await linkFor('mel') })
    const another = /href="([^"]*another=yes[^"]*)"/.exec((await browser.get(STEP)).body)?.[1] ?? ''
    const { challenge, user } = passkeyIn((await browser.get(another)).body)
    const response = anAuthenticator().create({ ...here, challenge, userHandle: Buffer.from(user.id, 'base64url') })
    await browser.post(STEP, { response, name: '' })
    expect((await browser.get(STEP)).body).toContain('Your passkey is ready')
  })

  test('a passkey is no way in where passkeys are not possible (F4)', async () => {
    const { browser } = await aPerson('moe')
    const { userId } = await office.principal(browser)
    const { reading } = office.store
    expect(await hasWayIn(reading, { passkeys: true, issuers: [] }, userId)).toBe(true)
    for (const passkeys of [true, false]) {
      const { items } = await reading.people.pageWithPasswordOnly({ limit: 100 }, { passkeys, issuers: [] })
      expect(items.some(({ id }) => id === userId)).toBe(!(await hasWayIn(reading, { passkeys, issuers: [] }, userId)))
    }
  })

  test('a deactivated person is refused, with the reason (S35)', async () => {
    const boss = await newcomer('una')
    await aMember('vic', { of: boss, in: 'una' })
    await office.execute(deactivateMember, await office.principal(boss), { organization: 'una', user: 'vic' })
    const token = await linkFor('vic')
    const refused = await office.browser().post('/sign-in/link', { token })
    expect([refused.statusCode, refused.body.includes('Your account is deactivated')]).toEqual([401, true])
  })

  test('a deactivated person answers the email invitation in their browser (S26)', async () => {
    const [boss, other] = [await newcomer('wes'), await newcomer('xia')]
    await aMember('yan', { of: boss, in: 'wes' })
    await office.execute(deactivateMember, await office.principal(boss), { organization: 'wes', user: 'yan' })
    const token = await linkFor('yan')
    await inviteByEmail(office, await office.principal(other), { organization: 'xia', emails: [emailOf('yan')], role: 'member' })
    await office.mailIsDone()
    const { link } = office.mailbox.all()[0] ?? {}
    const browser = office.browser()
    await browser.get((link ?? '').slice(issuer.length))
    const answer = await browser.post('/sign-in/link', { token })
    expect([answer.statusCode, answer.body.includes('was sent by email')]).toEqual([401, false])
    expect((await browser.get('/account')).statusCode).not.toBe(200)
    expect((await browser.post('/join', { decision: 'accept', invitation: await newestInvitation() })).headers.location).toBe('/join/accepted')
    expect(await organizationOf('yan')).toBe('xia')
  })

  test('a deactivated person with an authenticator app answers it after the code (S26)', async () => {
    const [boss, other] = [await newcomer('abe'), await newcomer('bea')]
    const { secret } = await addApp(await aMember('cal', { of: boss, in: 'abe' }))
    await office.execute(deactivateMember, await office.principal(boss), { organization: 'abe', user: 'cal' })
    const browser = office.browser()
    await openInvitation(browser, { of: other, in: 'bea' })
    await browser.post('/sign-in/link', { token: await linkFor('cal') })
    const answer = await browser.post('/sign-in/factor', { code: codeOf(secret, 1), continue: STEP })
    expect([answer.statusCode, answer.body.includes('name="decision"')]).toEqual([401, true])
  })

  test('a member whose organization requires a passkey adds one (F13)', async () => {
    const boss = await newcomer('dee')
    await aMember('edo', { of: boss, in: 'dee' })
    await office.rows(`update organization set factor_policy = 'phishing-resistant' where name = 'dee'`)
    const browser = office.browser()
    expect((await browser.post('/sign-in/link', { token: await linkFor('edo') })).headers.location).toBe(STEP)
    await addPasskey(browser)
    expect((await browser.get(STEP)).body).toContain('Your passkey is ready')
  })

  test('a person whose factors an admin has reset needs no code after it (F12)', async () => {
    const boss = await newcomer('fin')
    const member = await aMember('flo', { of: boss, in: 'fin' })
    const { userId } = await office.principal(member)
    await addApp(member)
    await office.execute(requestFactorReset, await office.principal(boss), { organization: 'fin', user: 'flo' })
    await office.clock.advance(86_401)
    const token = await linkFor('flo')
    expect(await office.store.reading.factorResets.standing(userId)).toEqual({ isDue: true, needsCode: false })
    expect((await office.browser().post('/sign-in/link', { token })).headers.location).toBe(STEP)
    expect(await office.store.reading.factorResets.standing(userId)).toEqual({ isDue: false, needsCode: false })
  })

  test('a suspended person is refused (O14)', async () => {
    await newcomer('ned')
    const token = await linkFor('ned')
    await office.execute(suspendPerson, operator, { user: 'ned' })
    expect((await office.browser().post('/sign-in/link', { token })).statusCode).toBe(403)
  })

  test('a page that asks for it answers alike for every address (C06)', async () => {
    await newcomer('ola')
    const [known, unknown] = await Promise.all(['ola', 'nobody'].map((name) => office.browser().post('/forgot-password', { email: emailOf(name) })))
    expect(still(known?.body ?? '').replaceAll('ola', 'nobody')).toBe(still(unknown?.body ?? ''))
  })
})

/** A browser in which a deactivated person has signed in by these methods, in SQL, to answer the newest invitation. */
async function answerAs(browser: Browser, userId: UserId, methods: string): Promise<void> {
  const cookie = newOpaqueToken('muster_is')
  await office.store.reading.invitationSessions.insert({
    id: newId('session'),
    userId,
    epoch: (await office.rows<{ epoch: number }>(`select epoch from account where id = '${userId}'`))[0]?.epoch ?? 0,
    invitationId: (await newestInvitation()) as InvitationId,
    invitationVersion: 1,
    methods: [],
    tokenHash: digest(cookie),
    address: '192.0.2.1',
    lifetimeSeconds: 900,
  })
  await office.rows(`update invitation_session set methods = ${methods} where methods = '{}'`)
  browser.cookies.set('muster_answer', cookie)
}

describe('an invitation session, while passwords are off (S26, F23)', () => {
  test('a person who began it with a password cannot go on', async () => {
    const [boss, other] = [await newcomer('gil'), await newcomer('hua')]
    const member = await aMember('ira', { of: boss, in: 'gil' })
    const { userId } = await office.principal(member)
    await office.execute(deactivateMember, await office.principal(boss), { organization: 'gil', user: 'ira' })
    for (const [methods, location] of [
      ["'{pwd}'", null],
      ['null', null],
      ["'{pwd,otp,mfa}'", null],
      ["'{hwk}'", '/join/accepted'],
    ] as const) {
      const browser = office.browser()
      await openInvitation(browser, { of: other, in: 'hua' })
      await answerAs(browser, userId, methods)
      const { headers } = await browser.post('/join', { decision: 'accept', invitation: await newestInvitation() })
      expect([methods, headers.location === '/join/accepted']).toEqual([methods, location !== null])
    }
    expect(await organizationOf('ira')).toBe('hua')
  })

  test('a person who began it with a provider cannot prove the inbox (S8)', async () => {
    const [boss, other] = [await newcomer('jan'), await newcomer('kay')]
    const { userId } = await office.principal(await aMember('leo', { of: boss, in: 'jan' }))
    await office.execute(deactivateMember, await office.principal(boss), { organization: 'jan', user: 'leo' })
    await inviteByEmail(office, await office.principal(other), { organization: 'kay', emails: [emailOf('leo')], role: 'member' })
    await office.mailIsDone()
    const browser = office.browser()
    await browser.get((office.mailbox.all()[0]?.link ?? '').slice(issuer.length))
    await answerAs(browser, userId, "'{fed}'")
    const page = (await browser.get('/join')).body
    expect([page.includes('Ask its sender for an invite link'), page.includes('Forgot your password?')]).toEqual([true, false])
    expect((await browser.post('/join', { decision: 'accept', invitation: await newestInvitation() })).statusCode).toBe(401)
    expect(await organizationOf('leo')).toBeUndefined()
  })
})

describe('a stored password, while passwords are off (F23)', () => {
  test('is removed with the factors of a person, who signs in by an emailed link (F12)', async () => {
    await aPerson('pam')
    await office.execute(resetFactors, operator, { user: 'pam' })
    expect(await hasPassword('pam')).toBe(false)
    expect((await office.browser().post('/sign-in/link', { token: await linkFor('pam') })).headers.location).toBe(STEP)
  })

  test('is removed from a suspended person who is resumed without another way in', async () => {
    await newcomer('quin')
    await setPassword('quin')
    await office.execute(suspendPerson, operator, { user: 'quin' })
    await office.execute(resumePerson, operator, { user: 'quin' })
    expect(await hasPassword('quin')).toBe(false)
  })

  test('is kept for a person with a passkey', async () => {
    await aPerson('ray')
    await office.execute(suspendPerson, operator, { user: 'ray' })
    await office.execute(resumePerson, operator, { user: 'ray' })
    expect(await hasPassword('ray')).toBe(true)
  })
})
