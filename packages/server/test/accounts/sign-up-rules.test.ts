import { startSession } from '@muster/server/domain/credentials/session.ts'
import { createSecret, invitationToken, revokeInvitation } from '@muster/server/domain/invitations/invitation.ts'
import { inviteByEmail, resendInvitation } from '@muster/server/domain/invitations/invite-by-email.ts'
import { type Admission, isOfDomain, openAdmission } from '@muster/server/domain/model/admission.ts'
import { systemPrincipal, type UserPrincipal } from '@muster/server/domain/model/principal.ts'
import { resumeOrganization, suspendOrganization } from '@muster/server/domain/organizations/operator.ts'
import { renameOrganization } from '@muster/server/domain/organizations/rename.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { operator } from '../credentials/platform.ts'
import { anOffice, goodPassword, type Office } from './office.ts'

// Who may get an account (O15). The rules are changed between the tests, as a restart with other settings would.
const rules: { -readonly [K in keyof Admission]: Admission[K] } = { ...openAdmission }
let office: Office
let ada: UserPrincipal
beforeAll(async () => {
  office = await anOffice({ admission: rules })
  await office.person('ada')
  const account = await office.store.reading.accounts.findByUsername('ada')
  if (!account) throw new Error('no ada')
  const organizationId = (await office.store.reading.memberships.current(account.id))?.organizationId ?? null
  const session = await office.execute(
    async (context, _: undefined) => startSession(context, { kind: 'cli', account, organizationId }),
    systemPrincipal,
    undefined,
  )
  ada = { kind: 'user', userId: account.id, sessionId: session.id, epoch: session.epoch, organizationId, token: null, origin: systemPrincipal.origin }
})
afterAll(() => office.close())
beforeEach(() => void Object.assign(rules, openAdmission))

const form = (email: string, invitation?: string) => ({
  email,
  password: goodPassword,
  given_name: 'Ada',
  family_name: 'Test',
  ...(invitation !== undefined && { invitation }),
})
const signUp = async (email: string, invitation?: string) => {
  const browser = office.browser()
  const answer = await browser.post('/sign-up', form(email, invitation))
  return { browser, answer, status: answer.statusCode, body: answer.body }
}
const aSecret = () => office.execute(createSecret, ada, { organization: 'ada', role: 'member' }).then(({ secret }) => secret)
const invite = async (email: string) => {
  const [result] = await inviteByEmail(office, ada, { organization: 'ada', emails: [email], role: 'member' })
  if (result?.status !== 'created') return result
  const invitation = await office.store.reading.invitations.find(result.invitation.id)
  return { ...result, token: invitation ? invitationToken(office.keys, invitation) : '' }
}
const codeOf = (work: Promise<unknown>) => work.then(() => 'ok').catch(({ code }: { code: string }) => code)

test.each([
  ['a@example.com', 'example.com', true],
  ['a@sub.example.com', 'example.com', false],
  ['a@notexample.com', 'example.com', false],
  ['a@sub.example.com', '*.example.com', true],
  ['a@deep.sub.example.com', '*.example.com', true],
  ['a@example.com', '*.example.com', false],
  ['a@notexample.com', '*.example.com', false],
])('whether %s is of %s is %s', (email, rule, expected) => {
  expect(isOfDomain(email, rule)).toBe(expected)
})

describe('with admitted domains (O15)', () => {
  beforeEach(() => void Object.assign(rules, { signUp: 'domains', domains: ['example.com', '*.example.org'] }))

  test('the page names the domains before anything is typed', async () => {
    expect((await office.browser().get('/sign-up')).body).toContain('Addresses of example.com and every domain below example.org can sign up here.')
  })

  test('addresses of these domains sign up, and others get the rule', async () => {
    expect((await signUp('bob@example.com')).status).toBe(303)
    expect((await signUp('bob@eu.example.org')).status).toBe(303)
    const other = await signUp('bob@example.net')
    expect(other.status).toBe(403)
    expect(other.body).toContain('Addresses of this domain cannot sign up here without an invitation.')
  })

  test('an existing account of another domain gets the same answer (C06)', async () => {
    Object.assign(rules, openAdmission)
    await office.person('old')
    Object.assign(rules, { signUp: 'domains', domains: ['example.org'] })
    const [known, unknown] = [await signUp('old@example.com'), await signUp('new@example.com')]
    const still = (body: string) => body.replaceAll(/(old|new)@example\.com/g, 'EMAIL').replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
    expect([known.status, still(known.body)]).toEqual([unknown.status, still(unknown.body)])
    expect(known.status).toBe(403)
  })

  test('an invitation admits an address of another domain', async () => {
    const { browser, answer } = await signUp('cleo@example.net', `http://localhost:4000/join?token=${await aSecret()}`)
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/sign-up/verify?continue=%2Fjoin'])
    const { code = '' } = await office.mail('cleo@example.net')
    expect((await browser.post('/sign-up/verify', { code, continue: '/join' })).headers.location).toBe('/join')
    // An account that does not use its invitation cannot become a user.
    const alone = await browser.post('/sign-up/username', { username: 'cleo' })
    expect(alone.statusCode).toBe(403)
    expect((await browser.get('/join')).body).toContain('ada')
  })
})

