import { createVerifier } from '@muster/sdk/index.ts'
import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer, aStream, BATCH } from '../signals/receiving.ts'
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

test('a service that has not answered is named in a notice that stays', async () => {
  const { muster } = office
  const { cleo } = (await muster.organization({ cleo: 'admin', dora: 'member' })) as { cleo: Human }
  const service = await aResourceServer(muster)
  const stream = await aStream(muster, service, { description: 'api-7 in Porto', events_requested: [BATCH] })
  try {
    await stream.poll()
    const { page, complaints } = await office.consoleOf(cleo, '/users')
    await choose(page, 'Actions for dora', 'Deactivate')
    await press(page, 'Deactivate dora')
    const notice = page.getByText('Ended at 0 of 1 service', { exact: true }).last() // what is announced stands there twice
    await page
      .getByText(/Not heard from: api-7 in Porto\. They refuse by themselves from /)
      .first()
      .waitFor()
    await page.waitForTimeout(13_000) // longer than anything else is told
    expect(await notice.isVisible()).toBe(true)
    expect(complaints).toEqual([])
  } finally {
    await stream.remove()
  }
})
