import { createVerifier, TokenRefused, type Verifier } from '@muster/sdk/index.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDevice, browserOf, deviceLogin, pollDevice, postForm, refresh, SCOPE, startDevice } from '../oauth/conversation.ts'

// The operator suspends one person: every path refuses them, whatever their organization does, and only after a genuine credential (O14, S36 step 4).
let muster: Muster
let verifier: Verifier
let ada: Human
let bob: Human
let cid: Human
let held: {
  accessToken: string
  refreshToken: string
  key: string
  machineKey: string
  cookie: string
  approved: string
  untouched: string
  invitation: string
}
const operate = (user: string, verb: 'suspend' | 'resume', body?: unknown) =>
  muster.call('POST', `/v1/operator/users/${user}/${verb}`, { token: OPERATOR_TOKEN, body, headers: { prefer: 'wait=10' } })
const told = { status: 403, body: { code: 'account_suspended', suspended_at: expect.any(String), next: 'Contact the operator of this cloud.' } }
const signIn = (password: string, more: Record<string, string> = {}) =>
  postForm(muster, '/sign-in', { identifier: 'bob', password, ...more }, { origin: muster.url })
const verdict = (token: string) =>
  verifier.verify(token).then(
    () => 'accepted',
    (error: unknown) => (error instanceof TokenRefused ? error.code : String(error)),
  )
const member = (token: string, name = 'bob') => muster.call('GET', `/v1/organizations/ada/members/${name}`, { token })

beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'admin', cid: 'member' })
  ;[ada, bob, cid] = [people['ada'] as Human, people['bob'] as Human, people['cid'] as Human]
  const client = { name: 'billing', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
  const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
  verifier = createVerifier({ issuer: muster.url, clientId: body.id, clientSecret: body.secret })
  await verifier.ready()
  const login = await deviceLogin(muster, bob, `${SCOPE} offline_access`)
  await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: bob.token, body: { name: 'robot', description: '' } })
  const machine = await muster.call('POST', '/v1/organizations/ada/service-accounts/robot/keys', {
    token: bob.token,
    body: { description: 'CI', scope: 'all' },
  })
  const { body: approved } = await startDevice(muster)
  await answerDevice(muster, bob, approved.user_code)
  const eve = await muster.person('eve')
  held = {
    accessToken: login.access_token,
    refreshToken: login.refresh_token as string,
    key: (await muster.call('POST', '/v1/me/keys', { token: bob.token, body: { description: 'CI', scope: 'all' } })).body.key,
    machineKey: machine.body.key,
    cookie: (await browserOf(muster, bob)).cookie,
    approved: approved.device_code,
    untouched: (await startDevice(muster)).body.user_code,
    invitation: (await muster.call('POST', '/v1/organizations/eve/secrets', { token: eve.token, body: {} })).body.secret,
  }
  await muster.call('PUT', '/v1/organizations/ada/resources/database/main', { token: bob.token })
  await muster.call('POST', '/v1/organizations/ada/secrets', { token: bob.token, body: {} })
  expect(await verdict(held.accessToken)).toBe('accepted')
})
afterAll(async () => {
  await verifier?.close()
  await muster.close()
})

test('suspending answers with the person, and waits for the receivers', async () => {
  const answer = await operate('bob', 'suspend', { reason: 'abuse report 4711' })
  expect(answer).toMatchObject({
    status: 200,
    body: {
      id: bob.id,
      username: 'bob',
      suspended_reason: 'abuse report 4711',
      changed: true,
      organizations_without_admin: [],
      revocation: { missing: [] },
    },
  })
  expect(await operate(bob.id, 'suspend')).toMatchObject({ status: 200, body: { changed: false, suspended_reason: 'abuse report 4711' } })
  expect(await operate('nobody_there', 'suspend')).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
})

describe('a suspended person is refused after a genuine credential (O14)', () => {
  test('at the API and by forward auth, with an access token and a key', async () => {
    for (const token of [held.accessToken, held.key])
      for (const path of ['/v1/me', '/v1/organizations/ada', '/v1/forward-auth']) expect(await muster.call('GET', path, { token }), path).toMatchObject(told)
  })

  test('by a verifier of the SDK, for the same reason', async () => {
    expect(await verdict(held.accessToken)).toBe('account_suspended')
    expect(await verdict(held.key)).not.toBe('accepted')
  })

  test('at a refresh and at a poll for a login that was approved before', async () => {
    expect(await refresh(muster, held.refreshToken)).toMatchObject({ status: 403, body: { error: 'invalid_grant', code: 'account_suspended' } })
    expect(await pollDevice(muster, held.approved)).toMatchObject({ status: 403, body: { error: 'access_denied', code: 'account_suspended' } })
  })

  test('on pages and in the console, in a browser that was signed in', async () => {
    const headers = { cookie: held.cookie, origin: muster.url }
    const pages = [
      muster.call('GET', '/', { headers }),
      muster.call('GET', '/logins', { headers }),
      muster.call('GET', `/device?user_code=${held.untouched}`, { headers }),
    ]
    for (const page of await Promise.all(pages)) {
      expect(page.status).toBe(403)
      for (const text of ['This account is suspended', 'Contact the operator of this cloud', 'Use another account']) expect(page.body).toContain(text)
    }
    expect(await muster.call('GET', '/v1/me', { headers: { cookie: held.cookie, 'sec-fetch-site': 'same-origin' } })).toMatchObject(told)
    expect((await muster.call('GET', '/v1/me/changes', { headers: { cookie: held.cookie, 'sec-fetch-site': 'same-origin' } })).status).toBe(403)
  })

  test('at sign-in with the right password, which also ends the wait of a terminal', async () => {
    const { body: device } = await startDevice(muster)
    const answer = await signIn(bob.password, { continue: `/device?user_code=${device.user_code}` })
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
    expect(answer.body).toContain('This account is suspended')
    expect(await pollDevice(muster, device.device_code)).toMatchObject({ status: 403, body: { error: 'access_denied', code: 'account_suspended' } })
  })

  test('when accepting an invitation, which stays valid for others', async () => {
    expect(await muster.call('POST', '/v1/invitations/accept', { token: held.accessToken, body: { token: held.invitation } })).toMatchObject(told)
    expect((await muster.call('POST', '/v1/invitations/preview', { body: { token: held.invitation } })).status).toBe(200)
  })
})

