import { isIP } from 'node:net'
import { asOwnCommands } from '@muster/contract/command-line.ts'
import { builtIn } from '@muster/server/domain/model/role.ts'
import { describe, expect, test } from 'vitest'
import type { Mail } from '../../src/mail/compose.ts'
import { factorMail, factorResetMail, identityMail, passkeyMail, signInCodeMail } from '../../src/mail/factor-mails.ts'
import { keyExpiresMail } from '../../src/mail/key-mails.ts'
import { networkAddress, safeName, shown } from '../../src/mail/safe-text.ts'
import {
  addressInUseMail,
  alreadyRegisteredMail,
  deviceApprovedMail,
  emailChangeCodeMail,
  emailChangedMail,
  invitationMail,
  passwordChangedMail,
  passwordResetMail,
  signInLinkMail,
  signUpCodeMail,
  waysInMail,
} from '../../src/mail/templates.ts'

const issuer = 'https://accounts.example.com'
const resetUrl = 'https://accounts.example.com/reset?token=abc&x=1'
const at = new Date('2026-11-20T18:32:00Z')

const hostile = [
  'http://evil.example/login',
  'HTTPS://evil.example',
  'www.evil.example',
  'evil.example',
  'evil。example',
  'EVIL.XN--P1AI/pay',
  '203.0.113.9',
  'mailto:a@evil.example',
  'a@evil.example',
  'javascript:alert(1)',
  '//evil.example',
  'tel:+15551234567',
  '<a href="https://evil.example">Click</a>',
  '"><img src=https://evil.example/p.png>',
  'Eve\r\nBcc: victim@example.com',
  'Eve\u2028Subject: x',
  '\u202Eelpmaxe.live',
  'evil\u200B.exa\u00ADmple',
  'x'.repeat(5000),
]

// Emails show a valid IP address unchanged, which the search for links would report. So a name that is an IP address is replaced in address fields.
const addressLike = (name: string): string => (isIP(name) ? '2001:db8::1' : name)

/** While passwords are on. */
const sender = { issuer, passwords: true }

/** When and where, of an email about a change of how a person signs in. */
const about = (name: string, hasPassword: boolean, passwords = true) => ({
  ...sender,
  passwords,
  at,
  address: addressLike(name),
  hasPassword,
  securityUrl: `${issuer}/account/security`,
  loginsUrl: `${issuer}/logins`,
  resetUrl,
})

