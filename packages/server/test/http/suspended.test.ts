import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerDevice, browserOf, deviceLogin, pollDevice, postForm, refresh, SCOPE, startDevice } from '../oauth/conversation.ts'

// While an organization is suspended, every path refuses its principals. After that, the same credentials are valid again (S32, S36 step 6).
let muster: Muster
let ada: Human
let bob: Human
let held: { accessToken: string; refreshToken: string; userKey: string; machineKey: string; cookie: string; approved: string }
const operate = (verb: 'suspend' | 'resume') => muster.call('POST', `/v1/operator/organizations/ada/${verb}`, { token: OPERATOR_TOKEN })

beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ;[ada, bob] = [people['ada'] as Human, people['bob'] as Human]
  const login = await deviceLogin(muster, bob, `${SCOPE} offline_access`)
  const robot = (await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'robot', description: '' } })).body
  const machine = await muster.call('POST', `/v1/organizations/ada/service-accounts/${robot.id}/keys`, {
    token: ada.token,
    body: { description: 'CI', scope: 'all' },
  })
  const { body: approved } = await startDevice(muster)
  await answerDevice(muster, bob, approved.user_code)
  held = {
    accessToken: login.access_token,
    refreshToken: login.refresh_token as string,
    userKey: (await muster.call('POST', '/v1/me/keys', { token: bob.token, body: { description: 'CI', scope: 'all' } })).body.key,
    machineKey: machine.body.key,
    cookie: (await browserOf(muster, bob)).cookie,
    approved: approved.device_code,
  }
})
afterAll(() => muster.close())

test('a suspended organization refuses every credential and names the reason', async () => {
  expect(await operate('suspend')).toMatchObject({ status: 200, body: { suspended_at: expect.any(String) } })
  for (const token of [held.accessToken, held.userKey, held.machineKey, ada.token])
    expect(await muster.call('GET', '/v1/organizations/ada', { token })).toMatchObject({ status: 403, body: { code: 'organization_suspended' } })
  expect(await refresh(muster, held.refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant', code: 'organization_suspended' } })
  // The audit log has one event, however often a program tries (S57).
  for (let time = 0; time < 3; time++) await refresh(muster, held.refreshToken)
  const told = await muster.server.database.kysely
    .selectFrom('audit_event')
    .select('organization_id')
    .where('type', '=', 'refused')
    .where('details', '@>', JSON.stringify({ code: 'organization_suspended' }) as never)
    .where('actor_session_id', '=', decodeJwt(held.accessToken)['sid'] as string)
    .execute()
  expect(told).toEqual([{ organization_id: expect.stringMatching(/^org_/) }])
  expect(await pollDevice(muster, held.approved)).toMatchObject({ status: 400, body: { code: 'organization_suspended' } })
  const signIn = await postForm(muster, '/sign-in', { identifier: 'bob', password: bob.password }, { origin: muster.url })
  expect(signIn.status).toBe(403)
  expect(signIn.body).toContain('suspended')
  expect(signIn.headers.get('set-cookie')).toBeNull()
  // Without the password, the suspension stays hidden.
  expect((await postForm(muster, '/sign-in', { identifier: 'bob', password: 'not the password at all' }, { origin: muster.url })).body).not.toContain(
    'suspended',
  )
  const page = await muster.call('GET', '/', { headers: { cookie: held.cookie } })
  expect([page.status, page.body.includes('suspended')]).toEqual([403, true])
})

test('a resumed organization accepts the same logins and keys again', async () => {
  expect(await operate('resume')).toMatchObject({ status: 200, body: { suspended_at: null } })
  for (const token of [held.accessToken, held.userKey, held.machineKey, ada.token])
    expect((await muster.call('GET', '/v1/organizations/ada', { token })).status).toBe(200)
  expect((await refresh(muster, held.refreshToken)).status).toBe(200)
  expect((await muster.call('GET', '/', { headers: { cookie: held.cookie } })).status).toBe(200)
})
