import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import type { Human, Muster } from '@muster/testkit/muster.ts'
import { OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { countEmbedded, type DatabaseWork, databaseWorkOf } from '@muster/testkit/statement-counter.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceLogin } from '../oauth/conversation.ts'

// The work of each request in the database: [statements, round trips, commits]. A change that lowers a number lowers it here too. Only PostgreSQL takes several
// statements in one round trip.
const expected: Record<string, [number, number, number]> = {
  'GET /v1/me': [1, 1, 0],
  'GET /v1/me with a key': [1, 1, 0],
  'first page of members': [2, 2, 0],
  'next page of members': [2, 2, 0],
  'search of members': [2, 2, 0],
  'create an email invitation': [7, 5, 2],
  'create a secret': [6, 5, 2],
  'change a role': [8, 6, 1],
  deactivate: [13, 6, 2],
  reactivate: [6, 4, 1],
  join: [24, 12, 1],
  'remove a member': [22, 14, 2],
  'create a key': [8, 5, 1],
  'revoke a key': [6, 5, 1],
  'device authorization': [1, 1, 1],
  'first refresh': [4, 5, 2],
  refresh: [1, 1, 1],
  introspection: [1, 1, 0],
  'sign in': [14, 8, 3],
}

const engines = ['postgres', 'pglite'] as const
const musters = new Map<string, Muster>()
beforeAll(async () => {
  for (const engine of engines) {
    const muster = await startMuster({ engine })
    countEmbedded(muster.server.database)
    musters.set(engine, muster)
  }
})
afterAll(async () => {
  for (const muster of musters.values()) await muster.close()
})

test.each(engines)('each request on %s takes as many statements as the table says', async (engine) => {
  const found = await measure(musters.get(engine) as Muster)
  if (process.env['MUSTER_STATEMENTS']) print(engine, found)
  const counts = Object.fromEntries(
    Object.entries(found).map(([name, { statements, roundTrips, commits }]) => {
      const trips = engine === 'postgres' ? roundTrips : expected[name]?.[1]
      return [name, [statements.length, trips, commits]]
    }),
  )
  expect(counts).toEqual(expected)
})

async function measure(muster: Muster): Promise<Record<string, DatabaseWork>> {
  const people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member' })
  const ada = people['ada'] as Human
  const dan = await muster.person('dan')
  const { refresh_token: refreshToken = '' } = await deviceLogin(muster, ada, 'openid profile email api offline_access')
  const at = '/v1/organizations/ada'
  const found: Record<string, DatabaseWork> = {}
  const send = async (name: string, method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, token: string | null, body?: object | string) => {
    const request = () =>
      muster.server.app.inject({
        method,
        url,
        headers: {
          host: new URL(muster.url).host,
          ...(url === '/sign-in' && { origin: muster.url }),
          ...(token !== null && { authorization: `Bearer ${token}` }),
          ...(typeof body === 'string' && { 'content-type': 'application/x-www-form-urlencoded' }),
        },
        ...(body !== undefined && { payload: body }),
      })
    let answer: Awaited<ReturnType<typeof request>> | undefined
    const work = await databaseWorkOf(async () => {
      answer = await request()
    })
    if (!answer || answer.statusCode >= 400) throw new Error(`${name}: ${answer?.statusCode} ${answer?.body}`)
    found[name] = work
    return answer.headers['content-type']?.startsWith('application/json') ? answer.json() : null
  }

  await send('GET /v1/me', 'GET', '/v1/me', ada.token)
  const { next_cursor: cursor } = await send('first page of members', 'GET', `${at}/members?limit=1`, ada.token)
  await send('next page of members', 'GET', `${at}/members?limit=1&cursor=${cursor}`, ada.token)
  await send('search of members', 'GET', `${at}/members?q=bob`, ada.token)
  await send('create an email invitation', 'POST', `${at}/invitations`, ada.token, { email: 'eve@example.com' })
  const { secret } = await send('create a secret', 'POST', `${at}/secrets`, ada.token, {})
  await send('change a role', 'PATCH', `${at}/members/bob`, ada.token, { role: 'admin' })
  await send('deactivate', 'POST', `${at}/members/bob/deactivate`, ada.token, {})
  await send('reactivate', 'POST', `${at}/members/bob/reactivate`, ada.token, {})
  await send('join', 'POST', '/v1/invitations/accept', dan.token, { token: secret })
  await send('remove a member', 'DELETE', `${at}/members/carol`, ada.token)
  const { id, key } = await send('create a key', 'POST', '/v1/me/keys', ada.token, { description: 'for CI', scope: 'all' })
  await send('GET /v1/me with a key', 'GET', '/v1/me', key)
  await send('revoke a key', 'DELETE', `/v1/me/keys/${id}`, ada.token)
  for (let time = 0; time < 2; time++) await send('device authorization', 'POST', '/oauth/device/code', null, `client_id=${CLI_CLIENT_ID}&scope=openid+api`)
  const form = `grant_type=refresh_token&refresh_token=${refreshToken}&client_id=${CLI_CLIENT_ID}`
  await send('first refresh', 'POST', '/oauth/token', null, form) // it is recorded
  await send('refresh', 'POST', '/oauth/token', null, form)
  const signIn = new URLSearchParams({ identifier: ada.email, password: ada.password }).toString()
  for (let time = 0; time < 2; time++) await send('sign in', 'POST', '/sign-in', null, signIn) // the first notes the network
  const resourceServer = { name: 'Hosts', grants: ['client_credentials'], scopes: ['introspect'] }
  const { id: clientId, secret: clientSecret } = await send('register', 'POST', '/v1/operator/clients', OPERATOR_TOKEN, resourceServer)
  delete found['register']
  const question = `token=${ada.token}&client_id=${clientId}&client_secret=${clientSecret}`
  for (let time = 0; time < 2; time++) await send('introspection', 'POST', '/oauth/introspect', null, question)
  return found
}

/** With MUSTER_STATEMENTS=1 the table is printed, and each statement with MUSTER_STATEMENTS=all. */
function print(engine: string, found: Record<string, DatabaseWork>): void {
  for (const [name, { statements, roundTrips, commits }] of Object.entries(found)) {
    console.log(`${engine}  ${name}: ${statements.length} statements, ${roundTrips} round trips, ${commits} commits`)
    if (process.env['MUSTER_STATEMENTS'] === 'all') for (const statement of statements) console.log(`    ${statement.slice(0, 160)}`)
  }
}
