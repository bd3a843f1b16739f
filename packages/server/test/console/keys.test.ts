import type { Human } from '@muster/testkit/muster.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aConsole, type ConsoleSite, choose, dialog, heading, isForEveryone, press } from './visitor.ts'

let site: ConsoleSite
let ada: Human
let bob: Human
let carol: Human
beforeAll(async () => {
  site = await aConsole()
  const people = await site.muster.organization({ ada: 'admin', bob: 'member', carol: 'admin' })
  ada = people['ada'] as Human
  bob = people['bob'] as Human
  carol = people['carol'] as Human
})
afterAll(() => site?.close())

const call = (method: string, path: string, body?: unknown, who: Human = ada) => site.muster.call(method, path, { token: who.token, body })
const copied = (page: Page) => page.evaluate('navigator.clipboard.readText()') as Promise<string>
const rowOf = (page: Page, name: string | RegExp) => page.getByRole('row', { name })

/** From the button to the secret, which is copied and confirmed. */
async function createKey(page: Page, description: string): Promise<string> {
  await press(page, 'Create key')
  const form = page.getByRole('dialog')
  await form.getByLabel('What it is for').fill(description)
  await form.getByRole('button', { name: 'Create key' }).click()
  const shown = dialog(page, `The key "${description}"`)
  await shown.getByRole('button', { name: 'Copy the key' }).click()
  await shown.getByText('Copied').waitFor()
  await shown.getByRole('button', { name: "I've saved the key" }).click()
  await shown.waitFor({ state: 'hidden' })
  return copied(page)
}

describe("a member's own keys", () => {
  test('the first is made from the empty page, is shown once, and nothing but the word that it is saved closes it', async () => {
    const { page, complaints } = await site.consoleOf(bob, '/keys')
    await page.getByRole('heading', { name: 'You have no keys' }).waitFor()
    expect(await page.getByRole('link', { name: 'All keys' }).count(), 'a member is not led to the keys of others').toBe(0)
    await isForEveryone(page)
    await press(page, 'Create your first key')
    const form = dialog(page, 'Create a key')
    expect(await form.getByRole('button', { name: 'Create key' }).isDisabled()).toBe(true)
    await form.getByLabel('What it is for').fill('nightly backup')
    await form.getByText('muster key create "nightly backup"').waitFor({ state: 'attached' })
    const { promise: pressed, resolve: nowAnswer } = Promise.withResolvers<void>()
    await page.route('**/v1/me/keys', async (route) => {
      if (route.request().method() === 'POST') await pressed
      await route.continue()
    })
    // While it is being made Escape would lose it: at once, before the page has drawn anything, and later.
    await page.evaluate(
      "document.querySelector('[role=dialog] form').requestSubmit(); document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))",
    )
    await page.keyboard.press('Escape')
    nowAnswer()

    const shown = dialog(page, 'The key "nightly backup"')
    await shown.waitFor()
    await page.keyboard.press('Escape')
    await shown.getByRole('alert').getByText('It cannot be shown again.').waitFor()
    await page.mouse.click(5, 5)
    await page.evaluate('history.back()')
    expect(await shown.isVisible()).toBe(true)
    await isForEveryone(page)
    await shown.getByRole('button', { name: 'Copy the key' }).click()
    await shown.getByRole('button', { name: "I've saved the key" }).click()
    await rowOf(page, /nightly backup/).waitFor()

    const { body } = await site.muster.call('GET', '/v1/me', { token: await copied(page) })
    expect(body.username, 'the copied text is the key').toBe('bob')
    expect(await page.content(), 'and it is nowhere on the page any more').not.toContain(await copied(page))
    expect(complaints).toEqual([])
  })

  test('is renamed, with a way back, and revoked after what ends was said', async () => {
    const { page } = await site.consoleOf(bob, '/keys')
    const secret = await createKey(page, 'laptop')
    await choose(page, 'Actions for the key laptop', 'Rename')
    const field = dialog(page, 'Rename the key').getByLabel('What it is for')
    await field.fill('  ')
    await page.getByRole('alert').getByText('one is needed').waitFor()
    await field.fill('old laptop')
    await press(page, 'Rename key')
    await rowOf(page, /^old laptop/).waitFor()
    await press(page, 'Undo')
    await rowOf(page, /^laptop/).waitFor()

    await site.muster.call('GET', '/v1/me', { token: secret })
    await page.reload()
    await rowOf(page, /laptop.*from 127\.0\.0\.1/).waitFor()
    await choose(page, 'Actions for the key laptop', 'Revoke')
    const asked = dialog(page, 'Revoke the key "laptop"?')
    await asked.getByText('the last one came from 127.0.0.1', { exact: false }).waitFor()
    await asked.getByText(/muster key revoke key_/).waitFor({ state: 'attached' })
    await isForEveryone(page)
    await press(page, 'Revoke key')
    await page.getByText('The key "laptop" is revoked').first().waitFor()
    await rowOf(page, /^laptop/).waitFor({ state: 'hidden' })
    expect((await site.muster.call('GET', '/v1/me', { token: secret })).status).toBe(401)
  })

  test('a key that somebody else revoked meanwhile: that it had ended is told, and the list is as it is', async () => {
    await call('POST', '/v1/me/keys', { description: 'gone soon' }, bob)
    const { page } = await site.consoleOf(bob, '/keys')
    await choose(page, 'Actions for the key gone soon', 'Revoke')
    const { body } = await call('GET', '/v1/me/keys', undefined, bob)
    const { id } = body.items.find(({ description }: { description: string }) => description === 'gone soon')
    await call('DELETE', `/v1/organizations/ada/keys/${id}`)
    await press(page, 'Revoke key')
    await page.getByText('The key "gone soon" had ended before').first().waitFor()
    await rowOf(page, /gone soon/).waitFor({ state: 'hidden' })
  })

  test('the keys of others are for admins, and a member who comes by the address is told so', async () => {
    const { page } = await site.consoleOf(bob, '/keys/all')
    await page.getByRole('heading', { name: 'For admins only' }).waitFor()
    await page.getByRole('link', { name: 'See your own keys' }).click()
    await press(page, 'Create key')
    await page.goto('/console/keys/service-accounts/deploy')
    await page.getByRole('heading', { name: 'For admins only' }).waitFor()
    await isForEveryone(page)
  })
})

