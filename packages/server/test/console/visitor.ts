import { accessibilityFaults } from '@muster/testkit/accessibility.ts'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, Page, ViewportSize } from 'playwright-core'
import { expect } from 'vitest'
import { browserOf } from '../oauth/conversation.ts'

/** A Muster with its console, and a browser. */
export interface ConsoleSite {
  muster: Muster
  /**
   * The console as this person sees it; whatever the browser complains of is kept. Everybody comes to the same tab, one after the other, signed
   * in anew and with nothing left of the one before but the files: compiling them again is most of what a visit costs.
   */
  consoleOf(human: Human, path: string, viewport?: ViewportSize): Promise<Visit>
  /** In a browser of its own, for whoever is there beside somebody else, or whose tab cannot be given back as it was (`page.clock`). */
  consoleApart(human: Human, path: string, prepare?: (page: Page) => Promise<void>): Promise<Visit>
  /** An organization of its own for each test, so that none disturbs another: its people have the names given, with a number. */
  organization(roles: Record<string, 'admin' | 'member'>): Promise<Organization>
  close(): Promise<void>
}

export interface Visit {
  page: Page
  context: BrowserContext
  /** Faults of scripts and of the policy, and requests that went elsewhere. */
  complaints: string[]
}

export interface Organization {
  org: string
  /** The name as it stands in addresses. */
  label: string
  named(name: string): Human
  /** Asks below the organization, as its first admin where nobody else is said. */
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
    const context = await browser.newContext({ baseURL: muster.url, permissions: ['clipboard-read', 'clipboard-write'] })
    contexts.push(context)
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    let complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      // An answer that is not 2xx is reported as a failed load too.
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

  /** As a tab that was never used, but for the files and their compiled code, which another origin (about:blank) would cost. */
  async function cleared(page: Page): Promise<void> {
    const context = page.context()
    await Promise.all([page.unrouteAll({ behavior: 'ignoreErrors' }), context.unrouteAll({ behavior: 'ignoreErrors' }), context.setOffline(false)])
    await page.goto('/console/theme.js') // a file, where nothing is under way any more
    await page.evaluate('localStorage.clear(); sessionStorage.clear()')
    await Promise.all([context.clearCookies(), page.emulateMedia({ colorScheme: null, reducedMotion: null })])
  }

  async function visit({ page, complainTo }: NonNullable<typeof tab>, human: Human, path: string): Promise<Visit> {
    const { cookie } = await browserOf(muster, human)
    const [name = '', value = ''] = cookie.split('=')
    await page.context().addCookies([{ name, value, url: muster.url, httpOnly: true, sameSite: 'Lax' }])
    const complaints: string[] = []
    complainTo(complaints)
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

/** Opens the ⋯ of a row and chooses. */
export async function choose(page: Page, row: string, action: string): Promise<void> {
  await page.getByRole('button', { name: row, exact: true }).click()
  await page.getByRole('menuitem', { name: action, exact: true }).click()
}

/** What was said in the corner. */
export const said = (page: Page, text: string | RegExp) =>
  page.getByRole('dialog').or(page.getByRole('alertdialog')).or(page.locator('[data-type]')).getByText(text).first()

/** No violation of axe in either theme, and nothing to scroll sideways for at 320 px. */
export async function isForEveryone(page: Page): Promise<void> {
  expect(await accessibilityFaults(page)).toEqual([])
  const size = page.viewportSize() ?? WIDE
  await page.setViewportSize(NARROW)
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'at 320 px something sticks out').toBeLessThanOrEqual(0)
  await page.setViewportSize(size)
}
