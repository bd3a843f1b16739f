import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { heading, press, signIn, signUp } from '../journeys/person.ts'

// An invitation opened in a real browser. Only the countdown needs JavaScript.
let muster: Muster
let browser: Browser
const contexts: { close(): Promise<void> }[] = []
beforeAll(async () => {
  ;[muster, browser] = await Promise.all([startMuster(), launchBrowser()])
})
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
  await muster.clock.restore()
})
afterAll(async () => {
  await browser?.close()
  await muster?.close()
})

async function aPage(options: BrowserContextOptions = { javaScriptEnabled: false }): Promise<Page> {
  const context = await browser.newContext({ baseURL: muster.url, ...options })
  contexts.push(context)
  return context.newPage()
}
const linkTo = async (admin: Human, email: string): Promise<string> => {
  await muster.call('POST', `/v1/organizations/${admin.name}/invitations`, { token: admin.token, body: { email } })
  return /^http\S+\/join\?token=\S+$/m.exec((await muster.mail.next(email)).text)?.[0] ?? ''
}

test('a newcomer opens an invitation, signs up and joins with a username', async () => {
  const ada = await muster.person('ada')
  const page = await aPage()
  await page.goto(await linkTo(ada, 'nina@example.com'))
  expect(await heading(page)).toBe('You are invited to join ada')
  expect(new URL(page.url()).search).toBe('')
  await page.getByRole('link', { name: 'Create an account' }).click()
  await page.getByText('Invitation to ada').waitFor()
  await signUp(page, muster, { email: 'nina@example.com' })
  expect(await heading(page)).toBe('Join ada')
  await page.getByLabel('Your username').fill('nina')
  await press(page, 'Join')
  expect(await heading(page)).toBe('You joined ada')
  await page.getByRole('link', { name: 'Go to your account' }).click()
  await page.getByText('ada (member)').waitFor()
})

test('a user opens an invitation in another account, switches accounts and moves', async () => {
  const carol = await muster.person('carol')
  const bob = await muster.person('bob')
  const other = await muster.person('other')
  const page = await aPage()
  await page.goto(await linkTo(carol, bob.email))
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, other.name)
  expect(await heading(page)).toMatch(/^This invitation is\s+for another address$/)
  await press(page, 'Use another account')
  await signIn(page, bob.name)
  expect(await heading(page)).toBe('Move to carol?')
  await page.getByText('Your personal organization bob becomes dormant').waitFor()
  await press(page, 'Move account')
  expect(await heading(page)).toBe('You joined carol')
})

test('a deactivated member opens an invitation and moves', async () => {
  const { dora, erik } = (await muster.organization({ dora: 'admin', erik: 'member' })) as { dora: Human; erik: Human }
  const frida = await muster.person('frida')
  await muster.call('POST', '/v1/organizations/dora/members/erik/deactivate', { token: dora.token, body: {} })
  const page = await aPage()
  await page.goto(await linkTo(frida, erik.email))
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(page, erik.name)
  expect(await heading(page)).toBe('Your account is deactivated')
  await page.getByRole('button', { name: 'No, thanks' }).waitFor()
  await press(page, 'Move account')
  expect(await heading(page)).toBe('You joined frida')
})

test('an open page counts down and then asks for a new invitation (S16)', async () => {
  const gina = await muster.person('gina')
  const link = await linkTo(gina, 'late@example.com')
  const early = 55
  await muster.clock.advance(168 * 3_600 - early)
  const page = await aPage({ javaScriptEnabled: true })
  await page.clock.install()
  await page.goto(link)
  await expect.poll(() => page.getByText(/in \d+ s/).count()).toBe(1)
  await muster.clock.advance(early + 2)
  await page.clock.fastForward((early + 2) * 1_000)
  await page.getByRole('heading', { name: /This invitation\s+has expired/ }).waitFor({ timeout: 60_000 })
  await page.getByText('Ask an admin of gina for a new one').waitFor()
})
