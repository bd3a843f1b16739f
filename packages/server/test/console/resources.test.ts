import type { Human } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, choose, dialog, heading, isForEveryone, type Office, press, said } from './visitor.ts'

// Axe looks at every element, in both themes.

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office?.close())

/** An organization of its own for each test, so that none disturbs another. */
let organizations = 0
async function anOrganization(roles: Record<string, 'admin' | 'member'>) {
  const suffix = `_${++organizations}`
  const people = await office.muster.organization(Object.fromEntries(Object.entries(roles).map(([name, role]) => [`${name}${suffix}`, role])))
  const named = (name: string) => people[`${name}${suffix}`] as Human
  const org = Object.keys(people)[0] ?? ''
  const call = (method: string, path: string, body?: unknown) =>
    office.muster.call(method, `/v1/organizations/${org}${path}`, { token: named(Object.keys(roles)[0] ?? '').token, body })
  return { org, named, call }
}

const host = (org: string, app: string) => `${org.replaceAll('_', '-')}-${app}.cloud.localhost`

describe('the resources', () => {
  test('are listed with kind, owner, address and since when, and filtered in the address bar', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin', bob: 'member' })
    await call('PUT', '/resources/application/shop', { owner: named('bob').name })
    await call('PUT', '/resources/database/orders')
    const { page, complaints } = await office.consoleOf(named('ada'), '/resources')
    await heading(page, 'Resources').waitFor()
    const shop = page.getByRole('row', { name: new RegExp(`shop.*application.*${named('bob').name}.*${host(org, 'shop')}.*just now`) })
    await shop.waitFor()
    await page.getByRole('row', { name: new RegExp(`orders.*database.*${named('ada').name}`) }).waitFor()
    await isForEveryone(page)

    await page.getByLabel('Kind').selectOption('database')
    await page.getByText('1 in all').waitFor()
    expect(new URL(page.url()).searchParams.get('kind')).toBe('database')
    await page.getByLabel('Owner').selectOption(`${named('ada').name} (you)`)
    await page.reload()
    await page.getByText('1 in all').waitFor()
    await page.getByLabel('Kind').selectOption('application')
    await page.getByRole('heading', { name: 'No resource fits' }).waitFor()
    await press(page, 'Clear the filters')
    await page.getByText('2 in all').waitFor()
    await choose(page, 'Actions for application shop', 'Copy URL')
    await said(page, 'The URL is copied').waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(`https://${host(org, 'shop')}/`)
    expect(complaints).toEqual([])
  })

  test('each opens with its id, its address, its owner and its command; at 900 px the address is in the row', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin' })
    await call('PUT', '/resources/application/shop')
    const { page } = await office.consoleOf(named('ada'), '/resources', { viewport: { width: 900, height: 800 } })
    const address = page.getByRole('link', { name: host(org, 'shop') })
    await address.waitFor()
    expect((await address.boundingBox())?.width).toBeGreaterThan(100)
    await press(page, 'shop')
    const one = dialog(page, 'application shop')
    await one.getByText('muster resource show application/shop').waitFor()
    await one.getByText(/^res_/).waitFor()
    await one.getByRole('link', { name: named('ada').name }).waitFor()
    await isForEveryone(page)
  })

  test('teach, where there are none, with the command and with what a platform says', async () => {
    const { org, named } = await anOrganization({ ada: 'admin' })
    const { page } = await office.consoleOf(named('ada'), '/resources')
    await page.getByRole('heading', { name: 'Nothing runs here yet' }).waitFor()
    await page.getByText('muster resource add application/shop').waitFor()
    await page.getByText(`curl -X PUT ${office.muster.url}/v1/organizations/${org}/resources/application/shop`).waitFor()
    await isForEveryone(page)
  })

  test('are registered by hand; what cannot be a name and what clashes is said, the clash with its address (S40)', async () => {
    const { org, named } = await anOrganization({ ada: 'admin' })
    const { page } = await office.consoleOf(named('ada'), '/resources')
    await page.getByRole('heading', { name: 'Nothing runs here yet' }).waitFor()
    // By the palette, which knows the actions too.
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Find a page, a person or an action' }).fill('register')
    await page.getByRole('option', { name: 'Register resource' }).click()
    const form = dialog(page, 'Register a resource')
    await form.getByLabel('Name').fill('Shop')
    await press(page, 'Register')
    await form.getByText('3 to 30 characters: lowercase letters, digits, _ and -.').waitFor()
    await form.getByLabel('Name').fill('my_shop')
    await form.getByText('muster resource add application/my_shop').waitFor()
    await isForEveryone(page)
    await press(page, 'Register')
    await said(page, 'application my_shop is registered').waitFor()
    await page.getByRole('row', { name: new RegExp(host(org, 'my-shop')) }).waitFor()

    await press(page, 'Register resource')
    await form.getByLabel('Name').fill('my-shop')
    await press(page, 'Register')
    await form.getByText('An application address would clash with one that exists.').waitFor()
    await form.getByText(`Taken: ${host(org, 'my-shop').split('.')[0]}.`).waitFor()
    await form.getByLabel('Name').fill('my_shop')
    await press(page, 'Register')
    await page.getByText('1 in all').waitFor()
  })
})

