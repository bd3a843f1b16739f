import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, heading, type Organization, press, said } from './visitor.ts'

// Measurable properties of the console's appearance: forced colours, narrow screens, and one style for each kind of control.
let site: ConsoleSite
let acme: Organization
beforeAll(async () => {
  site = await aConsole()
  acme = await site.organization({ ada: 'admin', bob: 'member' })
  await acme.call('PUT', '/resources/application/shop', { owner: acme.named('bob').name })
  await acme.call('POST', '/service-accounts', { name: 'deployer' })
  await acme.call('POST', '/service-accounts/deployer/keys', { description: 'CI', scope: 'all' })
  await acme.call('POST', '/resources/application/shop/transfer', { owner: acme.named('ada').name })
})
afterAll(() => site.close())

/** Every page of an admin. */
const pages = (): string[] => [
  '/',
  '/users',
  `/users/${acme.named('bob').name}`,
  '/users/invitations',
  '/resources',
  '/keys',
  '/keys/all',
  '/keys/service-accounts',
  '/keys/service-accounts/deployer',
  '/audit',
  '/settings',
  '/settings/applications',
  '/sessions',
  '/applications',
  '/profile',
]
const ready = async (page: Page) => {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('[aria-label^="Loading"]').first().waitFor({ state: 'detached' })
}
/** Evaluates an expression in the page for each matching element. */
const inEach = <Result = string>(page: Page, selector: string, expression: string): Promise<Result[]> =>
  page.evaluate(`[...document.querySelectorAll(${JSON.stringify(selector)})].map((element) => ${expression})`)
const colours = (page: Page, selector: string) => inEach(page, selector, "getComputedStyle(element).backgroundColor + ' ' + getComputedStyle(element).color")

describe('forced colours', () => {
  test('mark the current page in the navigation and the current tab', async () => {
    const { page } = await site.consoleOf(acme.named('ada'), '/users')
    await ready(page)
    await page.emulateMedia({ forcedColors: 'active' })
    for (const label of ['Main', 'Users and invitations']) {
      const nav = `nav[aria-label="${label}"]`
      const [current] = await colours(page, `${nav} a[aria-current="page"]`)
      const others = await colours(page, `${nav} li a:not([aria-current]), ${nav} > a:not([aria-current])`)
      expect([label, current]).toEqual([label, expect.any(String)])
      expect(others.length, label).toBeGreaterThan(0)
      expect(others, label).not.toContain(current)
    }
    await page.emulateMedia({ forcedColors: null })
  })
})

describe('at 320 px', () => {
  test('facts stand below their names', async () => {
    const { page } = await site.consoleOf(acme.named('ada'), '/settings', { width: 320, height: 700 })
    await ready(page)
    const name = await page.getByRole('term').filter({ hasText: 'Organization id' }).boundingBox()
    const value = await page.getByRole('definition').filter({ hasText: /org_/ }).boundingBox()
    expect(value?.x).toBe(name?.x)
    expect(value?.y).toBeGreaterThanOrEqual((name?.y ?? 0) + (name?.height ?? 0))
  })
})

describe('organization settings', () => {
  test('have no scrolling area inside the page', async () => {
    const { page } = await site.consoleOf(acme.named('ada'), '/settings')
    await ready(page)
    const scrolling = await inEach(page, 'main *', "/auto|scroll/.test(getComputedStyle(element).overflowY) ? element.outerHTML.slice(0, 80) : ''")
    expect(scrolling.filter((html) => html !== '')).toEqual([])
  })

  test('show the number of members but do not list them', async () => {
    const { page } = await site.consoleOf(acme.named('ada'), '/settings')
    await ready(page)
    await page.getByText('2 active').waitFor()
    await page.locator('main').getByRole('link', { name: 'Manage users' }).waitFor()
    expect(await page.locator('main').getByText(acme.named('bob').name).count()).toBe(0)
  })
})

test('every select has the same look', async () => {
  const looks = new Set<string>()
  let count = 0
  const { page } = await site.consoleOf(acme.named('ada'), '/users')
  for (const path of ['/users', '/users/invitations', '/audit', '/resources', '/keys/all', '/users#invite']) {
    await page.goto(`/console${path}`)
    // A dialog hides the page, with its heading, from screen readers.
    if (path.endsWith('#invite')) await dialog(page, 'Invite new user').waitFor()
    else await ready(page)
    const properties = "['appearance', 'border-radius', 'padding-right', 'font-size', 'height']"
    const look = `[...${properties}.map((name) => getComputedStyle(element).getPropertyValue(name)), element.nextElementSibling?.tagName].join(' ')`
    for (const one of await inEach(page, 'select', look)) {
      looks.add(one)
      count++
    }
  }
  expect(count).toBeGreaterThan(5)
  expect([...looks]).toEqual([expect.stringMatching(/^none .* svg$/)])
})

test('a page shows at most one collapsed command', async () => {
  const { page } = await site.consoleOf(acme.named('ada'), '/')
  for (const path of pages()) {
    await page.goto(`/console${path}`)
    await ready(page)
    expect([
      path,
      await page
        .locator('main')
        .getByText(/^Show commands?$/)
        .count(),
    ]).toEqual([path, expect.toSatisfy((count: number) => count <= 1)])
    expect([
      path,
      await page
        .locator('main code')
        .filter({ hasText: /^\s*\$\s*muster / })
        .filter({ visible: true })
        .count(),
    ]).toEqual([path, 0])
  }
  await page.getByText('Show commands').click()
  await page.getByText('muster profile').waitFor()
})

