import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, dialog, heading, isForEveryone, type Office, press, said } from './visitor.ts'

// Axe looks at every element, in both themes.

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office?.close())

let organizations = 0
async function anOrganization(roles: Record<string, 'admin' | 'member'>) {
  const suffix = `_s${++organizations}`
  const people = await office.muster.organization(Object.fromEntries(Object.entries(roles).map(([name, role]) => [`${name}${suffix}`, role])))
  const named = (name: string) => people[`${name}${suffix}`] as Human
  const org = Object.keys(people)[0] ?? ''
  const call = (method: string, path: string, body?: unknown, by = Object.keys(roles)[0] ?? '') =>
    office.muster.call(method, `/v1/organizations/${org}${path}`, { token: named(by).token, body })
  return { org, label: org.replaceAll('_', '-'), named, call }
}

describe('renaming with the pencil', () => {
  test('lists every URL that changes, asks to type the name, renames, and can be taken back (S41)', async () => {
    const { org, label, named, call } = await anOrganization({ ada: 'admin' })
    await call('PUT', '/resources/application/shop')
    await call('PUT', '/resources/application/status_page')
    const { page, complaints } = await office.consoleOf(named('ada'), '/settings')
    await heading(page, 'Organization settings').waitFor()
    await isForEveryone(page)
    await press(page, `Rename ${org}`)
    const form = dialog(page, `Rename ${org}`)
    await form.getByLabel('New name').fill('renamed_labs')
    await form.getByText('2 addresses will change').waitFor()
    const urls = form.getByRole('list', { name: 'Addresses that change' })
    await urls.getByText(`https://${label}-shop.cloud.localhost/`).waitFor()
    await urls.getByText('https://renamed-labs-shop.cloud.localhost/').waitFor()
    await urls.getByText('https://renamed-labs-status-page.cloud.localhost/').waitFor()
    await form.getByText(`muster org rename ${org} renamed_labs`).waitFor()
    await isForEveryone(page)

    await press(page, 'Rename to renamed_labs')
    await form.getByText(`This is not ${org}.`).waitFor()
    expect((await call('GET', '')).body.name).toBe(org)
    await form.getByLabel(`Type ${org} to confirm`).fill(org)
    await press(page, 'Rename to renamed_labs')
    await said(page, `${org} is called renamed_labs now`).waitFor()
    await page.getByRole('button', { name: 'Rename renamed_labs' }).waitFor()
    await page.getByRole('banner').getByText('renamed_labs').waitFor()
    await press(page, 'Rename back')
    await page.getByRole('button', { name: `Rename ${org}`, exact: true }).waitFor()
    expect(complaints).toEqual([])
  })

  test('says what cannot be a name as one types, and what is taken or clashes before anything is done', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin' })
    const rival = await office.muster.person('rival_x')
    await office.muster.call('PUT', '/v1/organizations/rival_x/resources/application/y-shop', { token: rival.token, body: {} })
    await call('PUT', '/resources/application/shop')
    const { page } = await office.consoleOf(named('ada'), '/settings')
    await press(page, `Rename ${org}`)
    const form = dialog(page, `Rename ${org}`)
    const name = form.getByLabel('New name')
    await name.fill('Not a name')
    await form.getByText('3 to 30 characters: lowercase letters, digits and underscores.').waitFor()
    await name.fill('admin')
    await form.getByText('This name is reserved.').waitFor()
    await name.fill('rival_x')
    await form.getByText('This name is taken.').waitFor()
    await name.fill('rival_x_y')
    await form.getByText('An application address would clash with one that exists.').waitFor()
    await form.getByRole('list', { name: 'Addresses in the way' }).getByText('rival-x-y-shop').waitFor()
    await isForEveryone(page)
  })

  test('says when the next is possible after five in 30 days', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin' })
    let from = org
    for (const to of ['often_1', 'often_2', 'often_3', 'often_4', org]) {
      expect((await office.muster.call('POST', `/v1/organizations/${from}/rename`, { token: named('ada').token, body: { from, to } })).status).toBe(200)
      from = to
    }
    expect((await call('GET', '')).body.name).toBe(org)
    const { page } = await office.consoleOf(named('ada'), '/settings#rename')
    await page.getByLabel('New name').fill('often_5')
    await page.getByText('Five renames in 30 days are the most').waitFor()
    await page.getByText(/The next one is possible\s+in (29 days|30 days|1 month|last month)/).waitFor()
  })

  test('does not overrule somebody who renamed it meanwhile: it says so, and goes on from the new name when asked', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin' })
    const { page } = await office.consoleOf(named('ada'), '/settings')
    await press(page, `Rename ${org}`)
    await call('POST', '/rename', { from: org, to: 'quicker_name' })
    await page.getByLabel('New name').fill('slower_name')
    await page.getByText('Somebody else renamed it to quicker_name').waitFor()
    await press(page, 'Go on from quicker_name')
    await page.getByLabel('Type quicker_name to confirm').fill('quicker_name')
    await press(page, 'Rename to slower_name')
    await said(page, 'quicker_name is called slower_name now').waitFor()
  })
})

