import type { Human } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, isForEveryone, press } from './visitor.ts'

// isForEveryone checks a page in both themes and at 320 px.

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

test('an admin invites a pasted list and corrects the refused addresses (S22)', async () => {
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
  const result = dialog(page, '2 invitations sent')
  await result.getByRole('listitem').filter({ hasText: 'ivan@example.com' }).getByText('Invited', { exact: true }).waitFor()
  await result.getByRole('listitem').filter({ hasText: bob.email }).getByText('Already a member').waitFor()
  await result.getByRole('listitem').filter({ hasText: 'nonsense' }).getByText('Not invited').waitFor()
  await isForEveryone(page)
  expect((await site.muster.mail.next('ivan@example.com')).text).toContain('/join')

  await press(page, 'Correct 2 addresses')
  const addresses = dialog(page, 'Invite new user').getByLabel('Email addresses')
  expect((await addresses.inputValue()).split('\n').sort()).toEqual([bob.email, 'nonsense'].sort())
  await addresses.fill('nora@example.com')
  await press(page, 'Invite')
  await dialog(page, '1 invitation sent').waitFor()
  await press(page, 'Done')

  await page.getByRole('link', { name: 'Invitations' }).click()
  await page.getByRole('row', { name: /nora@example.com.*Open.*ada, just now.*in (7 d|6 d 23 h)/ }).waitFor()
  await page.getByRole('row', { name: /ivan@example.com.*Admin/ }).waitFor()
  expect(complaints).toEqual([])
  await isForEveryone(page)
})

test('inviting an address again says that it is already invited (S9)', async () => {
  await call('POST', '/invitations', { email: 'twice@example.com' })
  const { page } = await site.consoleOf(ada, '/users#invite')
  const field = dialog(page, 'Invite new user').getByLabel('Email addresses')
  await field.fill(Array.from({ length: 101 }, (_, at) => `p${at}@example.com`).join(','))
  await page.getByRole('alert').getByText('You can invite up to 100 people at once.').waitFor()
  await field.fill('twice@example.com')
  await press(page, 'Invite')
  await dialog(page, 'No invitations sent').getByText('Already invited').waitFor()
})

test('an admin copies, resends, revokes and recreates an invitation (S9, S18)', async () => {
  await call('POST', '/invitations', { email: 'ola@example.com' })
  const first = (await site.muster.mail.next('ola@example.com')).text
  const { page } = await site.consoleOf(ada, '/users/invitations?q=ola')
  const row = 'Actions for ola@example.com'
  await choose(page, row, 'Copy invitation link')
  await page.getByText('Invitation link copied').waitFor()
  const copied = (await page.evaluate('navigator.clipboard.readText()')) as string
  expect(copied.startsWith(`${site.muster.url}/join`)).toBe(true)
  expect(first).toContain(copied)

  await choose(page, row, 'Resend')
  await page.getByText('Invitation resent to ola@example.com').waitFor()
  await page.getByText(/^muster invitation resend inv_/).waitFor()
  expect((await site.muster.mail.next('ola@example.com')).text).not.toContain(copied)

  await choose(page, row, 'Revoke')
  const confirmation = dialog(page, 'Revoke the invitation for ola@example.com?')
  await confirmation.getByText('No one will be able to join with it.', { exact: false }).waitFor()
  await isForEveryone(page)
  await press(page, 'Revoke invitation')
  await page.getByRole('row', { name: /ola@example.com.*Revoked/ }).waitFor()
  await press(page, 'Invite again')
  await page.getByText('ola@example.com invited again').waitFor()
  await page.getByRole('row', { name: /ola@example.com.*Open/ }).waitFor()
})

test('filters of the invitations are kept in the URL', async () => {
  await call('POST', '/secrets', { kind: 'link' })
  const { page } = await site.consoleOf(ada, '/users/invitations?state=accepted')
  await page.getByRole('row', { name: /Organization secret.*Accepted.*by bob, / }).waitFor()
  await page.getByLabel('State').selectOption('Open')
  await page.getByLabel('Kind').selectOption('Invite link')
  await page.getByText('1 total').waitFor()
  expect(new URL(page.url()).search).toBe('?state=open&kind=link')
  await page.getByLabel('State').selectOption('Declined')
  await page.getByRole('heading', { name: 'No matching invitations' }).waitFor()
  await isForEveryone(page)
})

test('an invitation opens with all its details', async () => {
  const { body } = await call('POST', '/invitations', { email: 'pia@example.com', role: 'admin' })
  const { page } = await site.consoleOf(ada, '/users/invitations?q=pia', { width: 320, height: 700 })
  await press(page, 'pia@example.com')
  const details = dialog(page, 'Invitation for pia@example.com')
  await details.getByText(`muster invitation link ${body.id}`).waitFor({ state: 'attached' })
  expect(await details.getByRole('definition').allInnerTexts()).toEqual(expect.arrayContaining(['Open', 'Admin', expect.stringMatching(/\(ada\), just now$/)]))
  await isForEveryone(page)
  await details.getByRole('button', { name: 'Copy the invitation id' }).click()
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(body.id)
})

test('an admin sees why an open invitation does not count now (P8)', async () => {
  const { org, named, call } = await site.organization({ una: 'admin', vic: 'member' })
  const permissions = ['organization:read', 'members:read', 'invitations:create']
  await call('POST', '/roles', { name: 'Recruiter', permissions })
  await call('POST', '/roles', { name: 'Reader', permissions: ['members:read'] })
  const vic = named('vic')
  await call('PATCH', `/members/${vic.name}`, { role: 'Recruiter' })
  const { token } = await site.muster.login(vic)
  for (const [path, body] of [
    ['invitations', { email: 'wes@example.com', role: 'Reader' }],
    ['secrets', { kind: 'link', role: 'Reader' }],
  ] as const)
    expect((await site.muster.call('POST', `/v1/organizations/${org}/${path}`, { token, body })).status).toBe(201)
  await call('PATCH', '/roles/Recruiter', { permissions: permissions.slice(0, 2) })

  const reason = `${vic.name} may no longer invite.`
  const { page } = await site.consoleOf(named('una'), '/users/invitations?q=wes')
  await page.getByRole('row', { name: /wes@example.com.*Not valid/ }).waitFor()
  await isForEveryone(page)
  await press(page, 'wes@example.com')
  await dialog(page, 'Invitation for wes@example.com').getByText(`${reason} Invite the person again.`).waitFor()
  await isForEveryone(page)
  await press(page, 'Close')
  await choose(page, 'Actions for wes@example.com', 'Invite again')
  await page.getByRole('row', { name: /wes@example.com.*Open.*una_/ }).waitFor()
  await page.goto('/console/settings')
  await page.getByText(`Not valid now: ${reason}`).waitFor()
  expect(await page.getByRole('button', { name: /Copy the invite link/ }).count()).toBe(0)
  await isForEveryone(page)
})

test('a member sees that their role does not include invitations', async () => {
  const { page } = await site.consoleOf(bob, '/users/invitations')
  await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
  expect(await page.getByRole('combobox').count(), 'there are no filters').toBe(0)
  await isForEveryone(page)
})

test('the invite form is disabled on a plan for one person (S7)', async () => {
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
