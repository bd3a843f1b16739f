import { type Permission, permissions } from '@muster/contract/permissions.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fill, reviewed } from '../http/reviewed.ts'

// What each route requires of the scope of a key (P12). A new route must be in one of these lists.

const needs: Record<string, Permission[]> = {
  'GET /v1/organizations/:org/invitations': ['invitations:read'],
  'POST /v1/organizations/:org/invitations': ['invitations:create'],
  'DELETE /v1/organizations/:org/invitations/:id': ['invitations:revoke'],
  'POST /v1/organizations/:org/invitations/:id/resend': ['invitations:create'],
  'POST /v1/organizations/:org/invitations/:id/link': ['invitations:create'],
  'GET /v1/organizations/:org': ['organization:read'],
  'PATCH /v1/organizations/:org': ['organization:read', 'organization:contacts'],
  'POST /v1/organizations/:org/rename': ['organization:rename'],
  'GET /v1/organizations/:org/members': ['members:read'],
  'GET /v1/organizations/:org/members/:user': ['members:read'],
  'PATCH /v1/organizations/:org/members/:user': ['members:role'],
  'DELETE /v1/organizations/:org/members/:user': ['members:remove'],
  'POST /v1/organizations/:org/members/:user/deactivate': ['members:deactivate'],
  'POST /v1/organizations/:org/members/:user/reactivate': ['members:deactivate'],
  'DELETE /v1/organizations/:org/members/:user/sessions': ['members:sign-out'],
  'GET /v1/permissions': ['members:read'],
  'GET /v1/organizations/:org/roles': ['members:read'],
  'POST /v1/organizations/:org/roles': ['members:role'],
  'GET /v1/organizations/:org/roles/:role': ['members:read'],
  'PATCH /v1/organizations/:org/roles/:role': ['members:role'],
  'DELETE /v1/organizations/:org/roles/:role': ['members:role'],
  'GET /v1/organizations/:org/roles/:role/holders': ['members:read'],
  'GET /v1/organizations/:org/factor-resets': ['members:reset-factors'],
  'GET /v1/organizations/:org/members/:user/factor-reset': ['members:reset-factors'],
  'GET /v1/organizations/:org/keys': ['keys:read'],
  'PATCH /v1/organizations/:org/keys/:id': ['keys:manage'],
  'DELETE /v1/organizations/:org/keys/:id': ['keys:manage'],
  'GET /v1/organizations/:org/service-accounts': ['service-accounts:read'],
  'POST /v1/organizations/:org/service-accounts': ['service-accounts:manage'],
  'GET /v1/organizations/:org/service-accounts/:account': ['service-accounts:read'],
  'PATCH /v1/organizations/:org/service-accounts/:account': ['service-accounts:manage'],
  'DELETE /v1/organizations/:org/service-accounts/:account': ['service-accounts:manage'],
  'GET /v1/organizations/:org/service-accounts/:account/keys': ['keys:read'],
  'GET /v1/organizations/:org/access': ['keys:read'],
  'GET /v1/organizations/:org/audit-events': ['audit:read'],
  'GET /v1/organizations/:org/events': ['audit:read'],
  'GET /v1/organizations/:org/factor-policy': ['organization:read'],
  'GET /v1/organizations/:org/applications': ['applications:read'],
  'GET /v1/organizations/:org/key-policy': ['organization:read'],
  'GET /v1/organizations/:org/unready-members': ['organization:security'],
  'GET /v1/organizations/:org/unready-credentials': ['organization:security'],
  'GET /v1/organizations/:org/secrets': ['invitations:read'],
  'POST /v1/organizations/:org/secrets': ['invitations:create'],
  'DELETE /v1/organizations/:org/secrets/:id': ['invitations:revoke'],
  'GET /v1/organizations/:org/resources': ['resources:read'],
  'GET /v1/organizations/:org/resources/:kind/:name': ['resources:read'],
  'PUT /v1/organizations/:org/resources/:kind/:name': ['resources:register'],
  'DELETE /v1/organizations/:org/resources/:kind/:name': ['resources:remove'],
  'POST /v1/organizations/:org/resources/:kind/:name/transfer': ['resources:transfer'],
  'POST /v1/organizations/:org/resource-transfers': ['resources:transfer'],
  'GET /v1/hosts/:host': ['resources:read'],
  'GET /v2/users/current': ['members:read'],
  'GET /v2/users': ['members:read'],
  'GET /v2/users/:id': ['members:read'],
  'PATCH /v2/users/:id': ['members:read'],
  'GET /v2/users/:id/keys': ['members:read', 'keys:read'],
  'PUT /v2/users/:id/keys/:key': ['keys:manage', 'members:read'],
  'DELETE /v2/users/:id/keys/:key': ['keys:manage', 'members:read'],
  'GET /v2/invites': ['invitations:read'],
  'POST /v2/invites': ['invitations:create'],
  'GET /v2/invites/:id': ['invitations:read'],
  'DELETE /v2/invites/:id': ['invitations:revoke'],
}

