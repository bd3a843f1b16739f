import { strict as assert } from 'node:assert'
import { createVerifier, TokenRefused } from '@muster/sdk/index.ts'
import { type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { aTerminal } from './terminal.ts'

// From the admin's command to the last service: an API of the platform that verifies tokens by itself.

describe.each(['pglite', 'postgres'] as const)('access that ends everywhere, on %s', (engine) => {
  let muster: Muster
  beforeAll(async () => {
    muster = await startMuster({ engine })
  })
  afterAll(() => muster?.close())

  test('an admin deactivates at the terminal, is told that every service has heard, and the service refuses with the reason', async () => {
    const { ada, bob } = await muster.organization({ ada: 'admin', bob: 'member' })
    assert.ok(ada && bob)
    const client = { name: 'billing', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
    const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
    const verifier = createVerifier({ issuer: muster.url, clientId: body.id, clientSecret: body.secret })
    const terminal = await (await aTerminal(muster)).holds(ada)
    try {
      await verifier.ready()
      assert.equal((await verifier.verify(bob.token)).sub, bob.id)

      const deactivated = await terminal.run('user deactivate bob --reason "laptop lost" --yes')
      assert.equal(deactivated.code, 0, deactivated.text)
      assert.match(deactivated.stderr, /Ended at 1 of 1 services, \d+ ms\./)
      await assert.rejects(
        () => verifier.verify(bob.token),
        (error: unknown) => error instanceof TokenRefused && error.code === 'user_deactivated',
      )

      const role = await terminal.run('user show bob --json')
      assert.equal(JSON.parse(role.stdout).status, 'deactivated')
    } finally {
      await verifier.close()
      await terminal.close()
    }
  })
})
