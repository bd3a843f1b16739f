import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signIn } from '../journeys/person.ts'
import { aConsole, type ConsoleSite, choose, dialog, heading, isForEveryone, press } from './visitor.ts'

// isForEveryone checks a page in both themes and at 320 px.

let site: ConsoleSite
let ada: Human
let bob: Human
beforeAll(async () => {
  site = await aConsole()
  const people = await site.muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })
  ada = people['ada'] as Human
  bob = people['bob'] as Human
})
afterAll(() => site?.close())

describe('a page of the console', () => {
  test('opens with its filters after signing in', async () => {
    const { page, context } = await site.consoleOf(ada, '/users?status=active')
    await page.goto('about:blank') // Otherwise a pending request of that page would redirect to sign-in with its own address.
    await context.clearCookies()
    await page.goto('/console/users?q=bo&role=member')
    await page.getByLabel('Email or username').waitFor()
    await signIn(page, 'ada')
    await heading(page, 'Manage users').waitFor()
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/console/users?q=bo&role=member')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
  })

  test('opens the dialog in its URL after signing in', async () => {
    const { page, context } = await site.consoleOf(ada, '/users')
    await page.goto('about:blank')
    await context.clearCookies()
    await page.goto('/console/settings#rename')
    await signIn(page, 'ada')
    await dialog(page, 'Rename ada').waitFor()
    expect(new URL(page.url()).hash).toBe('#rename')
    await page.goto('about:blank')
    await context.clearCookies()
    await page.goto('/console/users?role=member#invite')
    await signIn(page, 'ada')
    await dialog(page, 'Invite new user').waitFor()
    expect(page.url()).toBe(`${site.muster.url}/console/users?role=member#invite`)
  })

  test('loads nothing from other origins, nothing inline and no file twice', async () => {
    const { page, complaints } = await site.consoleOf(ada, '/users')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    await allPagesLoaded(page)
    await page.reload()
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    const loaded = "performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/')).length"
    // One request for the first load, one for what pages share, its style, and few for the pages. An entry appears when its request has ended.
    await expect.poll(() => page.evaluate(loaded)).toBe(8)
    const transferred = "performance.getEntriesByType('resource').filter(({ name, transferSize }) => name.includes('/assets/') && transferSize > 0)"
    expect(await page.evaluate(`${transferred}.map(({ name }) => name)`)).toEqual([])
    const { headers } = await site.muster.call('GET', '/console/')
    expect(headers.get('content-security-policy')).toContain("script-src 'self'; style-src 'self'")
    expect(headers.get('content-security-policy')).not.toContain('unsafe')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(await page.evaluate('document.cookie'), 'no script can read the session').toBe('')
    expect(complaints).toEqual([])
  })

  test('requests its file and its first data with the scripts, and each of them once', async () => {
    const { page } = await site.consoleOf(ada, '/nowhere')
    await page.goto('/console/early.js') // A plain file: the page before sends no more requests.
    const requested: string[] = []
    page.on('request', (request) => {
      const { pathname, search } = new URL(request.url())
      if (/^\/v1\/|\/users-/.test(pathname)) requested.push(pathname.replace(/org_\w+|-[\w-]+\.js$/, '*') + search)
    })
    const first = ['/console/assets/users*', '/v1/me', '/v1/organizations/*', '/v1/organizations/*/members?limit=100']
    await page.route('**/assets/index-*.js', async (route) => {
      await expect.poll(() => requested.toSorted(), { timeout: 30_000 }).toEqual(first)
      await route.continue()
    })
    await page.goto('/console/users')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    // These are sent when the page is shown: one waits for changes, the open resets concern few members, and the roles are for the filter.
    const later = ['/v1/me/changes', '/v1/organizations/*/factor-resets', '/v1/organizations/*/roles']
    await expect.poll(() => requested, { timeout: 30_000 }).toContain('/v1/me/changes')
    expect(requested.filter((path) => !later.includes(path)).toSorted()).toEqual(first)
  })

  test('says that it was not found when it does not exist', async () => {
    const { page } = await site.consoleOf(ada, '/nowhere')
    await heading(page, 'Page not found').waitFor()
    await page.getByRole('link', { name: 'Go to the overview' }).click()
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    expect((await site.muster.call('GET', '/console/assets/old-00000000.js')).status).toBe(404)
  })

  test('is reached by a navigation that collapses at 320 px', async () => {
    const { page } = await site.consoleOf(ada, '/users/bob')
    const rail = page.getByRole('navigation', { name: 'Main' })
    await rail.getByRole('heading', { name: 'Configuration' }).waitFor()
    await rail.getByRole('heading', { name: 'Organization', exact: true }).waitFor()
    await rail.getByRole('link', { name: 'Manage users' }).click()
    await heading(page, 'Manage users').waitFor()
    expect(await rail.getByRole('link', { name: 'Manage users' }).getAttribute('aria-current')).toBe('page')
    await page.setViewportSize({ width: 320, height: 640 })
    await rail.waitFor({ state: 'hidden' })
    await press(page, 'Open navigation')
    await page.getByRole('dialog').getByRole('link', { name: 'Manage users' }).waitFor()
    await isForEveryone(page)
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })
})

