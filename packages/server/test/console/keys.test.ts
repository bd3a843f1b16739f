import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
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

/** Creates a key, copies it and confirms that it is saved. */
async function createKey(page: Page, description: string): Promise<string> {
  await press(page, 'Create key')
  const form = page.getByRole('dialog')
  await form.getByLabel('Description').fill(description)
  await form.getByLabel('Permissions', { exact: true }).selectOption('all')
  await form.getByRole('button', { name: 'Create key' }).click()
  const keyDialog = dialog(page, `Key "${description}"`)
  await keyDialog.getByRole('button', { name: 'Copy the key' }).click()
  await keyDialog.getByText('Copied').waitFor()
  await keyDialog.getByRole('button', { name: "I've saved the key" }).click()
  await keyDialog.waitFor({ state: 'hidden' })
  return copied(page)
}

describe("a member's own keys", () => {
  test('a new key stays on screen until the member confirms it is saved', async () => {
    const { page, complaints } = await site.consoleOf(bob, '/keys')
    await page.getByRole('heading', { name: 'You have no keys' }).waitFor()
    expect(await page.getByRole('link', { name: 'All keys' }).count(), 'a member has no link to the keys of others').toBe(0)
    await isForEveryone(page)
    await press(page, 'Create your first key')
    const form = dialog(page, 'Create key')
    expect(await form.getByRole('button', { name: 'Create key' }).isDisabled()).toBe(true)
    await form.getByLabel('Description').fill('nightly backup')
    expect(await form.getByRole('button', { name: 'Create key' }).isDisabled(), 'a key says what it may do (P12)').toBe(true)
    await isForEveryone(page)
    await form.getByLabel('List resources').check()
    await form.getByLabel('Expires').selectOption('In 30 days')
    await form.getByText('muster key create "nightly backup" --scope resources:read --expires 30d').waitFor({ state: 'attached' })
    const { promise: pressed, resolve: nowAnswer } = Promise.withResolvers<void>()
    await page.route('**/v1/me/keys', async (route) => {
      if (route.request().method() === 'POST') await pressed
      await route.continue()
    })
    // Escape would lose a key that is being created: both immediately, before the page renders, and later.
    await page.evaluate(
      "document.querySelector('[role=dialog] form').requestSubmit(); document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))",
    )
    await page.keyboard.press('Escape')
    nowAnswer()

    const keyDialog = dialog(page, 'Key "nightly backup"')
    await keyDialog.waitFor()
    await page.keyboard.press('Escape')
    await keyDialog.getByRole('alert').getByText("You can't see this key again.").waitFor()
    await page.mouse.click(5, 5)
    await page.evaluate('history.back()')
    expect(await keyDialog.isVisible()).toBe(true)
    await isForEveryone(page)
    await keyDialog.getByRole('button', { name: 'Copy the key' }).click()
    await keyDialog.getByRole('button', { name: "I've saved the key" }).click()
    await rowOf(page, /nightly backup.*Expires in \d+ days · resources:read/).waitFor()

    const { body } = await site.muster.call('GET', '/v1/me', { token: await copied(page) })
    expect(body.username, 'the copied text is the key').toBe('bob')
    expect(body.key.scope).toEqual(['resources:read'])
    expect(await page.content(), 'the key is nowhere on the page').not.toContain(await copied(page))
    expect(complaints).toEqual([])
  })

  test('a key is renamed, renamed back and revoked', async () => {
    const { page } = await site.consoleOf(bob, '/keys')
    const secret = await createKey(page, 'laptop')
    await choose(page, 'Actions for the key laptop', 'Rename')
    const field = dialog(page, 'Rename key').getByLabel('Description')
    await field.fill('  ')
    await page.getByRole('alert').getByText('Enter a description.').waitFor()
    await field.fill('old laptop')
    await press(page, 'Rename key')
    await rowOf(page, /^old laptop/).waitFor()
    await press(page, 'Undo')
    await rowOf(page, /^laptop/).waitFor()

    await site.muster.call('GET', '/v1/me', { token: secret })
    await page.reload()
    await rowOf(page, /laptop.*from 127\.0\.0\.1/).waitFor()
    await choose(page, 'Actions for the key laptop', 'Revoke')
    const confirmation = dialog(page, 'Revoke key "laptop"?')
    await confirmation.getByText('last used from 127.0.0.1', { exact: false }).waitFor()
    await confirmation.getByText(/muster key revoke key_/).waitFor({ state: 'attached' })
    await isForEveryone(page)
    await press(page, 'Revoke key')
    await page.getByText('Key "laptop" revoked').first().waitFor()
    await rowOf(page, /^laptop/).waitFor({ state: 'hidden' })
    expect((await site.muster.call('GET', '/v1/me', { token: secret })).status).toBe(401)
  })

  test('revoking a key that is already revoked says so', async () => {
    await call('POST', '/v1/me/keys', { description: 'gone soon', scope: 'all' }, bob)
    const { page } = await site.consoleOf(bob, '/keys')
    await choose(page, 'Actions for the key gone soon', 'Revoke')
    const { body } = await call('GET', '/v1/me/keys', undefined, bob)
    const { id } = body.items.find(({ description }: { description: string }) => description === 'gone soon')
    await call('DELETE', `/v1/organizations/ada/keys/${id}`)
    await press(page, 'Revoke key')
    await page.getByText('Key "gone soon" was already revoked').first().waitFor()
    await rowOf(page, /gone soon/).waitFor({ state: 'hidden' })
  })

  test('a member sees that their role does not include the keys of others', async () => {
    const { page } = await site.consoleOf(bob, '/keys/all')
    await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
    await page.getByRole('link', { name: 'See your own keys' }).click()
    await press(page, 'Create key')
    await page.goto('/console/keys/service-accounts/deploy')
    await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
    await isForEveryone(page)
  })
})

