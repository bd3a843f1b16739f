import { createVerifier } from '@muster/sdk/index.ts'
import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer, aStream, BATCH } from '../signals/receiving.ts'
import { aConsole, type ConsoleSite, choose, press } from './visitor.ts'

let site: ConsoleSite
beforeAll(async () => {
  site = await aConsole()
})
afterAll(() => site?.close())

const LONGER_THAN_ANY_TOAST = 13_000
const withClock = (tab: Page) => tab.clock.install()

test('deactivating a member says at how many services access has ended', async () => {
  const { muster } = site
  const { ada, bob } = (await muster.organization({ ada: 'admin', bob: 'member' })) as { ada: Human; bob: Human }
  const client = { name: 'billing', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
  const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
  const verifier = createVerifier({ issuer: muster.url, clientId: body.id, clientSecret: body.secret })
  try {
    await verifier.ready()
    await verifier.verify(bob.token)
    const { page, complaints } = await site.consoleApart(ada, '/users', withClock)
    await choose(page, 'Actions for bob', 'Change role')
    await page.getByRole('dialog').getByLabel('Role', { exact: true }).selectOption('Admin')
    await press(page, 'Make bob an admin')
    await page.getByText(/Role applied at 1 of 1 service in \d+ ms/).waitFor()
    expect((await verifier.verify(bob.token)).role).toBe('admin')
    await choose(page, 'Actions for bob', 'Deactivate')
    await press(page, 'Deactivate bob')
    const notice = page.getByText(/Access ended at 1 of 1 service in \d+ ms/)
    await notice.waitFor()
    await page.clock.fastForward(LONGER_THAN_ANY_TOAST)
    await notice.waitFor({ state: 'hidden' })
    await expect(verifier.verify(bob.token)).rejects.toMatchObject({ code: 'user_deactivated' })
    expect(complaints).toEqual([])
  } finally {
    await verifier.close()
  }
})

test('a service that has not answered is named in a notice that stays', async () => {
  const { muster } = site
  const { cleo } = (await muster.organization({ cleo: 'admin', dora: 'member' })) as { cleo: Human }
  const service = await aResourceServer(muster)
  const stream = await aStream(muster, service, { description: 'api-7 in Porto', events_requested: [BATCH] })
  try {
    await stream.poll()
    const { page, complaints } = await site.consoleApart(cleo, '/users', withClock)
    await choose(page, 'Actions for dora', 'Deactivate')
    await press(page, 'Deactivate dora')
    const notice = page.getByText('Access ended at 0 of 1 service', { exact: true }).last() // The announcement for screen readers repeats the text.
    await page
      .getByText(/No confirmation yet from api-7 in Porto\. Access there ends by /)
      .first()
      .waitFor()
    await page.clock.fastForward(LONGER_THAN_ANY_TOAST)
    expect(await notice.isVisible()).toBe(true)
    expect(complaints).toEqual([])
  } finally {
    await stream.remove()
  }
})