describe('the palette', () => {
  test('finds pages, actions and users by keyboard', async () => {
    const { page } = await site.consoleOf(ada, '/users/bob')
    await heading(page, /bob/).waitFor()
    await openPalette(page)
    await isForEveryone(page)
    await page.keyboard.type('caro')
    await page.getByRole('option', { name: /carol/ }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, /carol/).waitFor()
    await openPalette(page)
    await page.keyboard.type('invite')
    await page.getByRole('option', { name: 'Invite new user' }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog', { name: 'Invite new user' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await openPalette(page)
    await page.keyboard.type('no such name')
    await page.getByText('No results for').waitFor()
  })

  test('opens the typed user when Enter comes before the response', async () => {
    const { page } = await site.consoleOf(ada, '/users')
    await heading(page, 'Manage users').waitFor()
    await openPalette(page)
    await page.keyboard.type('caro')
    await page.getByRole('option', { name: /carol/ }).waitFor()
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    await page.route('**/members?*q=bob*', async (route) => {
      await held
      await route.continue()
    })
    await page.getByLabel('Search pages, users and actions').fill('bob')
    await page.keyboard.press('Enter')
    await page.getByText('Searching for "bob"').waitFor()
    answer()
    await heading(page, /bob/).waitFor()
  })

  test('runs a command on a user by verb and name', async () => {
    const { page } = await site.consoleOf(ada, '/')
    await site.muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'deployer' } })
    await heading(page, 'Overview').waitFor()
    await openPalette(page)
    await page.keyboard.type('deact')
    await page
      .getByRole('group', { name: 'Actions' })
      .getByRole('option', { name: /^Deactivate …/ })
      .waitFor()
    await page.keyboard.press('Enter')
    await page.keyboard.type('bob')
    await page.getByRole('option', { name: /^Deactivate bob/ }).waitFor()
    await isForEveryone(page)
    await page.keyboard.press('Enter')
    await dialog(page, 'Deactivate bob Test?').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' })
    expect(new URL(page.url()).hash, 'a reload does not open the dialog again').toBe('')
    await openPalette(page)
    await page.keyboard.type('deplo')
    await page.getByRole('group', { name: 'Service accounts' }).getByRole('option', { name: 'deployer' }).waitFor()
    await page.keyboard.press('Enter')
    await heading(page, 'deployer').waitFor()
  })

  test('does not open over a dialog', async () => {
    const { page } = await site.consoleOf(ada, '/users')
    await choose(page, 'Actions for bob', 'Remove')
    const confirmation = dialog(page, /^Remove bob Test/)
    await confirmation.waitFor()
    await page.keyboard.press('Control+k')
    expect(await page.getByLabel('Search pages, users and actions').count()).toBe(0)
    await page.evaluate('location.hash = "invite"')
    await dialog(page, 'Invite new user').waitFor()
    await confirmation.waitFor({ state: 'hidden' })
  })
})