/** `passwords` is false while the operator has switched them off. */
const mailsFor = (name: string, hasPassword = true, passwords = true): Record<string, Mail> => ({
  'sign-up code': signUpCodeMail({ ...sender, code: '204815', minutes: 10 }),
  'already registered': alreadyRegisteredMail({ issuer, passwords, hasPassword, signInUrl: `${issuer}/sign-in`, resetUrl }),
  'password reset': passwordResetMail({ ...sender, hasPassword, resetUrl, minutes: 30 }),
  'sign-in link': signInLinkMail({ ...sender, url: resetUrl, minutes: 30 }),
  'other ways in': waysInMail({ ...sender, signInUrl: `${issuer}/sign-in` }),
  'passkey added': passkeyMail({ ...about(name, hasPassword, passwords), change: 'added', passkey: name }),
  'recovery code used': factorMail({ ...about(name, hasPassword, passwords), change: 'recovery_code_used', left: 9 }),
  'authenticator locked': factorMail({
    ...about(name, hasPassword, passwords),
    change: 'authenticator_locked',
    left: 0,
    unlock: { url: `${issuer}/account/unlock-authenticator?token=x`, expiresAt: at },
  }),
  'provider linked': identityMail({ ...about(name, hasPassword, passwords), change: 'linked', provider: 'GitHub', label: name }),
  'factor reset requested': factorResetMail({
    ...sender,
    passwords,
    change: 'requested',
    requestedBy: name,
    organization: name,
    inForceAt: at,
    stopUrl: `${issuer}/account/stop-reset?token=x`,
    hasPassword,
    securityUrl: `${issuer}/account/security`,
    resetUrl,
  }),
  'key expires': keyExpiresMail({
    ...sender,
    passwords,
    key: { description: name, holderName: 'ci_bot', lastUsedAt: null },
    expiresAt: at,
    isOwn: false,
    organization: name,
    url: `${issuer}/console/keys`,
    cli: 'acme-accounts',
  }),
  'sign-in code': signInCodeMail({ ...sender, code: '20481516', minutes: 10, resetUrl }),
  'password changed': passwordChangedMail({
    ...sender,
    at,
    address: addressLike(name),
    keys: 2,
    passkeys: 1,
    identities: 2,
    securityUrl: `${issuer}/account/security`,
    resetUrl,
    loginsUrl: `${issuer}/logins`,
    cli: 'acme-accounts',
  }),
  'code for a new address': emailChangeCodeMail({ ...sender, code: '204815', minutes: 10 }),
  'new address in use': addressInUseMail({ issuer, passwords, hasPassword, signInUrl: `${issuer}/sign-in`, resetUrl }),
  'address changed': emailChangedMail({ ...sender, username: name, hasPassword, at, address: addressLike(name), loginsUrl: `${issuer}/logins` }),
  invitation: invitationMail({
    ...sender,
    organization: name,
    invitedBy: name,
    inviterName: name,
    role: builtIn('admin'),
    expiresAt: at,
    joinUrl: `${issuer}/join?token=abc`,
  }),
  'device approved': deviceApprovedMail({
    ...sender,
    username: name,
    client: name,
    organization: name,
    place: name,
    address: addressLike(name),
    agent: name,
    at,
    longLived: true,
    endsBy: 'acme-accounts revoke TOKEN',
    hasPassword,
    resetUrl,
  }),
})

test.each(Object.entries(mailsFor('ada')))('the "%s" email shows the CLI command as it is run here', (title, { text, html }) => {
  expect([text, html]).toEqual([asOwnCommands(text, 'acme-accounts'), asOwnCommands(html, 'acme-accounts')])
  if (['password changed', 'device approved'].includes(title)) expect(text).toMatch(/^ {4}acme-accounts (login|revoke TOKEN)$/m)
})

