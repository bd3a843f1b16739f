import { OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, heading, isForEveryone, type Organization, press, said } from './visitor.ts'

// Roles in the console: the page and its editor, and a person with a role of the organization (P6, P7, P9).

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
  const deploy = {
    name: 'Deploy',
    audience: 'https://deploy.example.com',
    permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' },
    grant: { member: ['apps:*'], viewer: ['apps:read'] },
  }
  expect((await site.muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis: [deploy] } })).status).toBe(200)
})
afterAll(() => site?.close())

const deployer = { name: 'Deployer', description: 'Deploys from main', permissions: ['apps:deploy', 'apps:read', 'members:read'] }

/** Gives bob a new role of the organization, and returns it. */
async function giveBob({ call, named }: Organization, role: { name: string; permissions: string[] }) {
  const { status, body } = await call('POST', '/roles', role)
  expect(status).toBe(201)
  expect((await call('PATCH', `/members/${named('bob').name}`, { role: body.id })).status).toBe(200)
  return body as { id: string; revision: number }
}

const menuOf = async (page: Page, row: string): Promise<string[]> => {
  await page.getByRole('button', { name: row, exact: true }).click()
  const menu = page.getByRole('menu')
  await menu.getByRole('menuitem').first().waitFor()
  const items = await menu.getByRole('menuitem').allInnerTexts()
  await page.keyboard.press('Escape')
  await menu.waitFor({ state: 'hidden' })
  return items
}
const navigationOf = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('listitem').allInnerTexts()

describe('the page of roles', () => {
  test('an admin creates the first role, and keeps the input on an error', async () => {
    const here = await site.organization({ ada: 'admin' })
    const { page, complaints } = await site.consoleOf(here.named('ada'), '/roles')
    await page.getByText('Roles let people do a part of what a member can', { exact: false }).waitFor()
    await page.getByRole('list', { name: 'Built-in roles' }).getByText('Deploy: see applications').waitFor()
    await isForEveryone(page)
    await press(page, 'Create your first role')
    const form = dialog(page, 'Create role')
    await form.getByLabel('Name', { exact: true }).fill('Viewer')
    await form.getByText('Choose another name.', { exact: false }).waitFor()
    await form.getByLabel('Name', { exact: true }).fill('Deployer')
    await form.getByLabel('Everything in Deploy').check()
    await form.getByLabel('See applications').uncheck()
    await expect.poll(() => form.getByLabel('Everything in Deploy').evaluate((box: { indeterminate?: boolean }) => box.indeterminate)).toBe(true)
    expect(await form.getByLabel('Change the roles of members').count(), 'only delegable permissions are offered').toBe(0)
    await isForEveryone(page)

    await here.call('POST', '/roles', { name: 'deployer', permissions: [] })
    await form.getByRole('button', { name: 'Create role' }).click()
    await form.getByText('There is a role named Deployer already.').waitFor()
    await expect.poll(() => form.getByLabel('Deploy applications').isChecked()).toBe(true)
    await form.getByLabel('Name', { exact: true }).fill('Releaser')
    await form.getByRole('button', { name: 'Create role' }).click()
    await heading(page, 'Releaser').waitFor()
    await page.getByText('Nobody has this role yet.', { exact: false }).waitFor()
    expect((await here.call('GET', '/roles/Releaser')).body).toMatchObject({ permissions: ['apps:deploy'], revision: 1 })
    expect(complaints).toEqual([])
    await isForEveryone(page)
  })

  test('an admin sees who loses what before an edit is saved', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    const { id } = await giveBob(here, deployer)
    const { page } = await site.consoleOf(here.named('ada'), `/roles/${id}`)
    await page.getByRole('list', { name: 'Holders of Deployer' }).getByText(here.named('bob').name).waitFor()
    await press(page, 'Edit role')
    const form = dialog(page, 'Edit the role Deployer')
    await form.getByText('Nothing changed yet.').waitFor()
    await expect.poll(() => form.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true)
    await form.getByLabel('Deploy applications').uncheck()
    await form.getByLabel('Read the audit log').check()
    await form.getByText('1 holder gets 1 permission and loses 1 permission.').waitFor()
    await form.getByText('Deploy: deploy applications').waitFor()
    await form.getByText('muster role edit Deployer --add audit:read --drop apps:deploy').waitFor({ state: 'attached' })
    await isForEveryone(page)
    await press(page, 'Save changes')
    await said(page, 'Role Deployer changed').waitFor()
    expect((await here.call('GET', `/roles/${id}`)).body.permissions).toEqual(['apps:read', 'audit:read', 'members:read'])
    await press(page, 'Undo')
    await page.getByText('Deploy applications').waitFor()
    expect((await here.call('GET', `/roles/${id}`)).body.permissions).toEqual(deployer.permissions)
  })

  test("an admin's edit does not overwrite that of another admin", async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    const { id } = await giveBob(here, deployer)
    const { page } = await site.consoleOf(here.named('ada'), `/roles/${id}`)
    await press(page, 'Edit role')
    const form = dialog(page, 'Edit the role Deployer')
    await form.getByLabel('Description').fill('Deploys, and reads the audit log')
    await form.getByLabel('Read the audit log').check()
    await here.call('PATCH', `/roles/${id}`, { name: 'Releaser', permissions: ['apps:deploy', 'members:read', 'resources:read'] })
    await press(page, 'Save changes')
    const notice = form.getByRole('alert')
    await notice.getByText('It is now called Releaser.').waitFor()
    await notice.getByText('Deploy: see applications').waitFor()
    await expect.poll(() => form.getByRole('button', { name: 'Save changes' }).isDisabled()).toBe(true)
    await isForEveryone(page)
    await press(page, 'Add my changes to theirs')
    await press(page, 'Save changes')
    await said(page, 'Role Releaser changed').waitFor()
    expect((await here.call('GET', `/roles/${id}`)).body).toMatchObject({
      name: 'Releaser',
      description: 'Deploys, and reads the audit log',
      permissions: ['apps:deploy', 'audit:read', 'members:read', 'resources:read'],
      revision: 3,
    })
  })

  test('an admin removes a role, and its holders get another one (P9)', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    const { id } = await giveBob(here, deployer)
    await here.call('POST', '/service-accounts', { name: 'ci_bot', role: id })
    const { page } = await site.consoleOf(here.named('ada'), '/roles/deployer')
    await choose(page, 'Actions for Deployer', 'Remove')
    const confirmation = dialog(page, 'Remove the role Deployer?')
    await expect.poll(() => confirmation.getByRole('option').allInnerTexts()).toEqual(['Member', 'Viewer'])
    await confirmation.getByLabel('Move its holders to').selectOption('Viewer')
    await confirmation.getByText('ci_bot').waitFor()
    await confirmation.getByText('Deploy: deploy applications').waitFor()
    await isForEveryone(page)
    await press(page, 'Remove role')
    await said(page, '2 holders moved to Viewer.').waitFor()
    await heading(page, 'Roles').waitFor()
    expect((await here.call('GET', `/members/${here.named('bob').name}`)).body.role).toBe('viewer')
    expect((await here.call('GET', '/service-accounts/ci_bot')).body.role).toBe('viewer')
  })

  test('an admin finds the roles that have a permission', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    await giveBob(here, deployer)
    const { page } = await site.consoleOf(here.named('ada'), '/roles/permissions')
    const row = page.getByRole('listitem').filter({ hasText: 'apps:deploy' })
    await row.getByRole('link', { name: 'Deployer' }).waitFor()
    await expect.poll(() => row.getByRole('link').allInnerTexts()).toEqual(['Admin', 'Member', 'Deployer'])
    await isForEveryone(page)
  })
})

