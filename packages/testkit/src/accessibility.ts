import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Result, RunOptions } from 'axe-core'
import type { CDPSession, Page } from 'playwright-core'

// Runs axe in an open document. Its 650 kB are loaded once per document, and through the DevTools protocol, because `page.evaluate` takes twice as long. The
// page's Content-Security-Policy permits both.

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sessions = new WeakMap<Page, CDPSession>()

/** Rules that can give different results in the light and in the dark theme. */
const ofColours = ['color-contrast', 'link-in-text-block']
/** A region that fits at one width may need scrolling at another. */
const ofWidth = ['scrollable-region-focusable']

/** The violations in the light and in the dark theme, one line for each rule. The page is left in the light theme. Frames are not examined. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const dark = await violations(page, 'dark', ofColours)
  await page.emulateMedia({ colorScheme: 'light' })
  return [...(await violations(page, 'light')), ...dark]
}

/** Loads axe into every document that the page opens later. For a page that checks most of them, this is cheaper. */
export const loadWithEachDocument = (page: Page): Promise<unknown> => page.addInitScript({ content: source })

/** The violations that depend on the width, for a page that was checked at another width. */
export const widthFaults = (page: Page): Promise<string[]> => violations(page, `${page.viewportSize()?.width} px`, ofWidth)

async function violations(page: Page, when: string, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await load(page)
  // `preload` would request the style sheets again.
  const options: RunOptions = { resultTypes: ['violations'], preload: false, ...(rules && { runOnly: rules }) }
  const found = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`)) as Result[]
  return found.map(({ id, nodes }) => `${when}: ${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`)
}

async function load(page: Page): Promise<void> {
  const session = sessions.get(page) ?? (await page.context().newCDPSession(page))
  sessions.set(page, session)
  const { exceptionDetails } = await session.send('Runtime.evaluate', { expression: `${source};0`, returnByValue: true })
  if (exceptionDetails) throw new Error(exceptionDetails.text)
}
