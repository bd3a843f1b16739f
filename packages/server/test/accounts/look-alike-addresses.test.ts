import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// Possession of an inbox is proved for the address in RCPT TO. U+212A, the Kelvin sign, becomes k in lower case, yet a mail server treats it as another inbox (B09).
const kelvin = '\u212a'
let muster: Muster
let ada: Human
let kim: Human
beforeAll(async () => {
  muster = await startMuster()
  ada = (await muster.organization({ ada: 'admin', bob: 'member' }))['ada'] as Human
  kim = await muster.person('kim')
})
afterAll(() => muster.close())

const recipients = () => muster.mail.all().flatMap(({ to }) => to)
const post = (path: string, form: Record<string, string>) =>
  fetch(muster.url + path, { method: 'POST', body: new URLSearchParams(form), headers: { origin: muster.url }, redirect: 'manual' })
const signUp = (email: string) => post('/sign-up', { email, password: kim.password, given_name: 'Kevin', family_name: '' })

const doors: Record<string, (name: string) => Promise<unknown>> = {
  'a sign-up': (name) => signUp(`${name}@example.com`),
  'an invitation': (name) => muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email: `${name}@example.com` } }),
  'a change of address': (name) => muster.call('POST', '/v1/me/email', { token: kim.token, body: { email: `${name}@example.com`, password: kim.password } }),
}

test.each(Object.keys(doors))('%s is emailed to the canonical form of the address', async (door) => {
  const name = `evin_${Object.keys(doors).indexOf(door)}`
  await doors[door]?.(kelvin + name)
  await muster.mail.next(`K${name}@example.com`)
  expect(recipients().filter((to) => to.includes(kelvin))).toEqual([])
})

test('a password reset requested with a Kelvin sign is emailed to the account with a k', async () => {
  await post('/forgot-password', { email: `${kelvin}im@example.com` })
  expect((await muster.mail.next(kim.email)).text).toContain('/reset-password?token=')
  expect(recipients().filter((to) => to.includes(kelvin))).toEqual([])
})

test('a sign-in with a Kelvin sign signs in the account with a k', async () => {
  expect((await post('/sign-in', { identifier: `${kelvin}im@example.com`, password: kim.password })).status).toBe(303)
  expect((await post('/sign-in', { identifier: 'ſim@example.com', password: kim.password })).status).toBe(401)
})

test('an address with a look-alike letter is refused everywhere', async () => {
  const before = recipients().length
  expect((await signUp('ſam@example.com')).status).toBe(422)
  const invited = await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email: 'ﬁn@example.com' } })
  expect(JSON.stringify(invited.body)).toContain('email_invalid')
  const changed = await muster.call('POST', '/v1/me/email', { token: kim.token, body: { email: 'ſam@example.com', password: kim.password } })
  expect(changed).toMatchObject({ status: 422, body: { code: 'email_invalid' } })
  expect(recipients().length).toBe(before)
})