describe('the account menu', () => {
  test('chooses a theme that overrides the system theme', async () => {
    const { page } = await site.consoleOf(ada, '/users')
    const ground = () => page.evaluate('getComputedStyle(document.documentElement).backgroundColor') as Promise<string>
    await heading(page, 'Manage users').waitFor()
    const light = await ground()
    const chooseTheme = async (name: string) => {
      await press(page, 'Account menu of ada')
      await page.getByRole('menuitemradio', { name }).click()
    }
    await press(page, 'Account menu of ada')
    await page.getByRole('menuitemradio', { name: 'System theme', checked: true }).waitFor()
    await page.keyboard.press('Escape')
    await chooseTheme('Dark theme')
    const dark = await ground()
    expect(dark).not.toBe(light)
    await page.reload()
    await heading(page, 'Manage users').waitFor()
    expect(await ground()).toBe(dark)
    await chooseTheme('System theme')
    expect(await ground()).toBe(light)
  })

  test('signs out every page of the browser', async () => {
    const { page } = await site.consoleOf(bob, '/users')
    await choose(page, 'Account menu of bob', 'Sign out')
    await heading(page, 'You are signed out').waitFor()
    await page.goto('/console/users')
    await page.getByLabel('Email or username').waitFor()
  })
})

describe('when the server refuses or does not answer', () => {
  test('a server error shows what to do and the request id', async () => {
    const { page } = await site.consoleOf(ada, '/users')
    await heading(page, 'Manage users').waitFor()
    await page.route('**/members?*', (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          type: 'urn:muster:problem:internal_error',
          title: 'Something went wrong on our side.',
          status: 500,
          code: 'internal_error',
          next: 'Try again. If the problem persists, report the request id.',
          request_id: 'req_0123',
        }),
      }),
    )
    await page.getByLabel('Status').selectOption('Left')
    const alert = page.getByRole('alert')
    await alert.getByText('Something went wrong on our side.').waitFor()
    await alert.getByText('req_0123').waitFor()
    await isForEveryone(page)
    await page.unroute('**/members?*')
    await press(page, 'Try again')
    await page.getByRole('heading', { name: 'No former members' }).waitFor()
  })

  test('a rate limit shows when to try again', async () => {
    const { page } = await site.consoleOf(ada, '/users')
    await heading(page, 'Manage users').waitFor()
    await page.route('**/members?*', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '90' },
        body: JSON.stringify({ title: 'Too many attempts.', status: 429, code: 'too_many_attempts', next: 'Try again after the time in Retry-After.' }),
      }),
    )
    await page.getByLabel('Status').selectOption('Left')
    await page
      .getByRole('alert')
      .getByText(/Try again in 1 min \d+ s, at \d\d:\d\d\./)
      .waitFor()
    expect(await page.getByText('Retry-After').count()).toBe(0)
  })

  test('countdowns use the clock of the server', async () => {
    await site.muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email: 'clock@example.com' } })
    const { page } = await site.consoleApart(ada, '/users/invitations?q=clock', (tab) => tab.clock.install({ time: Date.now() + 3_600_000 * 5 }))
    await page.getByRole('row', { name: /clock@example.com.*just now.*in (7 d|6 d 23 h)/ }).waitFor()
  })

  test('being offline is shown above every page', async () => {
    const { page, context } = await site.consoleOf(ada, '/users')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    await context.setOffline(true)
    await page.getByText('You are offline. This page may be out of date', { exact: false }).waitFor()
    await isForEveryone(page)
    await page.getByLabel('Role').selectOption('Admins')
    await page.getByRole('alert').getByText('You are offline.').waitFor()
    await context.setOffline(false)
    await page.getByText('1 total').waitFor()
    expect(await page.getByRole('alert').count(), 'the page retries by itself').toBe(0)
  })

  test('a page that was never visited opens offline', async () => {
    const { page, context, complaints } = await site.consoleOf(ada, '/users')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    await allPagesLoaded(page)
    await context.setOffline(true)
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Resources' }).click()
    await heading(page, 'Resources').waitFor()
    await page.getByRole('alert').getByText('You are offline.').waitFor()
    await context.setOffline(false)
    await page.getByText('No resources yet').waitFor()
    expect(complaints).toEqual([])
  })

  test('a page whose script is missing loads when the connection is back', async () => {
    const { page, context } = await site.consoleOf(ada, '/nowhere')
    await context.route('**/assets/sessions-*.js', (route) => route.abort())
    await page.goto('/console/users')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    await allPagesLoaded(page)
    await context.setOffline(true)
    await choose(page, 'Account menu of ada', 'Sessions and tokens')
    await heading(page, 'This page could not be loaded').waitFor()
    await page.getByRole('alert').getByText('You are offline.').waitFor()
    await isForEveryone(page)
    await context.unroute('**/assets/sessions-*.js')
    await context.setOffline(false)
    await heading(page, 'Sessions and tokens').waitFor()
  })

  test('a page whose script is from an older build reloads the console', async () => {
    const { page, context } = await site.consoleOf(ada, '/nowhere')
    let isMissing = true
    await context.route('**/assets/sessions-*.js', (route) => (isMissing ? route.fulfill({ status: 404 }) : route.continue()))
    await page.goto('/console/users')
    await page.getByRole('link', { name: 'bob', exact: true }).waitFor()
    await allPagesLoaded(page)
    const reload = page.waitForRequest((request) => request.isNavigationRequest())
    await choose(page, 'Account menu of ada', 'Sessions and tokens')
    await reload
    isMissing = false
    await heading(page, 'Sessions and tokens').waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/sessions')
  })

  test('a deactivated member sees since when and who to ask (S35)', async () => {
    const { eve, mallory } = (await site.muster.organization({ eve: 'admin', mallory: 'member' })) as Record<'eve' | 'mallory', Human>
    const { page } = await site.consoleOf(mallory, '/users')
    await page.getByRole('link', { name: 'eve', exact: true }).waitFor()
    await site.muster.call('POST', '/v1/organizations/eve/members/mallory/deactivate', { token: eve.token })
    await heading(page, 'Your account is deactivated').waitFor()
    await page.getByText('Person to ask').waitFor()
    expect(await page.getByRole('definition').allInnerTexts()).toEqual(expect.arrayContaining(['eve', 'just now']))
    await isForEveryone(page)
    await press(page, 'Use another account')
    await page.getByLabel('Email or username').waitFor()
  })

  test('a removed member sees why and returns to the same page after signing in', async () => {
    const { ivy, jon } = (await site.muster.organization({ ivy: 'admin', jon: 'member' })) as Record<'ivy' | 'jon', Human>
    const { page } = await site.consoleOf(jon, '/users')
    await page.getByRole('link', { name: 'ivy', exact: true }).waitFor()
    await site.muster.call('DELETE', '/v1/organizations/ivy/members/jon', { token: ivy.token })
    const why = 'You are no longer in this organization. Sign in to continue in your own.'
    await heading(page, 'You are signed out').waitFor()
    await page.getByText(why).waitFor()
    await isForEveryone(page)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await heading(page, 'Sign in').waitFor()
    await page.getByText(why).waitFor()
    await signIn(page, 'jon')
    await heading(page, 'Manage users').waitFor()
  })

  test('a member of a suspended organization sees that it is suspended', async () => {
    const { sue } = (await site.muster.organization({ sue: 'admin' })) as Record<'sue', Human>
    await site.muster.call('POST', '/v1/operator/organizations/sue/suspend', { token: OPERATOR_TOKEN, body: {} })
    const { page } = await site.consoleOf(sue, '/users')
    await heading(page, 'The organization is suspended.').waitFor()
    expect(await page.getByRole('definition').allInnerTexts(), 'the organization and the time').toEqual(expect.arrayContaining(['sue', 'just now']))
  })

  test('an account without a username chooses one first (S55)', async () => {
    const { page } = await site.consoleOf(await site.muster.newcomer('newcomer'), '/users')
    await heading(page, 'Choose a username').waitFor()
  })
})

