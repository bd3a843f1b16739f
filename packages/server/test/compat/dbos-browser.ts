import { strict as assert } from 'node:assert'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, PASSWORD } from '@muster/testkit/muster.ts'
import type { Browser, Page } from 'playwright-core'
import { signIn } from '../journeys/person.ts'
import { HOSTS, type Place, type Running } from './dbos-cloud.ts'

// The user in the browser, while the command waits.

/** A Chromium that resolves both host names to the reverse proxy. */
export const openBrowser = ({ front }: Place): Promise<Browser> =>
  launchBrowser({ args: [`--host-resolver-rules=${HOSTS.map((host) => `MAP ${host} 127.0.0.1:${front.port}`).join(',')}`] })

/** Opens a page in a new profile, without certificate checks, because no browser trusts the test's authority. */
export async function aTab(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true })
  context.setDefaultTimeout(60_000)
  return context.newPage()
}

/** Signs in and approves on the page of the printed link. */
export async function approve(page: Page, shows?: RegExp): Promise<void> {
  await page.getByRole('heading', { name: 'Let dbos-cloud log in?' }).waitFor()
  if (shows) assert.match(await page.getByRole('main').innerText(), shows)
  await page.getByRole('button', { name: /^Approve/ }).click()
  await page.getByRole('heading', { name: 'Approved' }).waitFor()
}

/** Opens the printed link, signs in and approves. */
export async function loginInBrowser(browser: Browser, command: Running, human: Human, shows?: RegExp): Promise<void> {
  const page = await aTab(browser)
  await page.goto(await command.page())
  await signIn(page, human.email, PASSWORD)
  await approve(page, shows)
  await page.context().close()
}
