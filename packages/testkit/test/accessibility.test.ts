import { accessibilityFaults, widthFaults } from '@muster/testkit/accessibility.ts'
import { launchBrowser } from '@muster/testkit/browser.ts'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await launchBrowser()
  page = await browser.newPage()
})
afterAll(() => browser?.close())

/** Opens a page without accessibility faults except those in `body` and `style`. */
const open = (body: string, style = '') =>
  page.setContent(`<!doctype html><html lang="en"><title>A page</title>
    <style>:root { color-scheme: light dark; background: Canvas; color: CanvasText } ${style}</style>
    <main><h1>A page</h1>${body}</main></html>`)

test('a page without faults has none in either theme', async () => {
  await open('<p>It is read well.</p>')
  expect(await accessibilityFaults(page)).toEqual([])
})

test('a fault is reported once, or for the theme that has it', async () => {
  await open(
    '<img src="data:,"><p class="dim">Hardly to be seen at night.</p><p class="pale">Hardly to be seen by day.</p>',
    `.dim { color: #222 } .pale { color: #ddd } @media (prefers-color-scheme: dark) { :root { background: #111 } }`,
  )
  const faults = await accessibilityFaults(page)
  expect(faults).toEqual([
    'light: color-contrast: <p class="pale">Hardly to be seen by day.</p>',
    'light: image-alt: <img src="data:,">',
    'dark: color-contrast: <p class="dim">Hardly to be seen at night.</p>',
  ])
})

test('a page is checked again as it is now, and so is another page in its place', async () => {
  await open('<p>It is read well.</p>')
  await accessibilityFaults(page)
  await page.evaluate(`document.querySelector('p').style.color = 'color-mix(in srgb, CanvasText 30%, Canvas)'`)
  expect((await accessibilityFaults(page)).map((fault) => fault.split(':', 2).join())).toEqual(['light, color-contrast', 'dark, color-contrast'])
  await page.goto('data:text/html,<title>Nothing else</title>')
  expect((await accessibilityFaults(page))[0]).toContain('html-has-lang')
})

test('a fault at one width only is reported for that width', async () => {
  await open('<div class="box"><pre>a line that is as long as a narrow screen is wide, and longer than that</pre></div>', '.box { overflow-x: auto }')
  expect([...(await accessibilityFaults(page)), ...(await widthFaults(page))]).toEqual([])
  await page.setViewportSize({ width: 320, height: 640 })
  expect(await widthFaults(page)).toEqual([expect.stringMatching(/^320 px: scrollable-region-focusable: /)])
})
