import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postForm } from '../oauth/conversation.ts'

// A refusal names what is missing and who can change that (P23), and says nothing that is false for the caller.

let muster: Muster
let team: Record<'ada' | 'bob' | 'eve', Human>
let clientToken: string
const asAda = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/organizations/ada${path}`, { token: team.ada.token, body })
beforeAll(async () => {
  muster = await startMuster()
  team = (await muster.organization({ ada: 'admin', bob: 'member', eve: 'member' })) as typeof team
  const registration = {
    name: 'Backend',
    grants: ['client_credentials'],
    scopes: ['platform:organizations:read', 'platform:members:read', 'resources:register'],
  }
  const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: registration })
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret, scope: registration.scopes.join(' ') }
  clientToken = (await postForm(muster, '/oauth/token', form)).body.access_token
})
afterAll(() => muster.close())

test.each([
  ['audit-events', 'audit:read'],
  ['invitations', 'invitations:read'],
  ['service-accounts', 'service-accounts:read'],
  ['keys', 'keys:read'],
  ['applications', 'applications:read'],
])('a member at %s reads which permission another role can have (P23)', async (path, permission) => {
  const { status, body } = await muster.call('GET', `/v1/organizations/ada/${path}`, { token: team.bob.token })
  const detail = `The role member does not have ${permission}. An admin of ada can give you another role.`
  expect([status, body.code, body.permission, body.detail]).toEqual([403, 'forbidden', permission, detail])
})

test('a member reads that only admins have a permission that is not delegable (P23)', async () => {
  const { body } = await muster.call('DELETE', '/v1/organizations/ada/members/eve', { token: team.bob.token })
  expect([body.permission, body.detail]).toEqual(['members:remove', 'The role member does not have members:remove. Only the role admin in ada has it.'])
})

test('a person on a route for clients is not sent to an admin (P23)', async () => {
  const { body: key } = await muster.call('POST', '/v1/me/keys', { token: team.bob.token, body: { description: 'ci', scope: 'all' } })
  for (const [token, whose] of [
    [team.bob.token, 'The token belongs to a person.'],
    [key.key, 'The key belongs to a person or a service account.'],
  ]) {
    const { status, body } = await muster.call('GET', '/v1/users/ada', { token })
    expect([status, body.code, body.detail]).toEqual([403, 'forbidden', `Only clients can do this. ${whose}`])
    expect([body.title, body.next]).toEqual(['You do not have permission for this.', 'Use the token of a client.'])
  }
})

test('a client on a route for people is not sent to an admin (P23)', async () => {
  const { status, body } = await muster.call('GET', '/v1/me', { token: clientToken })
  expect([status, body.code, body.detail]).toEqual([403, 'forbidden', 'Only people can do this. The token belongs to a client.'])
  expect([body.title, body.next]).toEqual(['You do not have permission for this.', 'Use the token of a person.'])
})

test('a client and the operator get a next step for an unknown organization (P15)', async () => {
  const refused = async (path: string, token: string, method = 'GET', body?: unknown) => (await muster.call(method, path, { token, body })).body
  for (const answer of [
    await refused('/v1/organizations/nothing', clientToken),
    await refused('/v1/organizations/nothing/members', clientToken),
    await refused('/v1/organizations/nothing/resources', clientToken),
    await refused('/v1/organizations/nothing/resources/application/shop', clientToken, 'PUT', {}),
  ]) {
    expect(answer).toMatchObject({ code: 'organization_not_found', next: 'Check its name or id.' })
    expect(answer).not.toHaveProperty('command')
  }
  for (const answer of [
    await refused('/v1/operator/organizations/nothing', OPERATOR_TOKEN),
    await refused('/v1/operator/organizations/nothing', OPERATOR_TOKEN, 'PATCH', { plan: 'free' }),
    await refused('/v1/operator/invitations?organization=nothing', OPERATOR_TOKEN),
  ])
    expect(answer).toMatchObject({ code: 'organization_not_found', command: 'muster server org list' })
  expect(await refused('/v1/organizations/nothing', team.bob.token)).toMatchObject({ next: 'Show yours.', command: 'muster org show' })
})

test('an invited person reads that the invitation can count again (P8)', async () => {
  await asAda('POST', '/roles', { name: 'Inviter', permissions: ['organization:read', 'invitations:create'] })
  await asAda('POST', '/roles', { name: 'Reader', permissions: ['organization:read'] })
  await asAda('PATCH', '/members/eve', { role: 'Inviter' })
  const { token } = await muster.login(team.eve) // a lower role ends the login
  const { body: secret } = await muster.call('POST', '/v1/organizations/ada/secrets', { token, body: { role: 'Reader' } })
  const preview = () => muster.call('POST', '/v1/invitations/preview', { body: { token: secret.secret } })
  expect((await preview()).status).toBe(200)
  await asAda('PATCH', '/roles/Inviter', { permissions: ['organization:read'] })
  expect(await preview()).toMatchObject({
    status: 410,
    body: {
      code: 'invitation_revoked',
      detail: 'The person who invited can no longer give this role. The invitation counts again if an admin changes that.',
      next: 'Ask an admin of the organization for a new one.',
    },
  })
  await asAda('PATCH', '/roles/Inviter', { permissions: ['organization:read', 'invitations:create'] })
  expect((await preview()).status).toBe(200)
})
