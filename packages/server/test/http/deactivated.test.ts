import { CLI_CLIENT_ID, type SessionId } from '@muster/contract/ids.ts'
import { signIn } from '@muster/server/domain/accounts/sign-in.ts'
import { claimDevice } from '@muster/server/domain/credentials/device-authorization.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDevice, browserOf, deviceLogin, pollDevice, postForm, refresh, SCOPE, startDevice } from '../oauth/conversation.ts'

// A deactivated member learns the reason on every path, but only with a genuine credential (S35).
let muster: Muster
let ada: Human
let bob: Human
const told = { code: 'user_deactivated', contact: 'ada', organization: { name: 'ada' } }
const deactivate = (reason?: string) =>
  muster.call('POST', `/v1/organizations/ada/members/${bob.name}/deactivate`, { token: ada.token, body: reason === undefined ? undefined : { reason } })

let held: {
  accessToken: string
  refreshToken: string
  key: string
  cookie: string
  claimed: string
  approved: string
  page: string
  untouched: string
}
beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ;[ada, bob] = [people['ada'] as Human, people['bob'] as Human]
  const login = await deviceLogin(muster, bob, `${SCOPE} offline_access`)
  const { cookie, principal } = await browserOf(muster, bob)
  const claimed = (await startDevice(muster)).body
  const { id } = await muster.server.services.execute(claimDevice, principal, { userCode: claimed.user_code })
  const approved = (await startDevice(muster)).body
  await answerDevice(muster, bob, approved.user_code)
  held = {
    accessToken: login.access_token,
    refreshToken: login.refresh_token as string,
    key: (await muster.call('POST', '/v1/me/keys', { token: bob.token, body: { description: 'CI', scope: 'all' } })).body.key,
    cookie,
    claimed: claimed.device_code,
    approved: approved.device_code,
    page: `/device/${id}`,
    untouched: (await startDevice(muster)).body.user_code,
  }
})
afterAll(() => muster.close())

test('a deactivation returns the counts of what ended, and the reason', async () => {
  const answer = await deactivate('Left the project')
  expect(answer).toMatchObject({
    status: 200,
    body: {
      member: { username: 'bob', status: 'deactivated', status_by: 'ada', status_reason: 'Left the project' },
      ended: { keys: 1, invitations: 0 },
      keys_to_roll: [],
    },
  })
  expect(answer.body.ended.sessions).toBeGreaterThanOrEqual(4)
  expect((await muster.call('GET', '/v1/organizations/ada/members/bob', { token: ada.token })).body).toEqual(answer.body.member)
  expect((await deactivate()).body).toMatchObject({ member: { status_reason: 'Left the project' }, ended: { sessions: 0, keys: 0, invitations: 0 } })
})

