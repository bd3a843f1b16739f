import AxeBuilder from '@axe-core/playwright'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { browserOf } from '../oauth/conversation.ts'

/** A Muster with its console, and a browser. */
export interface Office {
  muster: Muster
  /** The console as this person sees it; whatever the browser complains of is kept. */
  consoleOf(human: Human, path: string, options?: BrowserContextOptions): Promise<Visit>
  close(): Promise<void>
}

export interface Visit {
  page: Page
  context: BrowserContext
  /** Faults of scripts and of the policy, and requests that went elsewhere. */
  complaints: string[]
}

export async function anOffice(): Promise<Office> {
  const [muster, browser]: [Muster, Browser] = await Promise.all([startMuster(), launchBrowser()])
  const contexts: BrowserContext[] = []
  return {
    muster,
    async consoleOf(human, path, options = {}) {
      const context = await browser.newContext({ baseURL: muster.url, permissions: ['clipboard-read', 'clipboard-write'], ...options })
      contexts.push(context)
      context.setDefaultTimeout(60_000)
      const { cookie } = await browserOf(muster, human)
      const [name = '', value = ''] = cookie.split('=')
      await context.addCookies([{ name, value, url: muster.url, httpOnly: true, sameSite: 'Lax' }])
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('console', (message) => {
        // An answer that is not 2xx is reported as a failed load too.
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) complaints.push(message.text())
      })
      page.on('request', (request) => {
        if (new URL(request.url()).origin !== muster.url) complaints.push(`asked ${request.url()}`)
      })
      await page.goto(`/console${path}`)
      return { page, context, complaints }
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

const NARROW = { width: 320, height: 700 }

/** No violation of axe in either theme, and nothing to scroll sideways for at 320 px. */
export async function isForEveryone(page: Page): Promise<void> {
  const size = page.viewportSize() ?? { width: 1280, height: 800 }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // Looks at the page alone, for there are no frames; light and dark differ in colour alone.
    const axe = new AxeBuilder({ page }).setLegacyMode(true)
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(['color-contrast', 'link-in-text-block']) : axe).analyze()
    const found = violations.map(({ id, nodes }) => `${colorScheme}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
    expect(found).toEqual([])
  }
  await page.setViewportSize(NARROW)
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth'), 'at 320 px something sticks out').toBeLessThanOrEqual(0)
  await page.setViewportSize(size)
}