describe('deactivation', () => {
  test('has the colour of reversible actions, and removal the colour of danger', async () => {
    const bob = acme.named('bob').name
    const { page } = await site.consoleOf(acme.named('ada'), `/users/${bob}`)
    const token = (name: string): Promise<string> =>
      page.evaluate(`(() => {
        const probe = document.body.appendChild(document.createElement('i'))
        probe.style.color = 'var(${name})'
        const { color } = getComputedStyle(probe)
        probe.remove()
        return color
      })()`)
    const shown = async (selector: string, property: string) =>
      Object.fromEntries(await inEach<[string, string]>(page, selector, `[element.textContent, getComputedStyle(element).getPropertyValue('${property}')]`))
    await press(page, 'Deactivate')
    await dialog(page, new RegExp(`^Deactivate ${bob}`)).waitFor()
    const [paused, danger] = [await token('--paused'), await token('--danger')]
    expect(await shown('[role="alertdialog"] button', 'background-color')).toMatchObject({ [`Deactivate ${bob}`]: paused })
    await press(page, 'Cancel')
    await press(page, `Actions for ${bob}`)
    await page.getByRole('menuitem', { name: 'Remove' }).waitFor()
    expect(await shown('[role="menuitem"]', 'color')).toMatchObject({ Deactivate: paused, Remove: danger })
  })
})

test('first steps stay dismissed in this browser', async () => {
  const newcomer = await site.muster.person('dismissing')
  const { page } = await site.consoleOf(newcomer, '/')
  const steps = page.getByRole('region', { name: 'First steps' })
  await steps.waitFor()
  await press(page, 'Dismiss first steps')
  await steps.waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('region', { name: 'Newest resources' }).getByText('No resources yet').waitFor()
  expect(await steps.count()).toBe(0)
})

test('an event shows people by name before any id', async () => {
  const { page } = await site.consoleOf(acme.named('ada'), '/audit?action=resource.transferred')
  await page.getByRole('button', { name: /shop/ }).first().click()
  const shown = page.getByRole('dialog')
  await shown.getByRole('link', { name: acme.named('bob').name }).waitFor()
  const text = await shown.innerText()
  const firstId = text.search(/\b(usr|res|evt|ses|key|org)_[0-9a-z]{20,}/)
  for (const name of [acme.named('ada').name, acme.named('bob').name])
    expect([name, text.indexOf(name)]).toEqual([name, expect.toSatisfy((at: number) => at >= 0 && at < firstId)])
})

describe('after a conflict', () => {
  test('a dialog says what happened and offers to close when its object is gone', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'member' })
    const bob = named('bob').name
    const { page } = await site.consoleOf(named('ada'), '/users')
    await choose(page, `Actions for ${bob}`, 'Deactivate')
    await dialog(page, new RegExp(`^Deactivate ${bob}`)).waitFor()
    await call('DELETE', `/members/${bob}`)
    await press(page, `Deactivate ${bob}`)
    const conflictDialog = page.getByRole('alertdialog')
    await conflictDialog.getByRole('button', { name: 'Close' }).waitFor()
    expect(await conflictDialog.getByRole('heading').innerText()).not.toContain('Deactivate')
    expect(await conflictDialog.getByRole('button').allInnerTexts()).toEqual(['Close'])
    await press(page, 'Close')
    await conflictDialog.waitFor({ state: 'detached' })
  })

  test('the last admin can be deactivated only after another admin is promoted', async () => {
    const { named, call } = await site.organization({ ada: 'admin', bob: 'admin', carol: 'member' })
    const [ada, bob, carol] = ['ada', 'bob', 'carol'].map((name) => named(name).name)
    const { page } = await site.consoleOf(named('ada'), '/users')
    await heading(page, 'Manage users').waitFor()
    await choose(page, `Actions for ${bob}`, 'Deactivate')
    const action = page.getByRole('alertdialog').getByRole('button', { name: `Deactivate ${bob}`, exact: true })
    await action.waitFor()
    expect(await action.isEnabled()).toBe(true)
    // The server answers like this when two admins act at the same moment, which a browser test cannot time.
    await page.route(`**/members/*/deactivate`, (route) =>
      route.fulfill({
        status: 409,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: 'about:blank',
          title: 'An organization with members must have an active admin.',
          status: 409,
          code: 'last_admin',
          next: 'Make another active member admin first.',
          request_id: 'r1',
          candidates: [{ id: named('carol').id, username: carol }],
        }),
      }),
    )
    await action.click()
    await page.getByText('Make one of these members an admin first.').waitFor()
    expect(await action.isDisabled()).toBe(true)
    await press(page, `Make ${carol} an admin`)
    await said(page, `${carol} is now an admin`).waitFor()
    expect(await action.isEnabled()).toBe(true)
    await page.unroute(`**/members/*/deactivate`)
    await action.click()
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    const { body } = await call('GET', `/members/${bob}`)
    expect([ada, body.status]).toEqual([ada, 'deactivated'])
  })
})
