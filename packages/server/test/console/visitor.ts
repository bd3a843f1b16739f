import { accessibilityFaults } from '@muster/testkit/accessibility.ts'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, Page, ViewportSize } from 'playwright-core'
import { expect, onTestFailed } from 'vitest'
import { browserOf } from '../oauth/conversation.ts'

/** A Muster with its console, and a browser. */
export interface ConsoleSite {
  muster: Muster
  /**
   * Opens the console as this person and collects the browser's errors. All visits share one tab, which is cleared and signed in again each time. The
   * cached scripts stay, because compiling them is most of the cost of a visit.
   */
  consoleOf(human: Human, path: string, viewport?: ViewportSize): Promise<Visit>
  /** Opens the console in a separate browser context, for two people at once or for a tab that cannot be cleared (`page.clock`). */
  consoleApart(human: Human, path: string, prepare?: (page: Page) => Promise<void>): Promise<Visit>
  /** Creates an organization for one test, so that tests do not disturb each other. Usernames are the given names with a number. */
  organization(roles: Record<string, 'admin' | 'member'>): Promise<Organization>
  close(): Promise<void>
}

export interface Visit {
  page: Page
  context: BrowserContext
  /** Script errors, policy violations, and requests to other origins. */
  complaints: string[]
}

export interface Organization {
  org: string
  /** The name as it appears in host labels. */
  label: string
  named(name: string): Human
  /** Calls the API below the organization, as its first admin unless `by` names someone else. */
  call(method: string, path: string, body?: unknown, by?: string): ReturnType<Muster['call']>
}

const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 320, height: 700 }

export async function aConsole(): Promise<ConsoleSite> {
  const [muster, browser]: [Muster, Browser] = await Promise.all([startMuster(), launchBrowser()])
  const contexts: BrowserContext[] = []
  let tab: { page: Page; complainTo(complaints: string[]): void } | undefined
  let organizations = 0

  async function newTab() {
    // Animations would take a third of a test's time.
    const context = await browser.newContext({ baseURL: muster.url, permissions: ['clipboard-read', 'clipboard-write'], reducedMotion: 'reduce' })
    contexts.push(context)
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    let complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // The browser also reports responses that are not 2xx as failed loads.
      if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
    })
    page.on('request', (request) => {
      if (new URL(request.url()).origin !== muster.url) complaints.push(`asked ${request.url()}`)
    })
    const complainTo = (those: string[]) => {
      complaints = those
    }
    return { page, complainTo }
  }

  /** Clears the tab but keeps the cached scripts and their compiled code, which a visit to another origin (about:blank) would discard. */
  async function cleared(page: Page): Promise<void> {
    const context = page.context()
    await Promise.all([page.unrouteAll({ behavior: 'ignoreErrors' }), context.unrouteAll({ behavior: 'ignoreErrors' }), context.setOffline(false)])
    await page.goto('/console/early.js') // A plain file, which has no pending requests.
    await page.evaluate('localStorage.clear(); sessionStorage.clear()')
    await Promise.all([context.clearCookies(), page.emulateMedia({ colorScheme: null, reducedMotion: 'reduce' })])
  }

  async function visit({ page, complainTo }: NonNullable<typeof tab>, human: Human, path: string): Promise<Visit> {
    const { cookie } = await browserOf(muster, human)
    const [name = '', value = ''] = cookie.split('=')
    await page.context().addCookies([{ name, value, url: muster.url, httpOnly: true, sameSite: 'Lax' }])
    const complaints: string[] = []
    complainTo(complaints)
    onTestFailed(async () => {
      const text = await page.innerText('body').catch((error: Error) => error.message)
      process.stderr.write(`The page at ${page.url()} said:\n${text}\nComplaints: ${JSON.stringify(complaints)}\n`)
    })
    await page.goto(`/console${path}`)
    return { page, context: page.context(), complaints }
  }

  return {
    muster,
    async consoleOf(human, path, viewport = WIDE) {
      if (tab) await cleared(tab.page)
      tab ??= await newTab()
      await tab.page.setViewportSize(viewport)
      return visit(tab, human, path)
    },
    async consoleApart(human, path, prepare) {
      const own = await newTab()
      await prepare?.(own.page)
      return visit(own, human, path)
    },
    async organization(roles) {
      const suffix = `_${++organizations}`
      const people = await muster.organization(Object.fromEntries(Object.entries(roles).map(([name, role]) => [`${name}${suffix}`, role])))
      const named = (name: string) => people[`${name}${suffix}`] as Human
      const [founder = ''] = Object.keys(roles)
      const org = `${founder}${suffix}`
      return {
        org,
        label: org.replaceAll('_', '-'),
        named,
        call: (method, path, body, by = founder) => muster.call(method, `/v1/organizations/${org}${path}`, { token: named(by).token, body }),
      }
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()))
      await browser.close()
      await muster.close()
    },
  }
}

export const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name })
export const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name }).or(page.getByRole('alertdialog', { name }))
export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click()

/** Opens the ⋯ menu of a row and chooses an action. */
export async function choose(page: Page, row: string, action: string): Promise<void> {
  await page.getByRole('button', { name: row, exact: true }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

/** The text of a toast or a dialog. */
export const said = (page: Page, text: string | RegExp) =>
  page.getByRole('dialog').or(page.getByRole('alertdialog')).or(page.locator('[data-type]')).getByText(text).first()

/** Expects no axe violation in either theme, and no sideways scrolling at 320 px. */
export async function isForEveryone(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  const size = page.viewportSize() ?? WIDE
  await page.setViewportSize(NARROW)
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'at 320 px something sticks out').toBeLessThanOrEqual(0)
  await page.setViewportSize(size)
}
