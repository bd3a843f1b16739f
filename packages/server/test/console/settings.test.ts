import { OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, heading, isForEveryone, press, said } from './visitor.ts'

// isForEveryone runs axe on every element, in both themes.

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

describe('renaming the organization', () => {
  test('lists every URL that changes and can be undone (S41)', async () => {
    const { org, label, named, call } = await site.organization({ ada: 'admin' })
    await call('PUT', '/resources/application/shop')
    await call('PUT', '/resources/application/status_page')
    const { page, complaints } = await site.consoleOf(named('ada'), '/settings')
    await heading(page, 'Organization settings').waitFor()
    await isForEveryone(page)
    await press(page, `Rename ${org}`)
    const form = dialog(page, `Rename ${org}`)
    await form.getByLabel('New name').fill('renamed_labs')
    await form.getByText('2 URLs will change').waitFor()
    const urls = form.getByRole('list', { name: 'URLs that change' })
    await urls.getByText(`https://${label}-shop.cloud.localhost/`).waitFor()
    await urls.getByText('https://renamed-labs-shop.cloud.localhost/').waitFor()
    await urls.getByText('https://renamed-labs-status-page.cloud.localhost/').waitFor()
    await form.getByText(`muster org rename ${org} renamed_labs`).waitFor({ state: 'attached' })
    await isForEveryone(page)

    await press(page, 'Rename to renamed_labs')
    await form.getByText(`This does not match ${org}.`).waitFor()
    expect((await call('GET', '')).body.name).toBe(org)
    await form.getByLabel(`Type ${org} to confirm`).fill(org)
    await press(page, 'Rename to renamed_labs')
    await said(page, `${org} renamed to renamed_labs`).waitFor()
    await page.getByRole('button', { name: 'Rename renamed_labs' }).waitFor()
    await page.getByRole('banner').getByText('renamed_labs').waitFor()
    await press(page, 'Rename back')
    await page.getByRole('button', { name: `Rename ${org}`, exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  test('names faults and clashes while the name is typed', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin' })
    const rival = await site.muster.person('rival_x')
    await site.muster.call('PUT', '/v1/organizations/rival_x/resources/application/y-shop', { token: rival.token, body: {} })
    await call('PUT', '/resources/application/shop')
    const { page } = await site.consoleOf(named('ada'), '/settings')
    await press(page, `Rename ${org}`)
    const form = dialog(page, `Rename ${org}`)
    const name = form.getByLabel('New name')
    await name.fill('Not a name')
    await form.getByText('Use 3 to 30 lowercase letters, digits or underscores.').waitFor()
    await name.fill('admin')
    await form.getByText('This name is reserved.').waitFor()
    await name.fill('rival_x')
    await form.getByText('This name is taken.').waitFor()
    await name.fill('rival_x_y')
    await form.getByText('An application address would conflict with an existing one.').waitFor()
    await form.getByRole('list', { name: 'Conflicting addresses' }).getByText('rival-x-y-shop').waitFor()
    await isForEveryone(page)
  })

  test('says when it is possible again after five renames in 30 days', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin' })
    let from = org
    for (const to of ['often_1', 'often_2', 'often_3', 'often_4', org]) {
      expect((await site.muster.call('POST', `/v1/organizations/${from}/rename`, { token: named('ada').token, body: { from, to } })).status).toBe(200)
      from = to
    }
    expect((await call('GET', '')).body.name).toBe(org)
    const { page } = await site.consoleOf(named('ada'), '/settings#rename')
    await page.getByLabel('New name').fill('often_5')
    await page.getByText('You have used all five renames in 30 days').waitFor()
    await page.getByText(/You can rename again\s+in (29 days|30 days|1 month|last month)/).waitFor()
  })

  test('does not overwrite a rename by someone else', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin' })
    const { page } = await site.consoleOf(named('ada'), '/settings')
    await press(page, `Rename ${org}`)
    await call('POST', '/rename', { from: org, to: 'quicker_name' })
    await page.getByLabel('New name').fill('slower_name')
    await page.getByText('Someone else renamed the organization to quicker_name').waitFor()
    await press(page, 'Continue from quicker_name')
    await page.getByLabel('Type quicker_name to confirm').fill('quicker_name')
    await press(page, 'Rename to slower_name')
    await said(page, 'quicker_name renamed to slower_name').waitFor()
  })
})

describe('removing a member', () => {
  test('lists the transferred resources and the keys to roll (S28, S37)', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin', bob: 'admin' })
    const [ada, bob] = [named('ada'), named('bob')]
    await call('PUT', '/resources/application/shop', { owner: bob.name })
    await call('POST', '/service-accounts', { name: 'deployer' }, 'bob')
    await call('POST', '/service-accounts/deployer/keys', { description: 'CI of the shop', scope: 'all' }, 'bob')
    const { page } = await site.consoleOf(ada, '/users')
    const row = page.getByRole('row', { name: new RegExp(bob.name) })
    await choose(page, `Actions for ${bob.name}`, 'Remove')
    const confirmation = dialog(page, new RegExp(`^Remove ${bob.name} Test from ${org}`))
    await confirmation.getByText(`Transferred to you, ${ada.name}`).waitFor()
    await confirmation.getByText('1 resource: application shop').waitFor()
    await isForEveryone(page)
    await confirmation.getByRole('button', { name: `Remove ${bob.name}` }).click()
    const result = dialog(page, `${bob.name} removed`)
    await result.getByText('deployer: CI of the shop').waitFor()
    await press(page, 'Done')
    await row.waitFor({ state: 'detached' })
  })
})

