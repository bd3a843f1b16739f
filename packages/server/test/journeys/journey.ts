import { launchBrowser } from '@muster/testkit/browser.ts'
import type { Engine } from '@muster/testkit/database.ts'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { aTerminal, type Terminal } from './terminal.ts'

/** A Muster and a browser. Each person gets their own terminal and browser profile. */
export interface Journey {
  muster: Muster
  terminal(): Promise<Terminal>
  /** Opens a page in a new browser profile, where nobody is signed in. */
  tab(options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

export async function aJourney(engine: Engine, env: Record<string, string> = {}): Promise<Journey> {
  const [muster, browser]: [Muster, Browser] = await Promise.all([startMuster({ engine, env }), launchBrowser()])
  const opened: { close(): Promise<void> }[] = []
  return {
    muster,
    async terminal() {
      const terminal = await aTerminal(muster)
      opened.push(terminal)
      return terminal
    },
    async tab(options = {}) {
      const context = await browser.newContext(options)
      opened.push(context)
      context.setDefaultTimeout(60_000)
      return context.newPage()
    },
    async close() {
      await Promise.all(opened.map((one) => one.close()))
      await browser.close()
      await muster.close()
    },
  }
}