describe('a genuine credential is refused with organization, time and contact (S35)', () => {
  const isTold = (body: Record<string, unknown>) => {
    expect(body).toMatchObject(told)
    expect(Date.parse(String(body['deactivated_at']))).toBeGreaterThan(Date.now() - 60_000)
  }

  test("only Muster's own pages get the contact's email address (S4)", async () => {
    const browser = await muster.call('GET', '/v1/me', { headers: { cookie: held.cookie, 'sec-fetch-site': 'same-origin' } })
    expect(browser.body).toMatchObject({ ...told, contact_email: ada.email })
    for (const kind of ['accessToken', 'key'] as const)
      expect((await muster.call('GET', '/v1/me', { token: held[kind] })).body, kind).not.toHaveProperty('contact_email')
  })

  test.each(['accessToken', 'key'] as const)('at the API, with an %s', async (kind) => {
    for (const path of ['/v1/organizations/ada', '/v1/me', '/v1/me/keys']) {
      const answer = await muster.call('GET', path, { token: held[kind] })
      expect(answer.status, path).toBe(401)
      isTold(answer.body)
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
    }
  })

  test('at a refresh, without a challenge, which clients would throw on', async () => {
    const answer = await refresh(muster, held.refreshToken)
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_grant' } })
    isTold(answer.body)
    expect(answer.headers.get('www-authenticate')).toBeNull()
  })

  test('at a poll for a device login that was approved before', async () => {
    const answer = await pollDevice(muster, held.approved)
    expect(answer).toMatchObject({ status: 401, body: { error: 'access_denied' } })
    isTold(answer.body)
  })

  test('on pages, in a browser that was signed in', async () => {
    const headers = { cookie: held.cookie, origin: muster.url }
    const pages = [
      muster.call('GET', '/', { headers }),
      muster.call('GET', `/device?user_code=${held.untouched}`, { headers }),
      muster.call('GET', held.page, { headers }),
      postForm(muster, held.page, { decision: 'approve' }, headers),
      postForm(muster, '/device', { user_code: held.untouched }, headers),
    ]
    for (const answer of await Promise.all(pages)) {
      expect(answer.status).toBe(401)
      for (const text of ['Your account is deactivated', 'ada@example.com']) expect(answer.body).toContain(text)
    }
    // The terminal whose code this browser has entered is refused at once.
    const told = await pollDevice(muster, held.claimed)
    expect(told).toMatchObject({ status: 401, body: { error: 'access_denied' } })
    isTold(told.body)
  })

  test('at sign-in, with the right password', async () => {
    for (const identifier of ['bob', 'bob@example.com']) {
      const answer = await postForm(muster, '/sign-in', { identifier, password: bob.password }, { origin: muster.url })
      expect(answer.status).toBe(401)
      expect(answer.body).toContain('Your account is deactivated')
      expect(answer.headers.get('set-cookie')).toBeNull()
    }
  })

  test('at the terminal, after a sign-in for it was refused (S52)', async () => {
    const { body: device } = await startDevice(muster)
    const wrong = { identifier: 'bob', password: 'not the password', continue: `/device?user_code=${device.user_code}` }
    expect((await postForm(muster, '/sign-in', wrong, { origin: muster.url })).status).toBe(401)
    expect((await pollDevice(muster, device.device_code)).body).toMatchObject({ error: 'authorization_pending' })
    expect((await postForm(muster, '/sign-in', { ...wrong, password: bob.password }, { origin: muster.url })).status).toBe(401)
    const answer = await pollDevice(muster, device.device_code)
    expect(answer).toMatchObject({ status: 401, body: { error: 'access_denied' } })
    isTold(answer.body)
  })

  test('another person can still sign in with the same browser', async () => {
    const answer = await postForm(muster, '/sign-out', { another: 'yes' }, { cookie: held.cookie, origin: muster.url })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in'])
    expect(answer.headers.get('set-cookie')).toMatch(/\bmuster_session=;/)
  })
})

describe('without a genuine credential, the deactivation stays hidden (S35, C06)', () => {
  test('a wrong password gets the same answer as for an unknown account', async () => {
    const wrong = (identifier: string) => postForm(muster, '/sign-in', { identifier, password: 'not the password at all' }, { origin: muster.url })
    const [barred, active, nobody] = [await wrong('bob'), await wrong('ada'), await wrong('nobody_there')]
    expect([barred.status, active.status, nobody.status]).toEqual([401, 401, 401])
    const still = ({ body }: { body: string }, name: string) =>
      body
        .replaceAll(`value="${name}"`, 'value')
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T')
        .replace(/challenge&quot;:&quot;[\w-]+/, 'challenge')
    expect(still(barred, 'bob')).toBe(still(nobody, 'nobody_there'))
    expect(still(active, 'ada')).toBe(still(nobody, 'nobody_there'))
  })

  test('forged and unknown tokens, keys and codes get the generic answer', async () => {
    const forge = (token: string) => `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`
    for (const token of [forge(held.accessToken), forge(held.key), 'muster_uk_nonsense', 'muster_sk_']) {
      expect(await muster.call('GET', '/v1/me', { token })).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
      expect(await muster.call('GET', '/v1/organizations/ada', { token })).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
    }
    const answers = [await refresh(muster, forge(held.refreshToken)), await pollDevice(muster, forge(held.approved))]
    for (const { body } of answers) {
      expect(body.error).toBe('invalid_grant')
      expect(JSON.stringify(body)).not.toContain('deactivated')
    }
  })

  test('introspection answers only that the token is inactive', async () => {
    const { body } = await muster.call('POST', '/v1/operator/clients', {
      token: muster.config.operatorToken as string,
      body: { name: 'Gateway', grants: ['client_credentials'], scopes: ['introspect'] },
    })
    const introspect = async (token: string) =>
      (await postForm(muster, '/oauth/introspect', { token, client_id: body.client?.id ?? body.id, client_secret: body.client_secret ?? body.secret })).body
    for (const token of [held.accessToken, held.refreshToken, held.key]) expect(await introspect(token)).toEqual({ active: false })
  })
})