describe.each(hostile)('with %j as every name', (name) => {
  test.each(Object.entries(mailsFor(name)))('the "%s" email has links to the issuer only and none from a name', (_title, mail) => {
    const links = [...mail.html.matchAll(/(?:href|src|action|background)="([^"]*)"/g)].map(([, link]) => link as string)
    for (const link of links) expect(link.startsWith(`${issuer}/`)).toBe(true)
    expect(mail.html).not.toMatch(/<(?:img|script|iframe|form|object)|url\(|@import/i)
    const words = `${mail.text} ${mail.html.replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ')}`.replaceAll(`${issuer}/`, '').replaceAll('accounts.example.com', '')
    expect(words).not.toMatch(/[a-z][a-z0-9+-]*:\/|\/\/|www\.\S|[^\s.]\.[a-z]|@|(?:mailto|javascript|tel):\S|\d\.\d+\.\d+\.\d/i)
  })

  test.each(Object.entries(mailsFor(name)))('the "%s" email has a subject of one line without the name', (_title, mail) => {
    expect(mail.subject).toMatch(/^[\x20-\x7e]{1,78}$/)
    expect(mail.subject).not.toMatch(/evil|bcc/i)
    expect(mail.text).not.toMatch(/^(?:bcc|subject):/im)
  })
})

describe('an email to an account without a password (F10)', () => {
  const own = about('ada', false)
  const factorChanges = ['authenticator_added', 'authenticator_removed', 'wrong_codes', 'authenticator_locked', 'recovery_code_used'] as const
  test.each(
    Object.entries({
      ...Object.fromEntries(Object.entries(mailsFor('ada', false)).filter(([title]) => !/^(already registered|password|new address|sign-in)/.test(title))),
      ...Object.fromEntries((['added', 'removed', 'copied'] as const).map((change) => [`passkey ${change}`, passkeyMail({ ...own, change, passkey: 'key' })])),
      ...Object.fromEntries(factorChanges.map((change) => [change, factorMail({ ...own, change, left: 2 })])),
      recovery_codes_created: factorMail({ ...own, change: 'recovery_codes_created', left: 10 }),
      'provider unlinked': identityMail({ ...own, change: 'unlinked', provider: 'GitHub', label: 'ada' }),
    }),
  )('does not speak of one: %s', (_, { subject, text, html }) => {
    expect(`${subject} ${text} ${html}`).not.toMatch(/password/i)
  })

  test('says how to get one, when nothing else is left to sign in with', () => {
    const { text } = factorMail({ ...own, change: 'factors_reset', left: 0 })
    expect(text).toMatch(/To sign in again, set a\s+password\./)
    expect(text).toContain(resetUrl)
    expect(passwordResetMail({ ...sender, hasPassword: false, resetUrl, minutes: 30 }).subject).toBe('Choose a password')
  })
})

test('a name is quoted, readable and at most 60 characters long', () => {
  expect(safeName('Ada Lovelace')).toBe('"Ada Lovelace"')
  expect(safeName('J.R.R. Tolkien')).toBe('"J. R. R. Tolkien"')
  expect(safeName('李小龍')).toBe('"李小龍"')
  expect(safeName('muster 0.1.0, linux x64')).toBe('"muster 0.1.0, linux x64"')
  expect(safeName('http://evil.example/a')).toBe('"http: / /evil. example/a"')
  expect(safeName('Eve" (verified) "')).toBe('"Eve\' (verified) \'"')
  expect([...safeName('👩‍👩‍👧'.repeat(200))].length).toBeLessThan(400)
  expect(safeName('x'.repeat(5000))).toHaveLength(62)
})

test('a valid username or IP address is shown without quotation marks', () => {
  expect(shown('alice_1')).toBe('alice_1')
  expect(shown('203.0.113.7')).toBe('"203. 0. 113. 7"')
  expect(networkAddress('203.0.113.7')).toBe('203.0.113.7')
  expect(networkAddress('evil.example')).toBe('"evil. example"')
  expect(shown('alice.example')).toBe('"alice. example"')
})

test('the sign-up email has the code in its subject, text and HTML, and its lifetime', () => {
  const mail = signUpCodeMail({ ...sender, code: '204815', minutes: 10 })
  expect(mail.subject).toBe('204815 is your Muster code')
  expect(mail.text).toContain('    204815\n')
  expect(mail.html).toContain('>204815<')
  expect(mail.text).toContain('10 minutes')
})

test('a link has a line of its own in the text of an email', () => {
  expect(passwordResetMail({ ...sender, hasPassword: true, resetUrl, minutes: 30 }).text.split('\n')).toContain(resetUrl)
})

test('a link that is neither http nor https is refused', () => {
  expect(() => passwordResetMail({ ...sender, hasPassword: true, resetUrl: 'javascript:alert(1)', minutes: 30 })).toThrow()
})

test('the email about an approved login shows account, client and place (D02)', () => {
  const mail = deviceApprovedMail({
    ...sender,
    username: 'alice',
    client: 'muster',
    organization: 'acme',
    place: 'Lisbon',
    address: '203.0.113.7',
    at,
    longLived: false,
    endsBy: 'muster logout',
    hasPassword: true,
    resetUrl,
  })
  for (const part of ['alice', 'muster', 'acme', '"Lisbon", 203.0.113.7', '20 November 2026, 18:32 UTC', '24 hours', resetUrl])
    expect(mail.text).toContain(part)
})

test('an email offers no password while passwords are off (F23)', () => {
  const { 'password reset': _, 'password changed': __, 'sign-in code': ___, ...mails } = mailsFor('ada', false, false) // not sent then
  for (const [title, { subject, text }] of Object.entries(mails)) expect([title, /password/i.test(subject + text)]).toEqual([title, false])
})