describe('invite links', () => {
  test('leave the list when they are used', async () => {
    const { org, named } = await site.organization({ ada: 'admin' })
    const { page, complaints } = await site.consoleOf(named('ada'), '/settings')
    await press(page, 'Generate invite link')
    const form = dialog(page, 'Generate invite link')
    await form.getByLabel('Role').selectOption('Admin')
    await form.getByText('muster org invite --link --role admin').waitFor({ state: 'attached' })
    await form.getByLabel('Role').selectOption('Member')
    await isForEveryone(page)
    await press(page, 'Generate link')
    const linkDialog = dialog(page, 'Share invite link')
    await linkDialog.getByText(`One person, who joins ${org} as member`).waitFor()
    await linkDialog.getByText(/^in (23 h|1 d 0 h|1 d)/).waitFor()
    await linkDialog.getByRole('button', { name: 'Copy the invite link' }).click()
    const url = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(url).toMatch(new RegExp(`^${site.muster.url}/join\\?token=`))
    await isForEveryone(page)
    await press(page, 'Done')
    const list = page.getByRole('list', { name: 'Open invite links' })
    await list.getByText(/for one member, by/).waitFor()
    await page.evaluate('navigator.clipboard.writeText("")')
    await press(page, `Copy the invite link by ${named('ada').name}`)
    await said(page, 'Invite link copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(url)

    const guest = await site.muster.person('guest_of_link')
    const token = new URL(url).searchParams.get('token')
    expect((await site.muster.call('POST', '/v1/invitations/accept', { token: guest.token, body: { token } })).status).toBe(200)
    await page.reload()
    await page.getByText('No open invite links.').waitFor()
    expect(complaints).toEqual([])
  })

  test('are invalid after they are revoked', async () => {
    const { named, call } = await site.organization({ ada: 'admin' })
    const { body } = await call('POST', '/secrets', { kind: 'link' })
    const { page } = await site.consoleOf(named('ada'), '/settings')
    await press(page, `Revoke the invite link by ${named('ada').name}`)
    const confirmation = dialog(page, 'Revoke this invite link?')
    await confirmation.getByText(`muster org revoke-secret ${body.id}`).waitFor({ state: 'attached' })
    await press(page, 'Revoke invite link')
    await said(page, 'Invite link revoked').waitFor()
    await page.getByText('No open invite links.').waitFor()
    const token = new URL(body.url).searchParams.get('token')
    expect((await site.muster.call('POST', '/v1/invitations/preview', { body: { token } })).body.code).toBe('invitation_revoked')
  })

  test('cannot be created on a plan for one person (S7)', async () => {
    const { org, named } = await site.organization({ ada: 'admin' })
    await site.muster.call('PATCH', `/v1/operator/organizations/${org}`, { token: OPERATOR_TOKEN, body: { plan: 'free' } })
    const { page } = await site.consoleOf(named('ada'), '/settings')
    const plan = page.getByRole('region', { name: 'Plan' })
    await plan.getByText('1 of 1 taken').waitFor()
    await plan.getByText("You can't invite anyone.").waitFor()
    await plan.getByText('The operator of this cloud.').waitFor()
    await press(page, 'Generate invite link')
    const form = dialog(page, 'Generate invite link')
    await form.getByText('The plan "free" is for one person').waitFor()
    await form.getByText(`No one else can join ${org} on this plan. Ask the operator of this cloud`, { exact: false }).waitFor()
    expect(await form.getByRole('button', { name: 'Generate link' }).isDisabled(), 'the button is disabled before it is pressed').toBe(true)
  })
})

describe('contacts and address', () => {
  test('refuse an unknown member, and can be undone after saving', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const { page } = await site.consoleOf(named('ada'), '/settings')
    await press(page, 'Edit contacts')
    const form = dialog(page, 'Contacts and address')
    await form.getByLabel('Technical contact').fill('nobody_here')
    await press(page, 'Save contacts')
    await form.getByText('nobody_here is not an active member.').waitFor()
    await form.getByLabel('Technical contact').fill(named('bob').name)
    await form.getByLabel('Billing contact').fill('bills@example.com')
    await form.getByLabel('Address').fill('Acme Ltd\n1 Main Street')
    await form
      .getByText(`muster org contacts --technical ${named('bob').name} --billing bills@example.com --address "Acme Ltd\\n1 Main Street"`)
      .waitFor({ state: 'attached' })
    await isForEveryone(page)
    await press(page, 'Save contacts')
    await said(page, 'Contacts and address saved').waitFor()
    const contacts = page.getByRole('region', { name: 'Contacts and address' })
    await contacts.getByRole('link', { name: named('bob').name }).waitFor()
    await contacts.getByText('1 Main Street').waitFor()
    expect((await call('GET', '')).body).toMatchObject({ technical_contact: { username: named('bob').name }, billing_contact: { email: 'bills@example.com' } })
    await press(page, 'Undo')
    await contacts.getByText('Not set', { exact: true }).first().waitFor()
    expect((await call('GET', '')).body).toMatchObject({ technical_contact: null, billing_contact: null, address: null })
  })

  test('are read-only for a member, without the billing contact', async () => {
    const { org, named } = await site.organization({ ada: 'admin', bob: 'member' })
    const { page } = await site.consoleOf(named('bob'), '/settings')
    await page.getByText('Shown to deactivated members as the person to contact.').waitFor()
    for (const name of [`Rename ${org}`, 'Edit contacts', 'Generate invite link', `Remove ${named('ada').name}`])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0)
    expect(await page.getByText('Billing').count()).toBe(0)
    await isForEveryone(page)
  })
})

