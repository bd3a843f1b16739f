import { setImmediate as nextTurn } from 'node:timers/promises'
import { createVerifier, type Verifier } from '@muster/sdk'
import { type Human, type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceLogin } from '../../server/test/oauth/conversation.ts'
import { type CustomRoles, customRoles } from '../../server/test/oauth/custom-roles.ts'
import { severalServers } from '../../server/test/signals/servers.ts'
import { counting } from './verifying.ts'

// Edits of a role while verifiers at two server processes check its tokens all the time (P10, E82).

const DEPLOY = 'https://deploy.example.com'
const EDITS = 40
const VERIFIERS = 6
const HOLDERS = ['bob', 'cyd', 'dan']
let servers: Muster[]
let one: Muster
let people: Record<string, Human>
let roles: CustomRoles
const verifiers: Verifier[] = []

beforeAll(async () => {
  servers = await severalServers(2)
  one = servers[0] as Muster
  people = await one.organization({ ada: 'admin', ...Object.fromEntries(HOLDERS.map((name) => [name, 'member' as const])) })
  roles = customRoles(one, people['ada'] as Human)
  const operator = async (method: string, path: string, body: unknown) => (await one.call(method, path, { token: OPERATOR_TOKEN, body })).body
  const permissions = { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' }
  await operator('PUT', '/v1/operator/apis', { apis: [{ name: 'Deploy', audience: DEPLOY, permissions, grant: { member: [] } }] })
  const client = { name: 'deploy', grants: ['client_credentials'], scopes: ['signals', 'introspect'], api: DEPLOY }
  const { id: clientId, secret: clientSecret } = await operator('POST', '/v1/operator/clients', client)
  for (let place = 0; place < VERIFIERS; place++) {
    const { fetch } = counting(one.url, (servers[place % servers.length] as Muster).url)
    const verifier = createVerifier({ issuer: one.url, clientId, clientSecret, audience: DEPLOY, fetch, onError: () => {} })
    verifiers.push(verifier)
    await verifier.ready(60)
  }
})
afterAll(async () => {
  await Promise.all(verifiers.map((verifier) => verifier.close()))
  for (const server of servers.toReversed()) await server.close()
})

test('no check after the acknowledged answer uses an earlier revision (P10, E82)', async () => {
  const id = await roles.create('Deployer', ['apps:read', 'apps:deploy'])
  const tokens: string[] = []
  for (const name of HOLDERS) {
    await roles.give(name, id)
    tokens.push((await deviceLogin(one, await one.login(people[name] as Human), 'api', { resource: DEPLOY })).access_token)
  }
  let revision = 1
  let acknowledged = 1
  let checks = 0
  const stale: string[] = []
  let isOver = false
  const check = async (verifier: Verifier, token: string): Promise<void> => {
    for (; !isOver; checks++) {
      const least = acknowledged
      const caller = await verifier.verify(token)
      const now = caller.roleRevision as number
      if (now < least) stale.push(`revision ${now} after ${least} was acknowledged`)
      if (caller.can('apps:deploy') !== (now % 2 === 1)) stale.push(`the permissions of revision ${now} are wrong`)
      await nextTurn()
    }
  }
  const checking = verifiers.flatMap((verifier) => tokens.map((token) => check(verifier, token)))
  for (let edit = 0; edit < EDITS; edit++) {
    revision += 1
    const report = await roles.edit(id, revision % 2 === 1 ? ['apps:read', 'apps:deploy'] : ['apps:read'])
    expect(report).toMatchObject({ receivers: VERIFIERS, missing: [] })
    acknowledged = revision
  }
  isOver = true
  await Promise.all(checking)
  expect(stale).toEqual([])
  expect(checks).toBeGreaterThan(EDITS * verifiers.length)
})