describe('the page of a user', () => {
  test('shows the status with its actor, time and reason', async () => {
    const { kim, lee } = (await site.muster.organization({ kim: 'admin', lee: 'member' })) as Record<'kim' | 'lee', Human>
    const call = (method: string, path: string, body?: unknown) => site.muster.call(method, `/v1/organizations/kim${path}`, { token: kim.token, body })
    await call('PUT', '/resources/application/shop', { owner: 'lee' })
    await site.muster.call('PUT', '/v1/organizations/kim/resources/database/by_lee', { token: lee.token })
    await call('POST', '/members/lee/deactivate', { reason: 'On leave until March' })
    const { page, complaints } = await site.consoleOf(kim, '/users/lee')
    await heading(page, 'lee Test').waitFor()
    const details = page.getByRole('region', { name: 'Details' })
    await details.getByText(lee.email).waitFor()
    await details.getByText(lee.id).waitFor()
    await details.getByText('Deactivated just now by kim').waitFor()
    await details.getByText('On leave until March').waitFor()
    await page.getByRole('region', { name: 'Resources they own' }).getByText('shop', { exact: true }).waitFor()
    const auditLog = page.getByRole('region', { name: 'Audit log' })
    await auditLog.getByText('lee was deactivated: On leave until March').waitFor()
    await auditLog.getByRole('button', { name: 'By this user' }).click()
    await auditLog.getByText('The database by_lee was registered').waitFor()
    expect(await auditLog.getByText('lee was deactivated').count()).toBe(0)
    expect(await auditLog.getByRole('link', { name: 'View in audit log' }).getAttribute('href')).toContain('actor=lee')
    await auditLog.getByRole('button', { name: 'About this user' }).click()
    await details.getByRole('button', { name: 'Copy the user id' }).click()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(lee.id)
    await isForEveryone(page)
    await press(page, 'Reactivate')
    await details.getByText('Active, changed just now').waitFor()
    await press(page, 'Deactivate')
    await page.getByRole('alertdialog', { name: 'Deactivate lee Test?' }).waitFor()
    expect(complaints).toEqual([])
  })

  test('says that a user was not found and links to all users', async () => {
    const { page } = await site.consoleOf(ada, '/users/nobody_there')
    await page.getByRole('heading', { name: 'User nobody_there not found in ada' }).waitFor()
    await page.getByRole('link', { name: 'View all users' }).click()
    await heading(page, 'Manage users').waitFor()
  })
})

/** Waits until all page scripts are loaded: the console fetches them in order, this one last. The network is never idle, because one request waits for changes. */
async function allPagesLoaded(page: Page): Promise<void> {
  const isLoaded = "performance.getEntriesByType('resource').some(({ name }) => name.includes('/assets/sessions-'))"
  await expect.poll(() => page.evaluate(isLoaded), { timeout: 60_000 }).toBe(true)
}

/** Opens the palette and waits until it takes input. */
async function openPalette(page: Page): Promise<void> {
  const label = 'Search pages, users and actions'
  await page.getByLabel(label).waitFor({ state: 'hidden' })
  await page.keyboard.press('Control+k')
  await expect.poll(() => page.evaluate("document.activeElement?.getAttribute('aria-label')"), { timeout: 60_000 }).toBe(label)
}