describe('members with a bin', () => {
  test('removes one: what ends, what is handed over and to whom, which keys to roll (S28, S37)', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin', bob: 'admin' })
    const [ada, bob] = [named('ada'), named('bob')]
    await call('PUT', '/resources/application/shop', { owner: bob.name })
    await call('POST', '/service-accounts', { name: 'deployer' }, 'bob')
    await call('POST', '/service-accounts/deployer/keys', { description: 'CI of the shop' }, 'bob')
    const { page } = await office.consoleOf(ada, '/settings')
    const members = page.getByRole('region', { name: 'Members' })
    await members.getByRole('link', { name: bob.name, exact: true }).waitFor()
    expect(await members.getByRole('button', { name: `Remove ${ada.name}` }).count(), 'nobody removes themselves').toBe(0)
    await press(page, `Remove ${bob.name}`)
    const asked = dialog(page, new RegExp(`^Remove ${bob.name} Test from ${org}`))
    await asked.getByText(`Handed over to you, ${ada.name}`).waitFor()
    await asked.getByText('1 resource: application shop').waitFor()
    await isForEveryone(page)
    await asked.getByRole('button', { name: `Remove ${bob.name}` }).click()
    const told = dialog(page, `${bob.name} is removed`)
    await told.getByText('deployer: CI of the shop').waitFor()
    await press(page, 'Done')
    await members.getByRole('link', { name: bob.name, exact: true }).waitFor({ state: 'detached' })
  })
})