describe('service accounts and the keys of all members', () => {
  test('an admin creates a service account and a key for it (S37)', async () => {
    const { page, complaints } = await site.consoleOf(ada, '/keys')
    await page.getByRole('link', { name: 'Service accounts', exact: true }).click()
    await page.getByRole('heading', { name: 'No service accounts yet' }).waitFor()
    await isForEveryone(page)
    await press(page, 'Create service account')
    const form = dialog(page, 'Create service account')
    await form.getByLabel('Name').fill('No Name')
    await form.getByRole('alert').getByText('Use 3 to 30 lowercase letters').waitFor()
    await form.getByLabel('Name').fill('deploy')
    await form.getByLabel('Description').fill('deploys the shop')
    await form.getByRole('button', { name: 'Create service account' }).click()
    await heading(page, 'deploy').waitFor()
    await page.getByText('No keys yet').waitFor()
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Keys and service accounts' }).getAttribute('aria-current')).not.toBeNull()

    const secret = await createKey(page, 'GitHub Actions')
    expect((await site.muster.call('GET', '/v1/me', { token: secret })).body.username).toBe('deploy')
    await rowOf(page, /GitHub Actions.*by ada/).waitFor()
    await isForEveryone(page)
    expect(complaints).toEqual([])
  })

  test('the page of a service account stays open when it is renamed', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'build' })
    const { page } = await site.consoleOf(ada, '/keys/service-accounts/build')
    await choose(page, 'Actions for build', 'Edit')
    const form = dialog(page, 'Edit build')
    await form.getByLabel('Name').fill('builder')
    await form.getByLabel('Role').selectOption('Viewer')
    await form.getByText('muster service-account role build viewer && muster service-account rename build builder').waitFor({ state: 'attached' })
    await form.getByLabel('Role').selectOption('Member')
    await press(page, 'Save changes')
    await heading(page, 'builder').waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/keys/service-accounts/builder')
    await press(page, 'Undo')
    await heading(page, 'build').waitFor()
  })

  test('the form refuses a name that is taken', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'metrics' })
    const { page } = await site.consoleOf(ada, '/keys/service-accounts')
    await press(page, 'Create service account')
    await dialog(page, 'Create service account').getByLabel('Name').fill('metrics')
    await dialog(page, 'Create service account').getByRole('button', { name: 'Create service account' }).click()
    await page.getByRole('alert').getByText('A service account named metrics already exists.').waitFor()
  })

  test('an admin rolls a key whose creator was deactivated (S37)', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'runner' })
    await call('POST', '/v1/organizations/ada/service-accounts/runner/keys', { description: 'from carol', scope: 'all' }, carol)
    await call('POST', '/v1/organizations/ada/members/carol/deactivate')
    const { page } = await site.consoleOf(ada, '/keys/all')
    await page.getByText('1 key to roll').waitFor()
    await isForEveryone(page)
    await press(page, 'Show key')
    await rowOf(page, /from carol.*To roll.*runner · service account.*by carol/).waitFor()
    expect(new URL(page.url()).search).toBe('?roll=true')
    // The row is in the whole list too, which stays until the filtered one has arrived.
    await expect.poll(() => page.getByRole('row').count(), { message: 'the header and one key', timeout: 10_000 }).toBe(2)

    await choose(page, 'Actions for the key from carol', 'Roll')
    const form = dialog(page, 'Create key for runner')
    expect(await form.getByLabel('Description').inputValue()).toBe('from carol')
    await form.getByLabel('Description').fill('from ada')
    await form.getByRole('button', { name: 'Create key' }).click()
    await press(page, "I've saved the key")
    await page.getByText('Put it in place, then revoke the old key.').first().waitFor()
    await press(page, 'Revoke old key')
    await dialog(page, 'Revoke key "from carol"?').waitFor()
    await press(page, 'Revoke key')
    await page.getByRole('heading', { name: 'No keys to roll' }).waitFor()
    await press(page, 'Show all keys')
    await rowOf(page, /from ada.*runner/).waitFor()
  })

  test("a key is given permissions of the platform's APIs (P12)", async () => {
    const applyApi = async (grant: string[]) => {
      const permissions = { 'apps:deploy': 'Deploy applications', 'apps:read': 'See applications', 'apps:delete': 'Delete applications' }
      const apis = [{ name: 'Deploy', audience: 'https://deploy.example.com', permissions, grant: { member: grant } }]
      expect((await site.muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis } })).status).toBe(200)
    }
    await applyApi(['apps:deploy', 'apps:read'])
    const dave = await site.organization({ dave: 'admin', dora: 'admin' })
    await dave.call('POST', '/service-accounts', { name: 'pusher' })
    const { page } = await site.consoleOf(dave.named('dora'), '/keys/service-accounts/pusher')
    await press(page, 'Create key')
    const form = dialog(page, 'Create key for pusher')
    const deploy = form.getByRole('group', { name: 'Deploy' })
    await deploy.getByLabel('Deploy applications').check()
    await deploy.getByLabel('See applications').check()
    expect(await deploy.getByRole('checkbox').count(), 'pusher may not delete applications').toBe(2)
    await form.getByLabel('List resources').check()
    await form.getByLabel('Description').fill('pushes')
    await isForEveryone(page)
    await form.getByRole('button', { name: 'Create key' }).click()
    await press(page, "I've saved the key")
    await rowOf(page, /pushes/).waitFor()

    // Of the key that an admin rolls, a permission that the account has lost is shown, and not requested unnoticed.
    await applyApi(['apps:read'])
    await dave.call('POST', `/members/${dave.named('dora').id}/deactivate`)
    const { page: again } = await site.consoleOf(dave.named('dave'), '/keys/all')
    await choose(again, 'Actions for the key pushes', 'Roll')
    expect(await deploy.getByLabel('See applications').isChecked()).toBe(true)
    const other = form.getByRole('group', { name: 'Other' })
    await expect.poll(() => other.getByRole('checkbox', { checked: true }).count()).toBe(1)
    await isForEveryone(again)
    await other.getByLabel('apps:deploy').uncheck()
    expect(await other.getByLabel('apps:deploy').isChecked(), 'the box stays').toBe(false)
    await form.getByLabel('Description').fill('reads only')
    await form.getByRole('button', { name: 'Create key' }).click()
    await press(again, "I've saved the key")
    const { items } = (await dave.call('GET', '/keys')).body
    const scopeOf = (wanted: string) => items.find(({ description }: { description: string }) => description === wanted).scope
    expect(scopeOf('pushes')).toEqual(['apps:deploy', 'apps:read', 'resources:read'])
    expect(scopeOf('reads only')).toEqual(['apps:read', 'resources:read'])
  })

  test("an admin renames and revokes another member's key", async () => {
    await call('POST', '/v1/me/keys', { description: 'of bob', scope: 'all' }, bob)
    const { page } = await site.consoleOf(ada, '/keys/all')
    await choose(page, 'Actions for the key of bob', 'Rename')
    await dialog(page, 'Rename key').getByLabel('Description').fill('editor of bob')
    await press(page, 'Rename key')
    await rowOf(page, /editor of bob.*bob · user/).waitFor()
    await choose(page, 'Actions for the key editor of bob', 'Revoke')
    await dialog(page, 'Revoke key "editor of bob"?').getByText('It acts as bob').waitFor()
    await press(page, 'Revoke key')
    await rowOf(page, /editor of bob/).waitFor({ state: 'hidden' })
  })

  test('removing a service account revokes its keys and transfers its resources (S28)', async () => {
    await call('POST', '/v1/organizations/ada/service-accounts', { name: 'leaver' })
    const { body: key } = await call('POST', '/v1/organizations/ada/service-accounts/leaver/keys', { description: 'cron', scope: 'all' })
    await call('PUT', '/v1/organizations/ada/resources/application/cart', { owner: 'leaver' })
    const { page } = await site.consoleOf(ada, '/keys/service-accounts/leaver')
    await page.getByRole('region', { name: 'Resources it owns' }).getByText('cart').waitFor()
    await choose(page, 'Actions for leaver', 'Remove')
    const confirmation = dialog(page, 'Remove service account leaver?')
    await confirmation.getByText('1 key: "cron"').waitFor()
    await confirmation.getByText('Transferred to you, ada').waitFor()
    await confirmation.getByText('application cart').waitFor()
    await isForEveryone(page)
    await press(page, 'Remove leaver')
    await page.getByText('1 key revoked. 1 resource transferred to you: application cart.').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/keys/service-accounts')
    expect((await site.muster.call('GET', '/v1/me', { token: key.key })).status).toBe(401)
    await page.goto('/console/keys/service-accounts/leaver')
    await page.getByRole('heading', { name: 'Service account leaver not found' }).waitFor()
  })
})
