import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf } from '../oauth/conversation.ts'
import { samples } from '../portal/samples.ts'

// The command is printed in one form everywhere (decision 0041). The quotes and the < must not break the page.

const own = 'acme-accounts "<$&>"'
const bare = /\bmuster (?:login|logout|profile|register|org|user|invitation|role|move|resource|key|session|token|audit|--)\b/
let muster: Muster
let browser: Browser
beforeAll(async () => {
  ;[muster, browser] = await Promise.all([startMuster({ env: { MUSTER_CLI_COMMAND: own } }), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await muster?.close()
})

test.each(Object.entries(samples(undefined, 'acme-accounts')))('the page %s prints only the configured command', (name, html) => {
  expect(html).not.toMatch(bare)
  if (['signed-out', 'reset-done', 'join-blocked', 'home'].includes(name)) expect(html).toContain('acme-accounts ')
})

test('the account page and the console print the configured command', async () => {
  const ada = await muster.person('ada')
  const { cookie } = await browserOf(muster, ada)
  const [name = '', value = ''] = cookie.split('=')
  const context = await browser.newContext({ baseURL: muster.url })
  await context.addCookies([{ name, value, url: muster.url, httpOnly: true, sameSite: 'Lax' }])
  const page = await context.newPage()
  await page.goto('/account?done=password')
  await page.getByText(`On your terminals, run: ${own} login`).waitFor()

  await page.goto('/console/profile')
  await page.getByText('Show commands').click()
  await page.getByText(`${own} move plan`).waitFor()
  for (const path of ['', 'users', 'roles', 'resources', 'keys', 'sessions', 'settings', 'audit']) {
    await page.goto(`/console/${path}`)
    await page
      .getByText(/Show command|First steps/)
      .first()
      .waitFor()
    expect(await page.locator('body').textContent()).not.toMatch(bare)
  }
  const source = await (await context.request.get('/console/')).text()
  expect(source).toContain('data-command="acme-accounts &quot;&lt;$&amp;>&quot;"')
  expect(source).not.toMatch(bare)
  await context.close()
})
