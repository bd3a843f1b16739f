import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Result, RunOptions } from 'axe-core'
import type { CDPSession, Page } from 'playwright-core'

// What axe finds, in a document that is open. Its 650 kB are what is dear about it, hence one copy for a document however often it is
// looked at, and by the protocol itself: `page.evaluate` takes twice as long over them. The page's policy forbids neither.

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const sessions = new WeakMap<Page, CDPSession>()

/** Light and dark differ in colour alone. */
const ofColours = ['color-contrast', 'link-in-text-block']
/** What fits at one width may have to be scrolled at another. */
const ofWidth = ['scrollable-region-focusable']

/** The violations in the light and in the dark theme, a line for each rule. The page is left in the light one. There are no frames to look into. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const dark = await violations(page, 'dark', ofColours)
  await page.emulateMedia({ colorScheme: 'light' })
  return [...(await violations(page, 'light')), ...dark]
}

/** The violations that come with the width, in a page that was looked at in another. */
export const widthFaults = (page: Page): Promise<string[]> => violations(page, `${page.viewportSize()?.width} px`, ofWidth)

async function violations(page: Page, when: string, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await load(page)
  // `preload` would ask for the style sheets once more.
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