describe('leaving', () => {
  test('shows what changes as soon as the dialog opens', async () => {
    const { org, named } = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = named('bob')
    const { page } = await site.consoleOf(bob, '/settings')
    await press(page, `Leave ${org}`)
    const confirmation = dialog(page, `Leave ${org}?`)
    await confirmation.getByText(`You are no longer in ${org}.`).waitFor()
    await isForEveryone(page)
    await confirmation.getByRole('button', { name: `Leave ${org}` }).click()
    await heading(page, 'Overview').waitFor()
    expect((await site.muster.call('GET', '/v1/me', { token: (await site.muster.login(bob)).token })).body.organization.name).toBe(bob.name)
  })

  test('shows every blocker as soon as the dialog opens (S24, S27)', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const [ada, bob] = [named('ada'), named('bob')]
    for (const path of ['database/orders', 'application/shop', 'application/blog']) await call('PUT', `/resources/${path}`)
    const { page } = await site.consoleOf(ada, '/settings')
    await press(page, `Leave ${org}`)
    const confirmation = dialog(page, `You can't leave ${org} yet`)
    const leave = page.getByRole('alertdialog').getByRole('button', { name: `Leave ${org}` })
    await confirmation.getByText(`You own 3 resources in ${org}`).waitFor()
    await confirmation.getByText('You are the only active admin').waitFor()
    expect(await leave.isDisabled()).toBe(true)
    expect(await confirmation.getByText('muster resource transfer --all --to USER').isVisible()).toBe(false)
    await isForEveryone(page)

    await press(page, `Make ${bob.name} an admin`)
    await said(page, `${bob.name} is now an admin`).waitFor()
    await confirmation.getByText('You are the only active admin').waitFor({ state: 'detached' })
    await confirmation.getByRole('combobox', { name: 'Transfer all to' }).fill(bob.name)
    await confirmation.getByRole('button', { name: `Transfer all 3 to ${bob.name}` }).click()
    await said(page, `3 resources transferred to ${bob.name}`).waitFor()
    await dialog(page, `Leave ${org}?`).getByText(`You are no longer in ${org}.`).waitFor()
    await leave.click()
    await heading(page, 'Overview').waitFor()
    const { items } = (await call('GET', '/resources', undefined, 'bob')).body
    expect(items.map(({ owner }: { owner: { name: string } }) => owner.name)).toEqual([bob.name, bob.name, bob.name])
  })

  test('reads the move plan again when it is refused', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = named('bob')
    const { page } = await site.consoleOf(bob, '/settings')
    await press(page, `Leave ${org}`)
    await dialog(page, `Leave ${org}?`).getByText(`You are no longer in ${org}.`).waitFor()
    await call('PUT', '/resources/database/orders', { owner: bob.name })
    await page
      .getByRole('alertdialog')
      .getByRole('button', { name: `Leave ${org}` })
      .click()
    const confirmation = dialog(page, `You can't leave ${org} yet`)
    await confirmation.getByText(`You own 1 resource in ${org}`).waitFor()
    expect(await confirmation.getByRole('combobox', { name: 'Transfer it to' }).inputValue()).toBe(named('ada').name)
  })

  test('is not offered in a personal organization', async () => {
    const alone = await site.muster.person('stays_alone')
    const { page } = await site.consoleOf(alone, '/settings')
    await page.getByText("This is your personal organization, so you can't leave it.").waitFor()
    expect(await page.getByRole('button', { name: /^Leave/ }).count()).toBe(0)
  })
})