describe('handing over', () => {
  test('goes to a member found by typing, with the keyboard alone, and can be given back', async () => {
    const { named, call } = await anOrganization({ ada: 'admin', bob: 'member', carol: 'member' })
    const [ada, bob, carol] = [named('ada'), named('bob'), named('carol')]
    await call('POST', `/members/${carol.name}/deactivate`, {})
    await call('PUT', '/resources/application/shop')
    const { page } = await office.consoleOf(ada, '/resources')
    await choose(page, 'Actions for application shop', 'Hand over')
    const form = dialog(page, 'Hand over shop')
    const owner = form.getByRole('combobox', { name: 'New owner' })
    await form.getByRole('option', { name: bob.name }).waitFor()
    expect(await form.getByRole('option').count(), 'neither the owner nor somebody deactivated').toBe(1)
    await isForEveryone(page)
    await owner.fill('bob')
    await form.getByRole('option', { name: bob.name }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    expect(await owner.inputValue()).toBe(bob.name)
    await form.getByText(`muster resource transfer application/shop ${bob.name}`).waitFor()
    await page.keyboard.press('Enter')
    await said(page, `shop is ${bob.name}'s now`).waitFor()
    await page.getByRole('row', { name: new RegExp(`shop.*${bob.name}`) }).waitFor()
    await press(page, `Give back to ${ada.name}`)
    await page.getByRole('row', { name: new RegExp(`shop.*${ada.name}`) }).waitFor()
  })

  test('goes to a service account; somebody who cannot own is refused with the reason', async () => {
    const { named, call } = await anOrganization({ ada: 'admin', bob: 'member' })
    await call('POST', '/service-accounts', { name: 'deployer' })
    await call('PUT', '/resources/database/orders')
    await call('POST', `/members/${named('bob').name}/deactivate`, {})
    const { page } = await office.consoleOf(named('ada'), '/resources')
    await choose(page, 'Actions for database orders', 'Hand over')
    const form = dialog(page, 'Hand over orders')
    await press(page, 'Hand over')
    await form.getByText('Name somebody.').waitFor()
    await form.getByRole('combobox').fill(named('bob').name)
    await press(page, `Hand over to ${named('bob').name}`)
    await form.getByText('Only who is active in the organization can own its resources.').waitFor()
    await form.getByRole('combobox').fill('dep')
    await form.getByRole('option', { name: /deployer Service account/ }).click()
    await press(page, 'Hand over to deployer')
    await page.getByRole('row', { name: /orders.*deployer service account/ }).waitFor()
  })
})

describe('removing', () => {
  test('asks to type the name, and says that the address stays held', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin' })
    await call('PUT', '/resources/application/shop')
    const { page } = await office.consoleOf(named('ada'), '/resources')
    await choose(page, 'Actions for application shop', 'Remove')
    const asked = dialog(page, 'Remove the application shop?')
    await asked.getByText(`Nothing answers at ${host(org, 'shop')} any more`).waitFor()
    await asked.getByText('nobody else can take it').waitFor()
    await asked.getByText('muster resource remove application/shop').waitFor()
    await press(page, 'Remove shop')
    await asked.getByText('This is not shop.').waitFor()
    expect((await call('GET', '/resources/application/shop')).status).toBe(200)
    await isForEveryone(page)
    await asked.getByLabel('Type shop to confirm').fill('shop')
    await press(page, 'Remove shop')
    await said(page, 'application shop is removed').waitFor()
    await page.getByRole('heading', { name: 'Nothing runs here yet' }).waitFor()
    expect((await call('GET', '/resources/application/shop')).status).toBe(404)
  })

  test('what somebody else removed meanwhile is said, and the list is brought up to date', async () => {
    const { named, call } = await anOrganization({ ada: 'admin' })
    await call('PUT', '/resources/database/orders')
    const { page } = await office.consoleOf(named('ada'), '/resources')
    await choose(page, 'Actions for database orders', 'Remove')
    await call('DELETE', '/resources/database/orders')
    await page.getByLabel('Type orders to confirm').fill('orders')
    await press(page, 'Remove orders')
    await page.getByText('There is no such resource.').waitFor()
    await press(page, 'Cancel')
    await page.getByRole('heading', { name: 'Nothing runs here yet' }).waitFor()
  })
})

describe('moving to another organization', () => {
  test('what keeps one here is cleared in the console, by the link beside it, and then one moves (S24)', async () => {
    const { org, named, call } = await anOrganization({ ada: 'admin', bob: 'member' })
    const bob = named('bob')
    await call('PUT', '/resources/application/shop', { owner: bob.name })
    const host = await office.muster.person('another_host')
    const { body } = await office.muster.call('POST', '/v1/organizations/another_host/secrets', { token: host.token, body: { kind: 'link' } })
    const { page } = await office.consoleOf(bob, '/resources')
    await heading(page, 'Resources').waitFor()
    await page.goto(body.url)
    await page.getByText(`You own the application shop of ${org}.`).waitFor()
    await page.getByRole('link', { name: 'Hand it over in the console' }).click()
    await page.getByText('1 in all').waitFor()
    await choose(page, 'Actions for application shop', 'Hand over')
    await page.getByRole('combobox', { name: 'New owner' }).fill(named('ada').name)
    await press(page, `Hand over to ${named('ada').name}`)
    await page.getByRole('heading', { name: 'No resource fits' }).waitFor()
    await page.goto('/join')
    await press(page, 'Move account')
    await page.getByText('You are in another_host').first().waitFor()
    expect((await office.muster.call('GET', '/v1/organizations/another_host/members', { token: host.token })).body.items).toHaveLength(2)
  })
})
