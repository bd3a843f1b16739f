import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, heading, type Organization, press } from './visitor.ts'

// A command and its subject come from one place: the address of the subject's page.

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

const FIELD = 'Search pages, users and actions'

/** Opens the palette, types, and presses Enter once this line is selected. */
async function command(page: Page, typed: string, line: RegExp): Promise<void> {
  await page.getByLabel(FIELD).waitFor({ state: 'hidden' })
  await page.keyboard.press('Control+k')
  await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('aria-label')"), { timeout: 60_000 }).toBe(FIELD)
  await page.keyboard.type(typed)
  await page.getByRole('option', { name: line, selected: true }).waitFor()
  await page.keyboard.press('Enter')
}

/** Delays every response from this address until `release` is called. */
async function hold(page: Page, address: string | RegExp): Promise<{ requested: Promise<void>; release: () => void }> {
  const { promise: held, resolve: release } = Promise.withResolvers<void>()
  const { promise: requested, resolve: setRequested } = Promise.withResolvers<void>()
  await page.route(address, async (route: Route) => {
    setRequested()
    await held
    await route.continue()
  })
  return { requested, release }
}

/** Records every dialog title that appears in the page, however briefly. */
async function watchTitles(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`
    window.titles = new Set()
    window.look = () => { for (const { textContent } of document.querySelectorAll('[role=dialog] h2, [role=alertdialog] h2')) window.titles.add(textContent) }
    new MutationObserver(window.look).observe(document.body, { childList: true, subtree: true, characterData: true })
    window.look()
  `)
  return () => page.evaluate<string[]>('[...window.titles].filter((title) => title !== "Search or jump to")')
}

/** The username that a person has in this organization: "ben" is ben_3. */
const named = ({ org }: Organization, name: string) => `${name}${org.slice(org.lastIndexOf('_'))}`
const member = async ({ call }: Organization, username: string) => (await call('GET', `/members/${username}`)).body

describe("the palette on another user's page", () => {
  test.each([
    ['deactivate', 'Deactivate', 'Deactivate NAME Test?', 'Deactivate NAME', { status: 'deactivated' }],
    ['sign-out', 'Sign out', 'Sign NAME Test out everywhere?', 'Sign out NAME', { status: 'active' }],
    ['remove', 'Remove', 'Remove NAME Test from ORG?', 'Remove NAME', { status: 'left' }],
    ['role', 'Change the role of', 'Change the role of NAME Test', 'Make NAME an admin', { role: 'admin' }],
    ['edit', 'Edit', 'Edit NAME', 'Save changes', { given_name: 'Renamed' }],
  ])('%s acts on the named user', async (verb, label, title, button, expected) => {
    const here = await site.organization({ ada: 'admin', amy: 'member', ben: 'member' })
    const [amy, ben] = [named(here, 'amy'), named(here, 'ben')]
    const before = await member(here, amy)
    const { page, complaints } = await site.consoleOf(here.named('ada'), `/users/${amy}`)
    await heading(page, `${amy} Test`).waitFor()
    const titles = await watchTitles(page)
    await command(page, `${verb} ${ben}`, new RegExp(`^${label} ${ben}`))
    const expectedTitle = title.replace('NAME', ben).replace('ORG', here.org)
    await dialog(page, expectedTitle).waitFor()
    await page.locator('h1', { hasText: `${ben} Test` }).waitFor() // behind the dialog
    expect(await titles(), 'no other dialog was shown').toEqual([expectedTitle])
    if (verb === 'role') await page.getByLabel('Role', { exact: true }).selectOption('Admin')
    if (verb === 'edit') await page.getByLabel('Given name').fill('Renamed')
    await press(page, button.replace('NAME', ben))
    await dialog(page, expectedTitle).waitFor({ state: 'hidden' })
    expect(await member(here, ben)).toMatchObject(expected)
    expect(await member(here, amy)).toEqual(before)
    expect(complaints).toEqual([])
  })

  test('opens no dialog until the named user is loaded', async () => {
    const here = await site.organization({ ada: 'admin', amy: 'member', ben: 'member' })
    const [amy, ben] = [named(here, 'amy'), named(here, 'ben')]
    const { page } = await site.consoleOf(here.named('ada'), `/users/${amy}`)
    await heading(page, `${amy} Test`).waitFor()
    const titles = await watchTitles(page)
    const { requested, release } = await hold(page, new RegExp(`/members/${ben}$`))
    await command(page, `deactivate ${ben}`, new RegExp(`^Deactivate ${ben}`))
    await requested
    await heading(page, ben).waitFor()
    expect(await titles()).toEqual([])
    release()
    await dialog(page, `Deactivate ${ben} Test?`).waitFor()
    expect(await titles()).toEqual([`Deactivate ${ben} Test?`])
  })

  test('follows the second command when two are given quickly', async () => {
    const here = await site.organization({ ada: 'admin', amy: 'member', ben: 'member', cat: 'member' })
    const [amy, ben, cat] = [named(here, 'amy'), named(here, 'ben'), named(here, 'cat')]
    const { page } = await site.consoleOf(here.named('ada'), `/users/${amy}`)
    await heading(page, `${amy} Test`).waitFor()
    const titles = await watchTitles(page)
    const { requested, release } = await hold(page, new RegExp(`/members/${ben}$`))
    await command(page, `deactivate ${ben}`, new RegExp(`^Deactivate ${ben}`))
    await requested
    await command(page, `remove ${cat}`, new RegExp(`^Remove ${cat}`))
    await dialog(page, `Remove ${cat} Test from ${here.org}?`).waitFor()
    release()
    await page.getByRole('alertdialog').getByText('Loading their resources').waitFor({ state: 'hidden' })
    expect(await titles()).toEqual([`Remove ${cat} Test from ${here.org}?`])
  })

  test('closes when the dialog of an earlier command opens', async () => {
    const here = await site.organization({ ada: 'admin', amy: 'member', ben: 'member' })
    const [amy, ben] = [named(here, 'amy'), named(here, 'ben')]
    const { page } = await site.consoleOf(here.named('ada'), `/users/${amy}`)
    await heading(page, `${amy} Test`).waitFor()
    const { requested, release } = await hold(page, new RegExp(`/members/${ben}$`))
    await command(page, `deactivate ${ben}`, new RegExp(`^Deactivate ${ben}`))
    await requested
    await page.getByLabel(FIELD).waitFor({ state: 'hidden' })
    await page.keyboard.press('Control+k')
    await page.getByLabel(FIELD).waitFor()
    release()
    await dialog(page, `Deactivate ${ben} Test?`).waitFor()
    await page.getByLabel(FIELD).waitFor({ state: 'hidden' })
    await dialog(page, `Deactivate ${ben} Test?`).getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' })
    expect(await member(here, ben)).toMatchObject({ status: 'active' })
  })
})