test('without the password, sign-in hides the suspension (C06)', async () => {
  const [barred, active] = [
    await signIn('not the password at all'),
    await postForm(muster, '/sign-in', { identifier: 'ada', password: 'no' }, { origin: muster.url }),
  ]
  expect([barred.status, active.status]).toEqual([401, 401])
  expect(barred.body).not.toContain('suspended')
})

test('a password reset of a suspended person hides it, and lifts nothing (C06)', async () => {
  expect((await postForm(muster, '/forgot-password', { email: bob.email }, { origin: muster.url })).body).not.toContain('suspended')
  const email = await muster.mail.next(bob.email)
  expect(email.text).not.toContain('suspended')
})

test('membership, resources and service accounts of a suspended person stay (O14)', async () => {
  expect((await muster.call('GET', '/v1/organizations/ada', { token: held.machineKey })).status).toBe(200)
  expect((await muster.call('GET', '/v1/organizations/ada/resources/database/main', { token: ada.token })).body.owner.username ?? 'bob').toBe('bob')
  const open = await muster.call('GET', '/v1/organizations/ada/invitations?state=open', { token: ada.token })
  expect(open.body.items).toEqual([]) // those that the person sent are revoked (S19)
})

test('only admins see that a member is suspended, and nobody sees the reason (S4)', async () => {
  expect((await member(ada.token)).body).toMatchObject({ status: 'active', role: 'admin', suspended_at: expect.any(String) })
  expect((await member(ada.token, 'cid')).body.suspended_at).toBeNull()
  expect((await member(cid.token)).body).not.toHaveProperty('suspended_at')
  const log = await muster.call('GET', '/v1/organizations/ada/audit-events?target=bob', { token: ada.token })
  expect(JSON.stringify(log.body)).not.toContain('4711')
})

test('no organization can lift the suspension (O14)', async () => {
  const change = (verb: string) => muster.call('POST', `/v1/organizations/ada/members/bob/${verb}`, { token: ada.token })
  expect((await change('deactivate')).status).toBe(200)
  expect((await muster.call('GET', '/v1/me', { token: held.accessToken })).body.code).toBe('account_suspended')
  expect(await verdict(held.accessToken)).toBe('account_suspended')
  expect((await change('reactivate')).status).toBe(200)
  expect((await signIn(bob.password)).status).toBe(403)
  expect((await muster.call('GET', '/v1/me', { token: held.accessToken })).body.code).toBe('account_suspended')
})

test('a deactivated member who is resumed stays deactivated, also at verifiers (S36)', async () => {
  const { dora, dan } = (await muster.organization({ dora: 'admin', dan: 'member' })) as { dora: Human; dan: Human }
  const both = async () => [(await muster.call('GET', '/v1/me', { token: dan.token })).body.code, await verdict(dan.token)]
  await muster.call('POST', '/v1/organizations/dora/members/dan/deactivate', { token: dora.token })
  await operate('dan', 'suspend')
  expect(await both()).toEqual(['account_suspended', 'account_suspended'])
  await operate('dan', 'resume')
  expect(await both()).toEqual(['user_deactivated', 'user_deactivated'])
})

test('a resumed person signs in again, and earlier credentials stay invalid (S33)', async () => {
  expect(await operate('bob', 'resume')).toMatchObject({ status: 200, body: { changed: true, suspended_at: null, suspended_reason: null } })
  expect(await operate('bob', 'resume')).toMatchObject({ status: 200, body: { changed: false } })
  for (const token of [held.accessToken, held.key])
    expect(await muster.call('GET', '/v1/organizations/ada', { token })).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  expect(await verdict(held.accessToken)).toBe('token_revoked')
  expect(await refresh(muster, held.refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect((await pollDevice(muster, held.approved)).status).toBe(400)
  expect((await signIn(bob.password)).status).toBe(303)
  expect((await member(ada.token)).body).toMatchObject({ role: 'admin', status: 'active', suspended_at: null })
})
