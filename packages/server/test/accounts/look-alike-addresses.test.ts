import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// An inbox proves the address in RCPT TO. U+212A, the Kelvin sign, is a k in lower case and another inbox at a mail server (B09).
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

test.each(Object.keys(doors))('%s is mailed to the address under which it is filed', async (door) => {
  const name = `evin_${Object.keys(doors).indexOf(door)}`
  await doors[door]?.(kelvin + name)
  await muster.mail.next(`K${name}@example.com`)
  expect(recipients().filter((to) => to.includes(kelvin))).toEqual([])
})

test('a password reset that is asked for with a Kelvin sign goes to the account it names', async () => {
  await post('/forgot-password', { email: `${kelvin}im@example.com` })
  expect((await muster.mail.next(kim.email)).text).toContain('/reset-password?token=')
  expect(recipients().filter((to) => to.includes(kelvin))).toEqual([])
})

test('a sign-in with a Kelvin sign is a sign-in with a k', async () => {
  expect((await post('/sign-in', { identifier: `${kelvin}im@example.com`, password: kim.password })).status).toBe(303)
  expect((await post('/sign-in', { identifier: 'ſim@example.com', password: kim.password })).status).toBe(401)
})

test('no door takes an address with a letter that looks like another one', async () => {
  const before = recipients().length
  expect((await signUp('ſam@example.com')).status).toBe(422)
  const invited = await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email: 'ﬁn@example.com' } })
  expect(JSON.stringify(invited.body)).toContain('email_invalid')
  const changed = await muster.call('POST', '/v1/me/email', { token: kim.token, body: { email: 'ſam@example.com', password: kim.password } })
  expect(changed).toMatchObject({ status: 422, body: { code: 'email_invalid' } })
  expect(recipients().length).toBe(before)
})
