import { readFile } from 'node:fs/promises'
import type { Human } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, dialog, heading, isForEveryone, press } from './visitor.ts'

let site: ConsoleSite
let ada: Human
let bob: Human
beforeAll(async () => {
  site = await aConsole()
  const people = await site.muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })
  ada = people['ada'] as Human
  bob = people['bob'] as Human
  await call('POST', '/members/carol/deactivate', { reason: 'on leave' })
  await call('POST', '/members/carol/reactivate')
  await call('PUT', '/resources/application/shop', {})
  await site.muster.call('POST', '/v1/me/keys', { token: bob.token, body: { description: 'editor', scope: 'all' } })
  // A refused attempt, which the audit log keeps: an admin cannot demote themselves.
  await call('PATCH', '/members/ada', { role: 'member' })
})
afterAll(() => site?.close())

const call = (method: string, path: string, body?: unknown) => site.muster.call(method, `/v1/organizations/ada${path}`, { token: ada.token, body })
const sentence = (page: Page, text: string | RegExp) => page.getByRole('table', { name: 'Audit log' }).getByRole('button', { name: text })
const search = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)

test('an event reads as a sentence and opens with all its details', async () => {
  const { page, complaints } = await site.consoleOf(ada, '/audit?action=membership')
  await sentence(page, 'carol was reactivated').waitFor()
  await isForEveryone(page)
  await sentence(page, 'carol was deactivated: on leave').click()
  const event = dialog(page, 'carol was deactivated: on leave')
  await event.getByText('membership.deactivated').waitFor()
  await event.getByText('127.0.0.1').waitFor()
  await event.getByRole('button', { name: 'Copy the request id' }).click()
  expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^req_/)
  await isForEveryone(page)
  await event.getByRole('button', { name: 'All about carol' }).click()
  await expect.poll(() => search(page)).toEqual({ action: 'membership', target: 'carol' })
  expect(await page.getByLabel('Target').inputValue()).toBe('carol')
  await page.getByText('muster audit list --target carol --action membership').waitFor({ state: 'attached' })
  expect(complaints).toEqual([])
})

test('an event shows its actor and the key they used in full at 1200 px (P17)', async () => {
  const description = 'deploy from the build server'
  const { body } = await site.muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description, scope: 'all' } })
  const made = await site.muster.call('PUT', '/v1/organizations/ada/resources/application/by-key', { token: body.key, body: {} })
  expect(made.status).toBeLessThan(300)
  for (const width of [1200, 700]) {
    const { page } = await site.consoleOf(ada, '/audit?target=application/by-key', { width, height: 800 })
    const way = page.getByRole('table', { name: 'Audit log' }).getByText(`by key ${description}`)
    await way.waitFor()
    const isWhole = await way.evaluate((element) => {
      const cell = (element as any).closest('td')
      return [...cell.querySelectorAll('*')].every(
        (one: any) => one.clientWidth === 0 || (one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1),
      )
    })
    expect(isWhole, `${width} px`).toBe(true)
    await isForEveryone(page)
  }
})

test('filters of the audit log are kept in the URL', async () => {
  const { page } = await site.consoleOf(ada, '/audit')
  await page.getByLabel('Actor', { exact: true }).fill('bob')
  await page.getByLabel('Event').selectOption('Key: created')
  await sentence(page, 'The key "editor" was created').waitFor()
  await page.getByText('1 total').waitFor()
  const today = (await page.evaluate("new Date().toLocaleDateString('sv')")) as string
  await page.getByLabel('From', { exact: true }).fill(today)
  await page.getByLabel('To', { exact: true }).fill(today)
  await expect.poll(() => search(page)).toEqual({ actor: 'bob', action: 'key.created', from: today, to: today })
  await sentence(page, 'The key "editor" was created').waitFor()
  await page.reload()
  expect(await page.getByLabel('Actor', { exact: true }).inputValue()).toBe('bob')
  await sentence(page, 'The key "editor" was created').waitFor()

  await page.getByLabel('From', { exact: true }).fill('2001-01-01')
  await page.getByLabel('To', { exact: true }).fill('2001-01-02')
  await page.getByRole('heading', { name: 'No matching events' }).waitFor()
  await isForEveryone(page)
  await press(page, 'Clear filters')
  await expect.poll(() => search(page)).toEqual({})
  await expect.poll(() => page.getByLabel('Actor', { exact: true }).inputValue()).toBe('')
  // The text that was typed does not come back after the debounce time.
  await page.waitForTimeout(400)
  expect(search(page)).toEqual({})
})