describe('the security of the organization (F13)', () => {
  test('an admin revokes keys that were created without the factor', async () => {
    const { org, named, call } = await site.organization({ ada: 'admin', bo: 'member' })
    for (const description of ['deploys', 'backups', 'reports'])
      expect((await site.muster.call('POST', '/v1/me/keys', { token: named('bo').token, body: { description, scope: 'all' } })).status).toBe(201)
    await sql`update organization set factor_policy = 'any', factor_policy_from = now() + interval '9 days' where name = ${org}`.execute(
      site.muster.server.database.kysely,
    )
    const { page, complaints } = await site.consoleOf(named('ada'), '/settings')
    await page.getByText('Key "deploys"').waitFor()
    await isForEveryone(page)
    const boName = named('bo').name
    await press(page, `Revoke Key "deploys" of ${boName}`)
    await dialog(page, 'Revoke key "deploys"?').getByText(`It acts as ${boName} in ${org}.`).waitFor()
    await isForEveryone(page)
    await press(page, 'Revoke')
    await said(page, 'Key "deploys" revoked').waitFor()
    await page.getByText('Key "deploys"').waitFor({ state: 'detached' })
    await press(page, 'Revoke all')
    await dialog(page, 'Revoke all keys and refresh tokens that were created without the required factor?').getByRole('button', { name: 'Revoke all' }).click()
    await said(page, '2 credentials revoked').waitFor()
    await page.getByText('None', { exact: true }).waitFor()
    expect((await call('GET', '/keys')).body.items).toEqual([])
    expect(complaints).toEqual([])
  })
})