describe('giving a role', () => {
  test('an admin gives a role of the organization to a member and a service account', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = here.named('bob')
    await here.call('POST', '/roles', deployer)
    const { page } = await site.consoleOf(here.named('ada'), '/users')
    await choose(page, `Actions for ${bob.name}`, 'Change role')
    const change = dialog(page, `Change the role of ${bob.name} Test`)
    await change.getByLabel('Role').selectOption('Deployer')
    await change.getByText('Resources: list resources', { exact: false }).or(change.getByText('Everything in Resources')).waitFor()
    await press(page, `Give ${bob.name} the role Deployer`)
    await page.getByRole('row', { name: new RegExp(`${bob.name}.*Deployer.*Active`) }).waitFor()
    await page.getByLabel('Role', { exact: true }).selectOption('Deployer')
    await page.getByText('1 total').waitFor()

    await page.goto('/console/keys/service-accounts#create')
    const form = dialog(page, 'Create service account')
    await form.getByLabel('Name').fill('ci_bot')
    await form.getByLabel('Role').selectOption('Deployer')
    await expect.poll(() => form.getByRole('option').allInnerTexts()).toEqual(['Member', 'Viewer', 'Deployer'])
    await form.getByRole('button', { name: 'Create service account' }).click()
    await heading(page, 'ci_bot').waitFor()
    await page.getByRole('definition').getByRole('link', { name: 'Deployer' }).waitFor()
    await press(page, 'Create key')
    const key = dialog(page, 'Create key for ci_bot')
    await key.getByLabel('List members').waitFor()
    await expect.poll(() => key.getByRole('checkbox').count(), { message: 'the key can have what the role has, also at Deploy' }).toBe(3)
  })

  test('an admin invites people with a role of the organization', async () => {
    const here = await site.organization({ ada: 'admin' })
    await here.call('POST', '/roles', deployer)
    const { page } = await site.consoleOf(here.named('ada'), '/users/invitations#invite')
    const form = dialog(page, 'Invite new user')
    await form.getByLabel('Email addresses').fill('zoe@example.com')
    await form.getByLabel('Role').selectOption('Deployer')
    await form.getByText('Deploys from main').waitFor()
    await form.getByRole('button', { name: 'Invite', exact: true }).click()
    await dialog(page, '1 invitation sent').waitFor()
    await press(page, 'Done')
    await page.getByRole('row', { name: /zoe@example.com.*Deployer.*Open/ }).waitFor()
  })
})