/** Routes that every key may call, whatever its scope. */
const open = ['GET /v1/me']

/** Routes that answer `forbidden` or `session_required` to every key. */
const closed = ['POST /v2/users/:id/keys']

/** Requests whose bodies are not in the reviewed list. */
const bodies: Record<string, unknown> = {
  'PATCH /v2/users/:id': { role: 'member' },
  'POST /v2/users/:id/keys': { description: 'CI' },
  'PUT /v2/users/:id/keys/:key': { description: 'CI' },
  'POST /v2/invites': { email: 'somebody@example.com' },
}

let muster: Muster
let ada: Human
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_COMPAT: 'featurebase' } })
  ada = (await muster.organization({ ada: 'admin', bob: 'member' }))['ada'] as Human
})
afterAll(() => muster.close())

const all = Object.keys(permissions) as Permission[]

/** Sends the request of the route with a key of this scope, and returns the answer. */
async function withScope(scope: Permission[], route: string) {
  const { body: made } = await muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'CI', scope } })
  const [method = '', url = ''] = route.split(' ')
  const answer = await muster.call(method, fill(url, 'ada').replace(':key', 'key_nothing'), { token: made.key, body: reviewed[route]?.body ?? bodies[route] })
  await muster.call('DELETE', `/v1/me/keys/${made.id}`, { token: ada.token })
  return answer
}

test('every route that accepts a key is in one of the lists', () => {
  const served = muster.server.app.servedRoutes.filter(({ audience, keys }) => audience === 'actor' || keys).map(({ method, url }) => `${method} ${url}`)
  expect([...Object.keys(needs), ...open, ...closed].sort()).toEqual([...new Set(served)].sort())
})

test.each(Object.entries(needs))('a key whose scope lacks the permission is refused: %s', async (route, needed) => {
  for (const one of needed) {
    const { status, body } = await withScope(
      all.filter((permission) => permission !== one),
      route,
    )
    expect([status, body.code ?? body.error?.code ?? body.message], `without ${one}`).toEqual([403, expect.stringMatching(/insufficient_scope|lacks/)])
    expect(JSON.stringify(body)).toContain(one)
  }
})

test.each(Object.entries(needs))('a key whose scope names only the permission is not refused for it: %s', async (route, needed) => {
  const { body } = await withScope(needed, route)
  // A route that gives a role, or that runs a command of another permission, requires more: it names what else.
  const rest = JSON.stringify(body)
  for (const one of needed) expect(rest).not.toContain(`lacks ${one}.`)
})

test.each([...open, ...closed])('a key of any scope gets the same answer: %s', async (route) => {
  const answers = [await withScope(['audit:read'], route), await withScope(all, route)]
  expect(answers[0]?.status).toBe(answers[1]?.status)
  if (open.includes(route)) expect(answers[0]).toMatchObject({ status: 200, body: { key: { scope: ['audit:read'] } } })
  else expect(answers[0]?.status).toBe(403)
})
