import type { Human } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceLogin, refresh, SCOPE } from '../oauth/conversation.ts'
import { aConsole, type ConsoleSite, dialog, heading, isForEveryone, press } from './visitor.ts'

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

const holds = async (human: Human) => (await site.muster.call('GET', '/v1/me', { token: human.token })).status

test('ending one session leaves the others valid', async () => {
  const uma = await site.muster.person('uma')
  const laptop = await site.muster.login(uma)
  const { page, complaints } = await site.consoleOf(uma, '/sessions')
  await heading(page, 'Sessions and tokens').waitFor()
  const sessions = page.getByRole('table', { name: 'Sessions' })
  await sessions.getByRole('row', { name: /This browser/ }).waitFor()
  const logins = sessions.getByRole('row', { name: /muster.*Command line.*in 1 d|muster.*Command line/ })
  const before = await logins.count()
  expect(before).toBeGreaterThanOrEqual(2)
  await page.getByRole('heading', { name: 'You have no refresh tokens' }).waitFor()
  await isForEveryone(page)

  await logins.first().getByRole('button').click()
  const confirmation = dialog(page, 'End the muster session?')
  await confirmation.getByText(/muster session end ses_/).waitFor({ state: 'attached' })
  await isForEveryone(page)
  await press(page, 'End session')
  await page.getByText('The muster session has ended').first().waitFor()
  await expect.poll(() => logins.count()).toBe(before - 1)
  expect([await holds(uma), await holds(laptop)].filter((status) => status === 401)).toHaveLength(1)
  expect(complaints).toEqual([])
})

test('a refresh token shows its last use and expiry and can be revoked (S47)', async () => {
  const vera = await site.muster.person('vera')
  const { refresh_token: token = '' } = await deviceLogin(site.muster, vera, `${SCOPE} offline_access`)
  const { page } = await site.consoleOf(vera, '/sessions')
  const row = page.getByRole('table', { name: 'Refresh tokens' }).getByRole('row', { name: /muster.*127\.0\.0\.1.*Never|muster.*created from.*Never/ })
  await row.waitFor()
  await row
    .getByText(/^in 29 d 23 h|^in 30 d/)
    .filter({ visible: true })
    .waitFor()
  expect((await refresh(site.muster, token)).status).toBe(200)
  await page.reload()
  const used = page.getByRole('row', { name: /last used from 127\.0\.0\.1.*just now/ })
  await used.waitFor()
  await isForEveryone(page)
  await used.getByRole('button', { name: /Revoke the refresh token/ }).click()
  await press(page, 'Revoke refresh token')
  await page.getByRole('heading', { name: 'You have no refresh tokens' }).waitFor()
  expect((await refresh(site.muster, token)).body.error).toBe('invalid_grant')
})

test('ending all other sessions keeps this browser signed in', async () => {
  const wim = await site.muster.person('wim')
  const elsewhere = await site.consoleApart(wim, '/profile')
  const { page } = await site.consoleOf(wim, '/sessions')
  await press(page, 'End all others')
  await dialog(page, /End \d+ other sessions\?/)
    .getByText('All your refresh tokens', { exact: false })
    .waitFor()
  await isForEveryone(page)
  await dialog(page, /End/).getByRole('button', { name: 'End all others' }).click()
  await page
    .getByText(/\d+ sessions ended/)
    .first()
    .waitFor()
  expect(await page.getByRole('row').count(), 'the header and this browser').toBe(2)
  expect(await page.getByRole('button', { name: 'End all others' }).count()).toBe(0)
  expect(await holds(wim)).toBe(401)
  await elsewhere.page.reload()
  await elsewhere.page.getByLabel('Email or username').waitFor()
  expect(new URL(elsewhere.page.url()).searchParams.get('continue')).toBe('/console/profile')
})

test('ending the current session signs out', async () => {
  const xeni = await site.muster.person('xeni')
  const { page } = await site.consoleOf(xeni, '/sessions')
  await press(page, 'Sign out of this browser')
  await press(page, 'Sign out')
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
})