describe('a person with a role of the organization', () => {
  test('an inviter sees only what the role allows, and gives only roles within it', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    const permissions = ['invitations:create', 'invitations:read', 'members:read', 'organization:read']
    await giveBob(here, { name: 'Inviter', permissions })
    await here.call('POST', '/roles', { name: 'Guest', permissions: ['members:read'] })
    const { page, complaints } = await site.consoleOf(here.named('bob'), '/')
    await page.getByText(`You are a member of ${here.org}, with the role Inviter.`).waitFor()
    await expect.poll(() => navigationOf(page)).toEqual(['Overview', 'Manage users', 'Roles', 'Organization settings', 'Keys and service accounts'])
    await page.getByRole('link', { name: 'Manage users' }).click()
    expect(await menuOf(page, `Actions for ${here.named('ada').name}`)).toEqual(['Details', 'Copy user id'])
    await press(page, 'Invite new user')
    const form = dialog(page, 'Invite new user')
    await expect.poll(() => form.getByLabel('Role').getByRole('option').allInnerTexts()).toEqual(['Guest', 'Inviter'])
    await form.getByLabel('Email addresses').fill('gil@example.com')
    await form.getByRole('button', { name: 'Invite', exact: true }).click()
    await dialog(page, '1 invitation sent').waitFor()
    await press(page, 'Done')
    await page.getByRole('link', { name: 'Invitations' }).click()
    await page.getByRole('row', { name: /gil@example.com.*Guest/ }).waitFor()
    expect(await menuOf(page, 'Actions for gil@example.com'), 'the role cannot revoke').toEqual(['Copy invitation link', 'Resend'])
    await page.goto('/console/resources')
    await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('an auditor reads the audit log and the keys, and changes nothing', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    await giveBob(here, { name: 'Auditor', permissions: ['audit:read', 'keys:read', 'members:read', 'organization:read', 'resources:read'] })
    await here.call('PUT', '/resources/application/shop')
    await here.call('POST', '/service-accounts', { name: 'deploy' })
    await here.call('POST', '/service-accounts/deploy/keys', { description: 'CI', scope: 'all' })
    const { page } = await site.consoleOf(here.named('bob'), '/audit')
    await page.getByText(`${here.named('bob').name} was made a member with the role Auditor`).waitFor()
    await page.goto('/console/keys/all')
    expect(await menuOf(page, 'Actions for the key CI')).toEqual(['Copy key id'])
    expect(await page.getByRole('link', { name: 'Service accounts', exact: true }).count()).toBe(0)
    await page.goto('/console/resources')
    expect(await menuOf(page, 'Actions for application shop')).toEqual(['Copy URL', 'Copy resource id'])
    expect(await page.getByRole('button', { name: 'Register resource' }).count()).toBe(0)
    await page.goto('/console/roles')
    await page.getByRole('link', { name: 'Auditor' }).waitFor()
    expect(await page.getByRole('button', { name: 'Create role' }).count()).toBe(0)
    expect(await menuOf(page, 'Actions for Auditor')).toEqual(['Details', 'Copy role id'])
  })

  test('a person whose role is for the platform only sees no failing page', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    await giveBob(here, { name: 'Runner', permissions: ['apps:deploy'] })
    const { page, complaints } = await site.consoleOf(here.named('bob'), '/')
    const refused: string[] = []
    page.on('response', (response) => void (response.status() === 403 && refused.push(response.url())))
    for (const path of ['', 'users', 'roles', 'resources', 'settings', 'audit']) {
      await page.goto(`/console/${path}`)
      await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
    }
    await isForEveryone(page)
    await page.goto('/console/settings')
    await page.getByRole('button', { name: `Leave ${here.org}` }).waitFor()
    await page.goto('/console/profile')
    await page.getByText(`Runner of ${here.org}`).waitFor()
    expect(refused).toEqual([])
    expect(complaints).toEqual([])
  })

  test('a person gets another role while they look, and the page follows', async () => {
    const here = await site.organization({ ada: 'admin', bob: 'member' })
    const { page } = await site.consoleOf(here.named('bob'), '/roles')
    await heading(page, 'Roles').waitFor()
    expect(await page.getByRole('link', { name: 'Audit log' }).count()).toBe(0)
    await giveBob(here, { name: 'Auditor', permissions: ['audit:read', 'members:read'] })
    await page.getByRole('link', { name: 'Audit log' }).waitFor()
  })
})
