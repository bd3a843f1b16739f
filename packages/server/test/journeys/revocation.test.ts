import { strict as assert } from 'node:assert'
import { createVerifier, TokenRefused } from '@muster/sdk/index.ts'
import { engines } from '@muster/testkit/database.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { aTerminal, type RunOptions, type Terminal } from './terminal.ts'

// From the admin's command to a resource server that verifies tokens by itself.

describe.each(engines)('access that ends everywhere, on %s', (engine) => {
  let muster: Muster
  beforeAll(async () => {
    muster = await startMuster({ engine })
  })
  afterAll(() => muster?.close())

  /** A resource server that verifies tokens by itself and receives revocations. */
  const aService = async () => {
    const client = { name: 'billing', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
    const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
    const verifier = createVerifier({ issuer: muster.url, clientId: body.id, clientSecret: body.secret })
    await verifier.ready()
    return verifier
  }

  test('deactivating says when every resource server has acknowledged it', async () => {
    const { ada, bob } = await muster.organization({ ada: 'admin', bob: 'member' })
    assert.ok(ada && bob)
    const verifier = await aService()
    const terminal = await (await aTerminal(muster)).holds(ada)
    try {
      assert.equal((await verifier.verify(bob.token)).sub, bob.id)

      const deactivated = await terminal.run('user deactivate bob --reason "laptop lost" --yes')
      assert.equal(deactivated.code, 0, deactivated.text)
      assert.match(deactivated.stderr, /Revoked at 1 of 1 services after \d+ ms\./)
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

  test('a role change and a suspension are reported as in force', async () => {
    const { cora, dan } = (await muster.organization({ cora: 'admin', dan: 'member' })) as Record<'cora' | 'dan', Human>
    const verifier = await aService()
    const opened: Terminal[] = []
    const at = async (human: Human): Promise<Terminal> => {
      const made = await aTerminal(muster)
      opened.push(made)
      return made.holds(human)
    }
    const operator: RunOptions = { env: { MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN } }
    const inForce = /\n✓ In effect at 1 of 1 services after \d+ ms\.\n/
    try {
      const [admin, member, other] = [await at(cora), await at(dan), await at(await muster.person('erin'))]
      assert.match((await admin.run('user role dan admin')).stderr, inForce)
      assert.match((await admin.run('user role dan member --yes')).stderr, inForce)
      assert.match((await admin.run('server suspend cora --yes', operator)).stderr, inForce)
      await assert.rejects(
        () => verifier.verify(dan.token),
        (error: unknown) => error instanceof TokenRefused && error.code === 'organization_suspended',
      )
      assert.match((await admin.run('server resume cora', operator)).stderr, inForce)
      assert.equal((await verifier.verify(dan.token)).sub, dan.id)

      const secret = (await other.run('org invite')).stdout.trim()
      assert.equal((await member.json(`invitation accept ${secret} --yes`)).revocation.acknowledged, 1)
      assert.equal((await member.json('logout')).revocation.acknowledged, 1)
    } finally {
      await verifier.close()
      await Promise.all(opened.map((one) => one.close()))
    }
  })
})
