import { createVerifier } from '@muster/sdk/index.ts'
import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anOffice, choose, type Office, press } from './visitor.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office?.close())

test('whoever deactivates in the browser is told where access has ended, and the service refuses', async () => {
  const { muster } = office
  const { ada, bob } = (await muster.organization({ ada: 'admin', bob: 'member' })) as { ada: Human; bob: Human }
  const client = { name: 'billing', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
  const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
  const verifier = createVerifier({ issuer: muster.url, clientId: body.id, clientSecret: body.secret })
  try {
    await verifier.ready()
    await verifier.verify(bob.token)
    const { page, complaints } = await office.consoleOf(ada, '/users')
    await choose(page, 'Actions for bob', 'Deactivate')
    await press(page, 'Deactivate bob')
    await page.getByText(/Ended at 1 of 1 service, \d+ ms/).waitFor()
    await expect(verifier.verify(bob.token)).rejects.toMatchObject({ code: 'user_deactivated' })
    expect(complaints).toEqual([])
  } finally {
    await verifier.close()
  }
})