describe('with sign-up by invitation (O15)', () => {
  beforeEach(() => void Object.assign(rules, { signUp: 'invitation' }))

  test('the page asks for the invitation first', async () => {
    const { body } = await office.browser().get('/sign-up')
    expect(body).toContain('Signing up here needs an invitation.')
    expect(body.indexOf('name="invitation"')).toBeLessThan(body.indexOf('name="password"'))
  })

  test('nobody signs up without a valid invitation, invited addresses included', async () => {
    await invite('dora@example.com')
    for (const [email, invitation] of [['dora@example.com'], ['eve@example.com', ''], ['eve@example.com', 'muster_os_nonsense_1_x']] as const) {
      const { status, body } = await signUp(email, invitation)
      expect([403, 404], `${email} ${invitation}`).toContain(status)
      expect(body).toMatch(/Signing up here needs an invitation|invitation/)
    }
  })

  test('an email invitation admits its address only', async () => {
    const invited = await invite('fay@example.com')
    const token = invited && 'token' in invited ? invited.token : ''
    expect((await signUp('gil@example.com', token)).status).toBe(403)
    expect((await signUp('fay@example.com', token)).status).toBe(303)
  })

  test('the link of an invitation needs no second copy of it', async () => {
    const invited = await invite('hal@example.com')
    const browser = office.browser()
    await browser.get(`/join?token=${invited && 'token' in invited ? invited.token : ''}`)
    expect((await browser.get('/sign-up?continue=/join')).body).not.toContain('name="invitation"')
    expect((await browser.post('/sign-up', { ...form('hal@example.com'), continue: '/join' })).statusCode).toBe(303)
  })

  test('the page asks for another invitation when the opened one was revoked', async () => {
    const { id, secret } = await office.execute(createSecret, ada, { organization: 'ada', role: 'member' })
    const browser = office.browser()
    await browser.get(`/join?token=${secret}`)
    await office.execute(revokeInvitation, ada, { organization: 'ada', id })
    expect((await browser.get('/sign-up?continue=/join')).body).toContain('name="invitation"')
    const refused = await browser.post('/sign-up', { ...form('lea@example.com'), continue: '/join' })
    expect([refused.statusCode, refused.body.includes('name="invitation"'), refused.body.includes('lea@example.com')]).toEqual([410, true, true])
    expect((await browser.post('/sign-up', { ...form('lea@example.com', await aSecret()), continue: '/join' })).statusCode).toBe(303)
  })

  test('the form keeps what was typed when the inviting organization is suspended', async () => {
    const secret = await aSecret()
    await office.execute(suspendOrganization, operator, { organization: 'ada' })
    const { status, body } = await signUp('mia@example.com', secret)
    await office.execute(resumeOrganization, operator, { organization: 'ada' })
    expect([status, body.includes('value="mia@example.com"')]).toEqual([403, true])
  })
})

describe('blocked domains (O15)', () => {
  beforeEach(() => void Object.assign(rules, { blockedDomains: ['throwaway.example', '*.throwaway.example'] }))

  test('their addresses get no account, also with an invitation', async () => {
    for (const email of ['ida@throwaway.example', 'ida@eu.throwaway.example']) {
      expect((await signUp(email)).body).toContain('Addresses of this domain are not accepted here.')
      expect((await signUp(email, await aSecret())).status).toBe(403)
    }
  })

  test('their addresses are not invited', async () => {
    expect(await invite('ida@throwaway.example')).toMatchObject({ status: 'refused', code: 'email_domain_blocked' })
  })

  test('their addresses are not sent an open invitation again', async () => {
    Object.assign(rules, openAdmission)
    const invited = await invite('noa@throwaway.example')
    const id = invited && 'invitation' in invited ? (invited.invitation?.id ?? '') : ''
    Object.assign(rules, { blockedDomains: ['throwaway.example'] })
    expect(await codeOf(resendInvitation(office, ada, { organization: 'ada', id }))).toBe('email_domain_blocked')
  })

  test('a sign-up that started before the domain was blocked creates no account', async () => {
    Object.assign(rules, openAdmission)
    const { browser } = await signUp('oda@throwaway.example')
    const { code = '' } = await office.mail('oda@throwaway.example')
    Object.assign(rules, { blockedDomains: ['throwaway.example'] })
    expect((await browser.post('/sign-up/resend', {})).statusCode).toBe(403)
    const { statusCode, body } = await browser.post('/sign-up/verify', { code })
    expect([statusCode, body.includes('Addresses of this domain are not accepted here.')]).toEqual([403, true])
    expect(await office.store.reading.accounts.findByEmail('oda@throwaway.example')).toBeNull()
  })

  test('an account cannot change to their addresses', async () => {
    const browser = await office.person('jo')
    const answer = await browser.post('/account/email', { email: 'jo@throwaway.example', password: goodPassword })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('Addresses of this domain are not accepted here.')
  })
})

test('a name that the settings reserve is refused (O15, S43)', async () => {
  Object.assign(rules, { reservedNames: new Set(['acme_inc']) })
  expect(await codeOf(office.execute(renameOrganization, ada, { organization: 'ada', from: 'ada', to: 'acme_inc' }))).toBe('name_reserved')
  const { browser } = await signUp('kim@example.com')
  const { code = '' } = await office.mail('kim@example.com')
  await browser.post('/sign-up/verify', { code })
  expect((await browser.post('/sign-up/username', { username: 'acme_inc' })).statusCode).toBe(422)
})