describe('invite links', () => {
  test('one is generated, copied, counted down, used once, and then gone from the list', async () => {
    const { org, named } = await anOrganization({ ada: 'admin' })
    const { page, complaints } = await office.consoleOf(named('ada'), '/settings')
    await press(page, 'Generate invite link')
    const form = dialog(page, 'Generate invite link')
    await form.getByLabel('Role').selectOption('Admin')
    await form.getByText('muster org invite --link --role admin').waitFor()
    await form.getByLabel('Role').selectOption('Member')
    await isForEveryone(page)
    await press(page, 'Generate link')
    const made = dialog(page, 'The invite link')
    await made.getByText(`One member of ${org}, once`).waitFor()
    await made.getByText(/^in (23 h|1 d 0 h|1 d)/).waitFor()
    await made.getByRole('button', { name: 'Copy the invite link' }).click()
    const url = (await page.evaluate('navigator.clipboard.readText()')) as string
    expect(url).toMatch(new RegExp(`^${office.muster.url}/join\\?token=`))
    await isForEveryone(page)
    await press(page, 'Done')
    const list = page.getByRole('list', { name: 'Open invite links' })
    await list.getByText(/for one member, by/).waitFor()
    await page.evaluate('navigator.clipboard.writeText("")')
    await press(page, `Copy the invite link by ${named('ada').name}`)
    await said(page, 'The invite link is copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(url)

    const guest = await office.muster.person('guest_of_link')
    const token = new URL(url).searchParams.get('token')
    expect((await office.muster.call('POST', '/v1/invitations/accept', { token: guest.token, body: { token } })).status).toBe(200)
    await page.reload()
    await page.getByText('None is open.').waitFor()
    expect(complaints).toEqual([])
  })

  test('one is revoked, and opens nothing then', async () => {
    const { named, call } = await anOrganization({ ada: 'admin' })
    const { body } = await call('POST', '/secrets', { kind: 'link' })
    const { page } = await office.consoleOf(named('ada'), '/settings')
    await press(page, `Revoke the invite link by ${named('ada').name}`)
    const asked = dialog(page, 'Revoke this invite link?')
    await asked.getByText(`muster org revoke-secret ${body.id}`).waitFor()
    await press(page, 'Revoke invite link')
    await said(page, 'The invite link is revoked').waitFor()
    await page.getByText('None is open.').waitFor()
    const token = new URL(body.url).searchParams.get('token')
    expect((await office.muster.call('POST', '/v1/invitations/preview', { body: { token } })).body.code).toBe('invitation_revoked')
  })

  test('on a plan for one person it is said what plan it needs, and who changes it (S7)', async () => {
    const { org, named } = await anOrganization({ ada: 'admin' })
    await office.muster.call('PATCH', `/v1/operator/organizations/${org}`, { token: OPERATOR_TOKEN, body: { plan: 'free' } })
    const { page } = await office.consoleOf(named('ada'), '/settings')
    const plan = page.getByRole('region', { name: 'Plan' })
    await plan.getByText('1 of 1 taken').waitFor()
    await plan.getByText('Nobody can be invited.').waitFor()
    await plan.getByText('The people who run this cloud.').waitFor()
    await press(page, 'Generate invite link')
    const form = dialog(page, 'Generate invite link')
    await form.getByText('The plan "free" is for one person').waitFor()
    await form.getByText(`Nobody else can join ${org} on it. Ask the people who run this cloud`, { exact: false }).waitFor()
    expect(await form.getByRole('button', { name: 'Generate link' }).isDisabled(), 'it is said before anything is pressed').toBe(true)
  })
})

describe('contacts and address', () => {
  test('are changed one by one, refused where they are nobody, and the change can be undone', async () => {
    const { named, call } = await anOrganization({ ada: 'admin', bob: 'member' })
    const { page } = await office.consoleOf(named('ada'), '/settings')
    await press(page, 'Edit contacts')
    const form = dialog(page, 'Contacts and address')
    await form.getByLabel('Technical contact').fill('nobody_here')
    await press(page, 'Save contacts')
    await form.getByText('nobody_here is not an active member.').waitFor()
    await form.getByLabel('Technical contact').fill(named('bob').name)
    await form.getByLabel('Billing contact').fill('bills@example.com')
    await form.getByLabel('Address').fill('Acme Ltd\n1 Main Street')
    await form.getByText(`muster org contacts --technical ${named('bob').name} --billing bills@example.com --address "Acme Ltd\\n1 Main Street"`).waitFor()
    await isForEveryone(page)
    await press(page, 'Save contacts')
    await said(page, 'Contacts and address are saved').waitFor()
    const shown = page.getByRole('region', { name: 'Contacts and address' })
    await shown.getByRole('link', { name: named('bob').name }).waitFor()
    await shown.getByText('1 Main Street').waitFor()
    expect((await call('GET', '')).body).toMatchObject({ technical_contact: { username: named('bob').name }, billing_contact: { email: 'bills@example.com' } })
    await press(page, 'Undo')
    await shown.getByText('None is set.', { exact: true }).first().waitFor()
    expect((await call('GET', '')).body).toMatchObject({ technical_contact: null, billing_contact: null, address: null })
  })

  test('a member sees whom to ask and the plan, and nothing to change', async () => {
    const { org, named } = await anOrganization({ ada: 'admin', bob: 'member' })
    const { page } = await office.consoleOf(named('bob'), '/settings')
    await page.getByText('Whom somebody who is deactivated is told to ask.').waitFor()
    for (const name of [`Rename ${org}`, 'Edit contacts', 'Generate invite link', `Remove ${named('ada').name}`])
      expect(await page.getByRole('button', { name }).count(), name).toBe(0)
    expect(await page.getByText('Billing').count()).toBe(0)
    await isForEveryone(page)
  })
})

describe('leaving', () => {
  test('lists all that keeps one here, clears it with a press and a link, and then lets one go (S24, S27)', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin', bob: 'member' })
    const [ada, bob] = [named('ada'), named('bob')]
    await call('PUT', '/resources/database/orders')
    const { page } = await office.consoleOf(ada, '/settings')
    const leave = async () => {
      await press(page, `Leave ${org}`)
      await dialog(page, `Leave ${org}?`)
        .getByRole('button', { name: `Leave ${org}` })
        .click()
    }
    await leave()
    const asked = dialog(page, `Leave ${org}?`)
    await asked.getByText(`You own the database orders of ${org}.`).waitFor()
    await asked.getByText('You are the only active admin').waitFor()
    await isForEveryone(page)
    await press(page, `Make ${bob.name} admin`)
    await said(page, `${bob.name} is an admin now`).waitFor()
    await asked.getByRole('button', { name: `Leave ${org}` }).click()
    await asked.getByRole('link', { name: 'Hand it over' }).click()
    await heading(page, 'Resources').waitFor()
    await page.getByText('1 in all').waitFor()
    await call('POST', '/resources/database/orders/transfer', { owner: bob.name })
    await page.goto('/console/settings')
    await leave()
    await heading(page, 'Overview').waitFor()
    expect((await office.muster.call('GET', `/v1/organizations/${org}/members`, { token: bob.token })).body.items).toHaveLength(1)
  })

  test('one does not leave the personal organization', async () => {
    const alone = await office.muster.person('stays_alone')
    const { page } = await office.consoleOf(alone, '/settings')
    await page.getByText('This is your personal organization, and stays yours.').waitFor()
    expect(await page.getByRole('button', { name: /^Leave/ }).count()).toBe(0)
  })
})