test('a reactivated member logs in again, and earlier credentials stay invalid (S33)', async () => {
  const answer = await muster.call('POST', '/v1/organizations/ada/members/bob/reactivate', { token: ada.token })
  expect(answer).toMatchObject({ status: 200, body: { member: { status: 'active', status_reason: null } } })
  for (const token of [held.accessToken, held.key])
    expect(await muster.call('GET', '/v1/organizations/ada', { token })).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  expect(await refresh(muster, held.refreshToken)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  expect((await pollDevice(muster, held.approved)).status).toBe(400)
  expect((await muster.call('GET', '/device', { headers: { cookie: held.cookie } })).headers.get('location')).toMatch(/^\/sign-in/)
  const signedIn = await postForm(muster, '/sign-in', { identifier: 'bob', password: bob.password }, { origin: muster.url })
  expect(signedIn.status).toBe(303)
  expect(signedIn.headers.getSetCookie().map((cookie) => cookie.slice(0, 18))).toContain('muster_session=mus')
  expect((await muster.call('GET', '/v1/me', { token: (await deviceLogin(muster, bob)).access_token })).status).toBe(200)
})

test("a deactivated member's attempts are recorded once an hour per credential (S57)", async () => {
  const people = await muster.organization({ fay: 'admin', gil: 'member' })
  const [fay, gil] = [people['fay'] as Human, people['gil'] as Human]
  const { body: made } = await muster.call('POST', '/v1/me/keys', { token: gil.token, body: { description: 'CI', scope: 'all' } })
  const { cookie } = await browserOf(muster, gil)
  const { refresh_token: refreshToken = '' } = await deviceLogin(muster, gil, `${SCOPE} offline_access`)
  await muster.call('POST', '/v1/organizations/fay/members/gil/deactivate', { token: fay.token })

  const many = async () => {
    const codes: unknown[] = []
    for (let time = 0; time < 3; time++) {
      for (const token of [gil.token, made.key]) codes.push((await muster.call('GET', '/v1/organizations/fay', { token })).body.code)
      codes.push((await muster.call('GET', '/v1/me', { headers: { cookie, 'sec-fetch-site': 'same-origin' } })).body.code)
      codes.push((await refresh(muster, refreshToken)).body.code)
      codes.push(await signedInWith(gil.email, gil.password))
    }
    return codes
  }
  const recorded = async () => {
    const { body } = await muster.call('GET', '/v1/organizations/fay/audit-events?action=refused&target=gil', { token: fay.token })
    return body.items.map(({ actor, details }: any) => [details.code, details.attempted, actor.kind, actor.key_id, actor.session_id !== null]).sort()
  }
  const once = [
    ['user_deactivated', 'credential:use', 'user', made.id, false],
    ['user_deactivated', 'credential:use', 'user', null, true],
    ['user_deactivated', 'credential:use', 'user', null, true],
    ['user_deactivated', 'credential:use', 'user', null, true],
    ['user_deactivated', 'session:start', 'anonymous', null, false],
  ].sort()
  expect(new Set(await many())).toEqual(new Set(['user_deactivated']))
  expect(await recorded()).toEqual(once)
  expect(await signedInWith(gil.email, 'not the password')).toBe('wrong_credentials')
  // Wrong passwords are recorded too, as for every account. The response does not wait for the record.
  await expect.poll(recorded).toEqual([...once, ['wrong_credentials', 'session:start', 'anonymous', null, false]].sort())
})

test('a session that ended gets no token (I7)', async () => {
  const { hal, ivy } = (await muster.organization({ hal: 'admin', ivy: 'member' })) as Record<'hal' | 'ivy', Human>
  const tokenOf = ({ sessionId }: Human) =>
    muster.server.services.accessTokens
      .issueAccessToken({ sessionId: sessionId as SessionId, clientId: CLI_CLIENT_ID, scopes: new Set(['api']), expiresAt: new Date(Date.now() + 60_000) })
      .then(
        () => 'a token',
        ({ code }: { code: string }) => code,
      )
  const member = (method: string, path: string) => muster.call(method, `/v1/organizations/hal/members/ivy${path}`, { token: hal.token })
  expect(await tokenOf(ivy)).toBe('a token')
  await member('POST', '/deactivate')
  expect(await tokenOf(ivy)).toBe('user_deactivated')
  await member('POST', '/reactivate')
  expect(await tokenOf(ivy)).toBe('token_revoked')
  const again = await muster.login(ivy)
  await member('DELETE', '')
  expect(await tokenOf(again)).toBe('membership_left')
})

const signedInWith = (identifier: string, password: string): Promise<string> =>
  signIn(
    muster.server.services,
    { kind: 'anonymous', origin: { address: '127.0.0.1', userAgent: null, requestId: 'test' } },
    { identifier, password, replaces: null },
  ).then(
    () => 'ok',
    (error: { code: string }) => error.code,
  )