test('an invitation event shows an address that the audit log does not store', async () => {
  await call('POST', '/invitations', { email: 'ola@example.com' })
  const { page } = await site.consoleOf(ada, '/audit?action=invitation')
  await sentence(page, 'ola@example.com was invited as a member').click()
  const event = dialog(page, 'ola@example.com was invited as a member')
  await isForEveryone(page)
  await event.getByRole('link', { name: 'ola@example.com' }).click()
  await page.getByRole('row', { name: /ola@example.com.*Open/ }).waitFor()
  const { rows } = await sql<{ stored: string }>`
    select details::text || coalesce(value, '') as stored from audit_event left join audit_personal on event_id = id`.execute(
    site.muster.server.database.kysely,
  )
  expect(rows.some(({ stored }) => stored.includes('ola@example.com'))).toBe(false)
})

test('a refused attempt shows its actor, the attempt and the reason', async () => {
  const { page } = await site.consoleOf(ada, '/audit?action=refused')
  await sentence(page, /^ada tried to change .*: admins can't do this to themselves$/).waitFor()
})

test('filtered events are exported as JSON lines and as CSV', async () => {
  const { page } = await site.consoleOf(ada, '/audit?actor=ada&target=carol')
  await sentence(page, 'carol was reactivated').waitFor()
  const save = async (format: string) => {
    await press(page, 'Export')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: `Filtered events as ${format}` }).click()])
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
  }
  const lines = await save('JSON lines')
  expect(lines.name).toBe('audit-ada.jsonl')
  const events = lines.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).action)
  expect(events).toEqual(['membership.deactivated', 'membership.reactivated'])
  const csv = await save('CSV')
  expect(csv.name).toBe('audit-ada.csv')
  expect(csv.text.split('\r\n')[0]).toContain('id,at,action,outcome')
  expect(csv.text).toContain('membership.deactivated')
})

test('a long audit log loads more events on scrolling', async () => {
  const { sole } = await site.muster.organization({ sole: 'admin' })
  for (let at = 0; at < 130; at += 1)
    await site.muster.call('PATCH', '/v1/organizations/sole', { token: (sole as Human).token, body: { address: `${at} Main Street` } })
  const { page } = await site.consoleOf(sole as Human, '/audit?action=organization.contacts_changed')
  await sentence(page, 'Contacts or address were changed').first().waitFor()
  await page.mouse.move(640, 500)
  await page.mouse.wheel(0, 20_000)
  await page.getByText('130 total').waitFor()
  expect(await page.getByRole('row').count(), 'only the rows on the screen are in the page').toBeLessThan(90)
})

test('a member sees that their role does not include the audit log', async () => {
  const { page } = await site.consoleOf(bob, '/audit')
  await heading(page, 'Audit log').waitFor()
  await page.getByText('the role Member, which can', { exact: false }).waitFor()
  expect(await page.getByRole('navigation').getByRole('link', { name: 'Audit log' }).count()).toBe(0)
  await isForEveryone(page)
})

test('an erased reason and an erased address are shown as erased (P19)', async () => {
  await sql`update audit_personal set value = null from audit_event where id = event_id and type = 'membership.deactivated'`.execute(
    site.muster.server.database.kysely,
  )
  const { page } = await site.consoleOf(ada, '/audit?action=membership.deactivated')
  await page.getByRole('cell', { name: '(erased)', exact: true }).waitFor() // the address
  await sentence(page, 'carol was deactivated: (erased)').click()
  const event = dialog(page, 'carol was deactivated: (erased)')
  await expect.poll(() => event.getByText('(erased)', { exact: true }).count()).toBe(2)
  await isForEveryone(page)
})