describe('service accounts and the keys of everybody', () => {
  test('one is made and given a key (S37)', async () => {
    const { page, complaints } = await site.consoleOf(ada, '/keys')
    await page.getByRole('link', { name: 'Service accounts', exact: true }).click()
    await page.getByRole('heading', { name: 'There are no service accounts' }).waitFor()
    await isForEveryone(page)
    await press(page, 'Create service account')
    const form = dialog(page, 'Create a service account')
    await form.getByLabel('Name').fill('No Name')
    await form.getByRole('alert').getByText('A name has 3 to 30 characters').waitFor()
    await form.getByLabel('Name').fill('deploy')
    await form.getByLabel('What it is for').fill('deploys the shop')
    await form.getByRole('button', { name: 'Create service account' }).click()
    await heading(page, 'deploy').waitFor()
    await page.getByText('It has no key yet').waitFor()
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Keys and service accounts' }).getAttribute('aria-current')).not.toBeNull()

    const secret = await createKey(page, 'GitHub Actions')
    expect((await site.muster.call('GET', '/v1/me', { token: secret })).body.username).toBe('deploy')
    await rowOf(page, /GitHub Actions.*by ada/).waitFor()
    await isForEveryone(page)
    expect(complaints).toEqual([])
  })

  test('one gets another name, with a way back, and its page stays open under it', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'build' })
    const { page } = await site.consoleOf(ada, '/keys/service-accounts/build')
    await choose(page, 'Actions for build', 'Edit')
    await dialog(page, 'Edit build').getByLabel('Name').fill('builder')
    await press(page, 'Save changes')
    await heading(page, 'builder').waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/keys/service-accounts/builder')
    await press(page, 'Undo')
    await heading(page, 'build').waitFor()
  })

  test('a name that is taken is told at the field', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'metrics' })
    const { page } = await site.consoleOf(ada, '/keys/service-accounts')
    await press(page, 'Create service account')
    await dialog(page, 'Create a service account').getByLabel('Name').fill('metrics')
    await dialog(page, 'Create a service account').getByRole('button', { name: 'Create service account' }).click()
    await page.getByRole('alert').getByText('There is a service account called metrics already.').waitFor()
  })

  test('keys whose maker has gone are to be rolled: found, replaced, revoked (S37)', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'runner' })
    await call('POST', '/v1/organizations/ada/service-accounts/runner/keys', { description: 'from carol' }, carol)
    await call('POST', '/v1/organizations/ada/members/carol/deactivate')
    const { page } = await site.consoleOf(ada, '/keys/all')
    await page.getByText('1 key to roll').waitFor()
    await isForEveryone(page)
    await press(page, 'Show it')
    await rowOf(page, /from carol.*Roll.*runner · machine.*by carol/).waitFor()
    expect(new URL(page.url()).search).toBe('?roll=true')
    expect(await page.getByRole('row').count(), 'the head and the one').toBe(2)

    await choose(page, 'Actions for the key from carol', 'Make another like it')
    const form = dialog(page, 'Create a key for runner')
    expect(await form.getByLabel('What it is for').inputValue()).toBe('from carol')
    await form.getByLabel('What it is for').fill('from ada')
    await form.getByRole('button', { name: 'Create key' }).click()
    await press(page, "I've saved the key")
    await page.getByText('Put it in place, then revoke the one before.').first().waitFor()
    await press(page, 'Revoke the old key')
    await dialog(page, 'Revoke the key "from carol"?').waitFor()
    await press(page, 'Revoke key')
    await page.getByRole('heading', { name: 'No key is to be rolled' }).waitFor()
    await press(page, 'Show every key')
    await rowOf(page, /from ada.*runner/).waitFor()
  })

  test('an admin renames and revokes the key of somebody else', async () => {
    await call('POST', '/v1/me/keys', { description: 'of bob' }, bob)
    const { page } = await site.consoleOf(ada, '/keys/all')
    await choose(page, 'Actions for the key of bob', 'Rename')
    await dialog(page, 'Rename the key').getByLabel('What it is for').fill('editor of bob')
    await press(page, 'Rename key')
    await rowOf(page, /editor of bob.*bob · user/).waitFor()
    await choose(page, 'Actions for the key editor of bob', 'Revoke')
    await dialog(page, 'Revoke the key "editor of bob"?').getByText('It acts as bob').waitFor()
    await press(page, 'Revoke key')
    await rowOf(page, /editor of bob/).waitFor({ state: 'hidden' })
  })

  test('before one is removed it is said what ends and what is handed over, and then that is what happens (S28)', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'leaver' })
    const { body: key } = await call('POST', '/v1/organizations/ada/service-accounts/leaver/keys', { description: 'cron' })
    await call('PUT', '/v1/organizations/ada/resources/application/cart', { owner: 'leaver' })
    const { page } = await site.consoleOf(ada, '/keys/service-accounts/leaver')
    await page.getByRole('region', { name: 'Resources it owns' }).getByText('cart').waitFor()
    await choose(page, 'Actions for leaver', 'Remove')
    const asked = dialog(page, 'Remove the service account leaver?')
    await asked.getByText('1 key: "cron"').waitFor()
    await asked.getByText('Is handed over to you, ada').waitFor()
    await asked.getByText('application cart').waitFor()
    await isForEveryone(page)
    await press(page, 'Remove leaver')
    await page.getByText('1 key ended. 1 resource passed to you: application cart.').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/keys/service-accounts')
    expect((await site.muster.call('GET', '/v1/me', { token: key.key })).status).toBe(401)
    await page.goto('/console/keys/service-accounts/leaver')
    await page.getByRole('heading', { name: 'There is no service account called leaver' }).waitFor()
  })
})