test('the palette puts an exact username first', async () => {
  const here = await site.organization({ ada: 'admin', amy: 'member', x_amy: 'member' })
  const amy = named(here, 'amy')
  const { page } = await site.consoleOf(here.named('ada'), '/users')
  await heading(page, 'Manage users').waitFor()
  await command(page, `deactivate ${amy}`, new RegExp(`^Deactivate ${amy}`))
  await dialog(page, `Deactivate ${amy} Test?`).waitFor()
})

describe('a dialog about one subject', () => {
  test("is not shown on another user's page after going back", async () => {
    const here = await site.organization({ ada: 'admin', amy: 'member', ben: 'member' })
    const [amy, ben] = [named(here, 'amy'), named(here, 'ben')]
    const { page } = await site.consoleOf(here.named('ada'), `/users/${amy}`)
    await heading(page, `${amy} Test`).waitFor()
    await command(page, ben, new RegExp(`^${ben}`))
    await heading(page, `${ben} Test`).waitFor()
    await press(page, 'Deactivate')
    await dialog(page, `Deactivate ${ben} Test?`).waitFor()
    await page.goBack()
    await heading(page, `${amy} Test`).waitFor()
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' })
    await page.goForward()
    await heading(page, `${ben} Test`).waitFor()
    expect(await page.getByRole('alertdialog').count()).toBe(0)
  })

  test('is not shown on the page of another service account after going back', async () => {
    const here = await site.organization({ ada: 'admin' })
    for (const name of ['builder', 'deployer']) await here.call('POST', '/service-accounts', { name })
    const { page } = await site.consoleOf(here.named('ada'), '/keys/service-accounts/builder')
    await heading(page, 'builder').waitFor()
    await command(page, 'deployer', /^deployer/)
    await heading(page, 'deployer').waitFor()
    await press(page, 'Create key')
    await page.getByRole('dialog', { name: /key/i }).waitFor()
    await page.goBack()
    await heading(page, 'builder').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  test('opens on its own page when two pages use the same URL hash', async () => {
    const here = await site.organization({ ada: 'admin' })
    const { page } = await site.consoleOf(here.named('ada'), '/nowhere')
    const { requested, release } = await hold(page, '**/assets/keys-*.js')
    await page.goto('/console/keys/service-accounts')
    await heading(page, 'Keys').waitFor()
    await requested // The script of the other page is requested and delayed.
    const titles = await watchTitles(page)
    await command(page, 'create key', /^Create key/)
    await expect.poll(() => page.evaluate('location.pathname + location.hash')).toBe('/console/keys#create')
    release()
    await dialog(page, 'Create key').waitFor()
    expect(await titles()).toEqual(['Create key'])
  })
})

test('the palette keeps its selection when new results move the lines', async () => {
  const here = await site.organization({ ada: 'admin', amy: 'member', ann: 'member' })
  const { page } = await site.consoleOf(here.named('ada'), '/users')
  await heading(page, 'Manage users').waitFor()
  await choose(page, `Account menu of ${named(here, 'ada')}`, 'My profile')
  await heading(page, 'My profile').waitFor()
  const { release } = await hold(page, '**/members?*q=*')
  await page.keyboard.press('Control+k')
  await page.getByLabel(FIELD).fill('key')
  await page.getByRole('option', { name: 'Create key' }).waitFor()
  await page.keyboard.press('End')
  const chosen = await page.getByRole('option', { selected: true }).innerText()
  release()
  await page.getByText('Searching for').waitFor({ state: 'hidden' })
  expect(await page.getByRole('option', { selected: true }).innerText()).toBe(chosen)
})
