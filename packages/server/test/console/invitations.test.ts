import type { Human } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, isForEveryone, press } from './visitor.ts'

// Each looks at its pages in both themes and narrow.

let site: ConsoleSite
let ada: Human
let bob: Human
beforeAll(async () => {
  site = await aConsole()
  const people = await site.muster.organization({ ada: 'admin', bob: 'member' })
  ada = people['ada'] as Human
  bob = people['bob'] as Human
})
afterAll(() => site?.close())

const call = (method: string, path: string, body?: unknown) => site.muster.call(method, `/v1/organizations/ada${path}`, { token: ada.token, body })

test('many are invited from a pasted list, each with its result, and what was wrong is mended (S22)', async () => {
  const { page, complaints } = await site.consoleOf(ada, '/users')
  await press(page, 'Invite new user')
  const form = dialog(page, 'Invite new user')
  expect(await form.getByRole('button', { name: 'Invite', exact: true }).isDisabled()).toBe(true)
  await form.getByLabel('Email addresses').fill(`Ann Lee <ann@example.com>, ivan@example.com\n${bob.email}; nonsense\nANN@example.com`)
  await form.getByText('4 addresses found.').waitFor()
  await form.getByLabel('Role').selectOption('Admin')
  await form.getByText('muster user invite - --role admin < addresses.txt').waitFor({ state: 'attached' })
  await isForEveryone(page)
  await press(page, 'Invite 4 users')
  const told = dialog(page, '2 invitations sent')
  await told.getByRole('listitem').filter({ hasText: 'ivan@example.com' }).getByText('Invited', { exact: true }).waitFor()
  await told.getByRole('listitem').filter({ hasText: bob.email }).getByText('Already a member').waitFor()
  await told.getByRole('listitem').filter({ hasText: 'nonsense' }).getByText('Not invited').waitFor()
  await isForEveryone(page)
  expect((await site.muster.mail.next('ivan@example.com')).text).toContain('/join')

  await press(page, 'Correct 2 addresses')
  const again = dialog(page, 'Invite new user').getByLabel('Email addresses')
  expect((await again.inputValue()).split('\n').sort()).toEqual([bob.email, 'nonsense'].sort())
  await again.fill('nora@example.com')
  await press(page, 'Invite')
  await dialog(page, '1 invitation sent').waitFor()
  await press(page, 'Done')

  await page.getByRole('link', { name: 'Invitations' }).click()
  await page.getByRole('row', { name: /nora@example.com.*Open.*ada, just now.*in (7 d|6 d 23 h)/ }).waitFor()
  await page.getByRole('row', { name: /ivan@example.com.*Admin/ }).waitFor()
  expect(complaints).toEqual([])
  await isForEveryone(page)
})

test('inviting once more says that the first is open; more than a hundred are refused before they are sent (S9)', async () => {
  await call('POST', '/invitations', { email: 'twice@example.com' })
  const { page } = await site.consoleOf(ada, '/users#invite')
  const field = dialog(page, 'Invite new user').getByLabel('Email addresses')
  await field.fill(Array.from({ length: 101 }, (_, at) => `p${at}@example.com`).join(','))
  await page.getByRole('alert').getByText('At most 100 at once').waitFor()
  await field.fill('twice@example.com')
  await press(page, 'Invite')
  await dialog(page, 'Nobody was invited').getByText('Invited before, still open').waitFor()
})

test('a link is copied, an invitation sent again, revoked, and made anew (S9, S18)', async () => {
  await call('POST', '/invitations', { email: 'ola@example.com' })
  const first = (await site.muster.mail.next('ola@example.com')).text
  const { page } = await site.consoleOf(ada, '/users/invitations?q=ola')
  const row = 'Actions for the invitation of ola@example.com'
  await choose(page, row, 'Copy invitation link')
  await page.getByText('The invitation link is copied').waitFor()
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
  expect(copied.startsWith(`${site.muster.url}/join`)).toBe(true)
  expect(first).toContain(copied)

  await choose(page, row, 'Resend')
  await page.getByText('Sent again to ola@example.com').waitFor()
  await page.getByText(/^muster invitation resend inv_/).waitFor()
  expect((await site.muster.mail.next('ola@example.com')).text).not.toContain(copied)

  await choose(page, row, 'Revoke')
  const asked = dialog(page, 'Revoke the invitation of ola@example.com?')
  await asked.getByText('Its link lets nobody in from then on.', { exact: false }).waitFor()
  await isForEveryone(page)
  await press(page, 'Revoke invitation')
  await page.getByRole('row', { name: /ola@example.com.*Revoked/ }).waitFor()
  await press(page, 'Invite again')
  await page.getByText('ola@example.com is invited again').waitFor()
  await page.getByRole('row', { name: /ola@example.com.*Open/ }).waitFor()
})

test('the state and the kind filter the list, in the address', async () => {
  await call('POST', '/secrets', { kind: 'link' })
  const { page } = await site.consoleOf(ada, '/users/invitations?state=accepted')
  await page.getByRole('row', { name: /Secret for the command line.*Accepted.*by bob, / }).waitFor()
  await page.getByLabel('State').selectOption('Open')
  await page.getByLabel('Kind').selectOption('Invite link')
  await page.getByText('1 in all').waitFor()
  expect(new URL(page.url()).search).toBe('?state=open&kind=link')
  await page.getByLabel('State').selectOption('Declined')
  await page.getByRole('heading', { name: 'No invitation fits' }).waitFor()
  await isForEveryone(page)
})

test('one opens with everything about it: who invited, the role, the dates, the id, the command', async () => {
  const { body } = await call('POST', '/invitations', { email: 'pia@example.com', role: 'admin' })
  const { page } = await site.consoleOf(ada, '/users/invitations?q=pia', { width: 320, height: 700 })
  await press(page, 'pia@example.com')
  const one = dialog(page, 'The invitation of pia@example.com')
  await one.getByText(`muster invitation link ${body.id}`).waitFor({ state: 'attached' })
  expect(await one.getByRole('definition').allInnerTexts()).toEqual(expect.arrayContaining(['Open', 'Admin', expect.stringMatching(/\(ada\), just now$/)]))
  await isForEveryone(page)
  await one.getByRole('button', { name: 'Copy the id of the invitation' }).click()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(body.id)
})

test('a member who comes by the address is told that invitations are for admins', async () => {
  const { page } = await site.consoleOf(bob, '/users/invitations')
  await page.getByRole('heading', { name: 'For admins only' }).waitFor()
  expect(await page.getByRole('combobox').count(), 'no filters of what is not there').toBe(0)
  await isForEveryone(page)
})

test('a plan for one says so, with the plan that it takes (S7)', async () => {
  const { sole } = await site.muster.organization({ sole: 'admin' })
  const { OPERATOR_TOKEN } = await import('@muster/testkit/muster.ts')
  await site.muster.call('PATCH', '/v1/operator/organizations/sole', { token: OPERATOR_TOKEN, body: { plan: 'free' } })
  const { page } = await site.consoleOf(sole as Human, '/users#invite')
  const form = dialog(page, 'Invite new user')
  await form.getByText('The plan "free" is for one person').waitFor()
  expect(await form.getByLabel('Email addresses').isDisabled(), 'before anything is filled in').toBe(true)
  expect(await form.getByRole('button', { name: 'Invite', exact: true }).isDisabled()).toBe(true)
  await isForEveryone(page)
  await press(page, 'Cancel')
  await page.getByText('The plan "free" is for one person').waitFor()
  await page.goto('/console/users/invitations')
  await page.getByText('The plan "free" is for one person').waitFor()
  await isForEveryone(page)
})
