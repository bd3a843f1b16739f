import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answerDevice, browserOf, DEVICE_GRANT, discovered, postForm, visitorOf } from './conversation.ts'

// What people let clients do that are not first-party (P16).

const REDIRECT = 'https://charts.example/callback'
const DEPLOY = 'https://deploy.example.com'
const BILLING = 'https://billing.example.com'
const READ = `apps:read ${DEPLOY}`
const WRITE = `apps:deploy ${DEPLOY}`
let muster: Muster
let team: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  team = await muster.organization({ ada: 'admin', bob: 'member', cora: 'member', dave: 'member', eve: 'member' })
  const apis = [
    {
      name: 'Deploy',
      audience: DEPLOY,
      permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications', 'apps:remove': 'Remove applications' },
      grant: { member: ['apps:read', 'apps:deploy'] },
    },
    { name: 'Billing', audience: BILLING, permissions: { 'invoices:read': 'See invoices' }, grant: { member: ['*'] } },
  ]
  expect((await muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis } })).status).toBe(200)
})
afterAll(() => muster.close())

const register = (settings: object) => muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: { name: 'Charts', ...settings } })

interface Registered {
  id: string
  secret: string
}

const SCOPES = ['openid', 'profile', 'offline_access', 'apps:read', 'apps:deploy', 'apps:remove', 'invoices:read']

async function charts(settings: object = {}): Promise<Registered> {
  const grants = ['authorization_code', 'refresh_token']
  const { status, body } = await register({ grants, redirect_uris: [REDIRECT], scopes: SCOPES, first_party: false, ...settings })
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}

interface Asked {
  scope: string
  resources?: string[]
  more?: Record<string, string>
}

/** One browser of a person at one application. */
async function browserAt(human: Human, { id, secret }: Registered) {
  const config = await discovered(muster, id, secret)
  const { visit, jar } = visitorOf(muster, (await browserOf(muster, human)).cookie)
  const verifier = client.randomPKCECodeVerifier()
  const request = async ({ scope, resources = [DEPLOY], more = {} }: Asked) => {
    const challenge = { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }
    const url = client.buildAuthorizationUrl(config, { redirect_uri: REDIRECT, scope, ...challenge, ...more })
    for (const one of resources) url.searchParams.append('resource', one)
    return visit(url.href)
  }
  const answer = (page: { at: URL }, fields: Record<string, string>) => visit(page.at.href, fields)
  const allow = (page: { at: URL; text: string }, except: string[] = []) =>
    answer(page, {
      decision: 'allow',
      ...hiddenOf(page.text),
      ...Object.fromEntries(fieldsOf(page.text).flatMap((field) => (except.includes(field.slice('allow '.length)) ? [] : [[field, 'yes']]))),
    })
  const redeem = ({ at }: { at: URL }, more: Record<string, string> = {}) =>
    postForm(muster, '/oauth/token', {
      grant_type: 'authorization_code',
      code: at.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      client_id: id,
      client_secret: secret,
      ...more,
    })
  const refresh = (refreshToken: string, more: Record<string, string> = {}) =>
    postForm(muster, '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: id, client_secret: secret, ...more })
  return { request, answer, allow, redeem, refresh, jar, visit }
}

const fieldsOf = (html: string): string[] => [...html.matchAll(/type="checkbox"[^>]* name="([^"]+)"/g)].map(([, name = '']) => name)
const hiddenOf = (html: string): Record<string, string> =>
  Object.fromEntries([...html.matchAll(/type="hidden" name="(account|organization)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))
const tickedOf = (html: string): string[] => [...html.matchAll(/name="(allow [^"]+)" value="yes" checked/g)].map(([, name = '']) => name.slice('allow '.length))
const asks = ({ at }: { at: URL }): boolean => at.pathname.startsWith('/interaction/')
const revoke = (human: Human, { id }: Registered) => muster.call('DELETE', `/v1/me/applications/${id}`, { token: human.token })
const applicationsOf = async (human: Human) => (await muster.call('GET', '/v1/me/applications', { token: human.token })).body.items

describe('a third-party client', () => {
  test('acts for people only, and through PKCE (P16)', async () => {
    const faultsOf = async (settings: object) =>
      (await register({ grants: ['authorization_code'], redirect_uris: [REDIRECT], scopes: ['openid'], first_party: false, ...settings })).body.faults?.map(
        ({ field }: { field: string }) => field,
      )
    expect(await faultsOf({ grants: ['authorization_code', 'client_credentials'] })).toEqual(['grants'])
    expect(await faultsOf({ scopes: ['openid', 'introspect'] })).toEqual(['scopes'])
    expect(await faultsOf({ require_pkce: false })).toEqual(['require_pkce'])
    const { id } = await charts()
    const changed = await muster.call('PATCH', `/v1/operator/clients/${id}`, { token: OPERATOR_TOKEN, body: { require_pkce: false } })
    expect([changed.status, changed.body.faults[0].field]).toEqual([422, 'require_pkce'])
  })

  test('gets `api` and the device grant only if the operator names them (P4, P16)', async () => {
    const plain = await charts()
    const browser = await browserAt(team.bob as Human, plain)
    expect((await browser.request({ scope: 'openid api' })).at.searchParams.get('error')).toBe('invalid_scope')
    const device = await postForm(muster, '/oauth/device/code', { client_id: plain.id, client_secret: plain.secret, scope: 'openid' })
    expect([device.status, device.body.error]).toEqual([400, 'unauthorized_client'])
    const other = await charts({ scopes: [...SCOPES, 'api'] })
    const page = await (await browserAt(team.bob as Human, other)).request({ scope: 'openid api', resources: [] })
    expect(page.text).toContain('Act as you, with all your permissions here')
  })

  test('has no grant in its row that a server of the version before knows (P16, E77)', async () => {
    const { id } = await charts()
    const { rows } = await sql<{ grants: string[] }>`select grants from client where id = ${id}`.execute(muster.server.database.kysely)
    expect(rows[0]?.grants).toEqual(['consent:authorization_code', 'consent:refresh_token'])
    expect((await muster.call('GET', `/v1/operator/clients/${id}`, { token: OPERATOR_TOKEN })).body).toMatchObject({
      first_party: false,
      grants: ['authorization_code', 'refresh_token'],
    })
  })

  test('is refused by a server of the version before, which asks nobody (P16, E77)', async () => {
    const app = await charts()
    // The earlier version does not read this column, so to it the client looks like this.
    await sql`update client set first_party = true where id = ${app.id}`.execute(muster.server.database.kysely)
    const page = await (await browserAt(team.bob as Human, app)).request({ scope: 'openid apps:read' })
    expect([page.status, page.at.origin]).toEqual([400, muster.url])
    const form = { grant_type: 'refresh_token', refresh_token: 'muster_rt_x', client_id: app.id, client_secret: app.secret }
    expect((await postForm(muster, '/oauth/token', form)).status).toBe(400)
  })

  test('gets no code without the consent of the person (P16, E76)', async () => {
    const app = await charts()
    const browser = await browserAt(team.bob as Human, app)
    expect(asks(await browser.request({ scope: 'openid apps:read' }))).toBe(true)
    const silent = await browser.request({ scope: 'openid apps:read', more: { prompt: 'none' } })
    expect([silent.at.origin, silent.at.searchParams.get('error')]).toEqual(['https://charts.example', 'consent_required'])
    const page = await browser.request({ scope: 'openid apps:read' })
    for (const text of ['Charts', 'charts.example', 'See applications (Deploy)', 'Up to 30 days']) expect(page.text).toContain(text)
    expect(page.text).not.toMatch(/<a [^>]*charts\.example|<img/)
    const denied = await browser.answer(page, { decision: 'cancel' })
    expect([denied.at.origin, denied.at.searchParams.get('error')]).toEqual(['https://charts.example', 'access_denied'])
    expect(await applicationsOf(team.bob as Human)).toEqual([])
  })

  test('gets what the person allows, and is told what that is (P16, E76)', async () => {
    const app = await charts()
    const browser = await browserAt(team.bob as Human, app)
    const page = await browser.request({ scope: 'openid profile apps:read apps:deploy' })
    expect(fieldsOf(page.text)).toEqual(['allow profile', `allow ${READ}`, `allow ${WRITE}`])
    const { status, body } = await browser.redeem(await browser.allow(page, [WRITE, 'profile']))
    expect(status, JSON.stringify(body)).toBe(200)
    expect([body.scope, decodeJwt(body.access_token)['permissions']]).toEqual(['apps:read', ['apps:read']])
    expect(decodeJwt(body.id_token)).not.toHaveProperty('username')
    expect(decodeJwt(body.id_token)).not.toHaveProperty('preferred_username')
  })

  test('never gets more than the role of the person allows (P16)', async () => {
    const app = await charts()
    const browser = await browserAt(team.bob as Human, app)
    const { body } = await browser.redeem(await browser.allow(await browser.request({ scope: 'openid apps:read apps:remove' })))
    expect([body.scope, decodeJwt(body.access_token)['permissions']]).toEqual(['apps:read apps:remove', ['apps:read']])
  })

  test('a client that does not name the API of its permission is told to (P2)', async () => {
    const app = await charts()
    const browser = await browserAt(team.bob as Human, app)
    const { at } = await browser.request({ scope: 'apps:read', resources: [] })
    expect([at.origin, at.searchParams.get('error')]).toEqual(['https://charts.example', 'invalid_scope'])
    expect(at.searchParams.get('error_description')).toContain(`is for ${DEPLOY}. Name that API in the parameter resource.`)
  })

  test('creates nothing that outlives its access (P16, E77)', async () => {
    const app = await charts({ scopes: [...SCOPES, 'api'] })
    const ada = team.ada as Human
    const host = await muster.person('host')
    const invited = await muster.call('POST', '/v1/organizations/host/invitations', { token: host.token, body: { emails: [ada.email], role: 'member' } })
    const secret = await muster.call('POST', '/v1/organizations/host/secrets', { token: host.token, body: {} })
    expect([invited.status, secret.status], JSON.stringify([invited.body, secret.body])).toEqual([200, 201])
    await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'robot' } })
    const key = await muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'own', scope: 'all', expires_in_days: null } })
    expect(key.status).toBe(201)

    const browser = await browserAt(ada, app)
    const { body } = await browser.redeem(await browser.allow(await browser.request({ scope: 'openid api', resources: [] })))
    const token = body.access_token
    expect((await muster.call('GET', '/v1/organizations/ada/members', { token })).status).toBe(200)
    const attempts: [method: string, path: string, body?: object][] = [
      ['POST', '/v1/me/keys', { description: 'CI', scope: 'all', expires_in_days: null }],
      ['PATCH', `/v1/me/keys/${key.body.id}`, { description: 'CI' }],
      ['POST', '/v1/organizations/ada/service-accounts/robot/keys', { description: 'CI', scope: 'all', expires_in_days: null }],
      ['PUT', '/v1/organizations/ada/factor-policy', { policy: 'none' }],
      ['POST', '/v1/me/password', { current_password: ada.password, new_password: 'another password for ada' }],
      ['POST', '/v1/me/email', { password: ada.password, email: 'ada@example.net' }],
      ['PATCH', '/v1/me', { given_name: 'Eva' }],
      ['POST', '/v1/me/terminal-confirmations', {}],
      ['POST', '/v1/invitations/accept', { token: secret.body.secret }],
      ['DELETE', '/v1/me/sessions'],
      ['DELETE', `/v1/me/sessions/${ada.sessionId}`],
      ['DELETE', `/v1/me/applications/${app.id}`],
    ]
    for (const [method, path, body] of attempts) {
      const answer = await muster.call(method, path, { token, ...(body && { body }) })
      expect([method, path, answer.status, answer.body.code]).toEqual([method, path, 403, 'session_required'])
    }
    const own = await muster.call('DELETE', '/v1/me/sessions/current', { token })
    expect([own.status, own.body.ended]).toEqual([200, 1])
  })

  test('cannot be allowed nothing at all (P16)', async () => {
    const app = await charts()
    const browser = await browserAt(team.bob as Human, app)
    const page = await browser.request({ scope: 'apps:read' })
    const again = await browser.answer(page, { decision: 'allow', ...hiddenOf(page.text) })
    expect(again.status).toBe(422)
    expect(again.text).toContain('Choose at least one permission, or cancel.')
    expect(await applicationsOf(team.bob as Human)).toEqual(expect.not.arrayContaining([expect.objectContaining({ client_id: app.id })]))
  })
})

describe('a consent', () => {
  test('is not asked for again, unless the request is wider or prompt=consent (P16)', async () => {
    const browser = await browserAt(team.cora as Human, await charts())
    await browser.allow(await browser.request({ scope: 'openid apps:read apps:deploy' }), [WRITE])
    for (const scope of ['openid apps:read apps:deploy', 'openid apps:read', 'openid']) {
      const silent = await browser.request({ scope })
      expect([scope, silent.at.searchParams.has('code')]).toEqual([scope, true])
    }
    expect((await browser.redeem(await browser.request({ scope: 'openid apps:read apps:deploy' }))).body.scope).toBe('apps:read')
    expect(asks(await browser.request({ scope: 'openid apps:read apps:remove' }))).toBe(true)
    const again = await browser.request({ scope: 'openid apps:read apps:deploy', more: { prompt: 'consent' } })
    expect(tickedOf(again.text)).toEqual([READ])
    await browser.allow(again)
    expect((await browser.redeem(await browser.request({ scope: 'openid apps:deploy' }))).body.scope).toBe('apps:deploy')
  })

  test('to everything at one API does not count at another (P4, P16, E76)', async () => {
    const browser = await browserAt(team.cora as Human, await charts({ scopes: [...SCOPES, 'api'] }))
    const page = await browser.request({ scope: 'openid api' })
    expect(page.text).toContain('with all your permissions at Deploy')
    const { body } = await browser.redeem(await browser.allow(page))
    expect([body.scope, decodeJwt(body.access_token).aud]).toEqual(['api', DEPLOY])
    for (const resources of [[BILLING], []]) expect(asks(await browser.request({ scope: 'openid api', resources }))).toBe(true)
  })

  test('does not count for another person (P16)', async () => {
    const app = await charts()
    const mine = await browserAt(team.cora as Human, app)
    await mine.allow(await mine.request({ scope: 'openid apps:read' }))
    expect(asks(await (await browserAt(team.dave as Human, app)).request({ scope: 'openid apps:read' }))).toBe(true)
  })

  test('is not given by an account that signed in after the page was opened (P16, E76)', async () => {
    const app = await charts()
    const [bob, cora] = [team.bob as Human, team.cora as Human]
    const browser = await browserAt(bob, app)
    const page = await browser.request({ scope: 'openid apps:read' })
    const [name = '', value = ''] = (await browserOf(muster, cora)).cookie.split(/=(.*)/s)
    browser.jar.set(name, value)
    const again = await browser.allow(page)
    expect([again.status, asks(again)]).toEqual([409, true])
    expect(again.text).toContain('Check the account')
    expect(hiddenOf(again.text)).toMatchObject({ account: cora.id })
    for (const human of [bob, cora]) expect((await applicationsOf(human)).filter(({ client_id }: { client_id: string }) => client_id === app.id)).toEqual([])
    const { body } = await browser.redeem(await browser.allow(again))
    expect(decodeJwt(body.access_token).sub).toBe(cora.id)
  })

  test('a consent that becomes narrower makes the next tokens narrower (P16)', async () => {
    const browser = await browserAt(team.dave as Human, await charts())
    const scope = 'openid offline_access apps:read apps:deploy'
    const page = await browser.request({ scope, more: { prompt: 'consent' } })
    const { body } = await browser.redeem(await browser.allow(page))
    const first = await browser.refresh(body.refresh_token)
    expect(first.body.scope).toBe('apps:read apps:deploy')
    await browser.allow(await browser.request({ scope: 'openid apps:read apps:deploy', more: { prompt: 'consent' } }), [WRITE])
    const second = await browser.refresh(first.body.refresh_token)
    expect([second.status, second.body.scope]).toEqual([200, 'apps:read'])
  })

  test('ends with the membership, so it does not count after a return (P16)', async () => {
    const [app, host, guest] = [await charts(), await muster.person('landlord'), await muster.person('guest')]
    const browser = await browserAt(guest, app)
    await browser.allow(await browser.request({ scope: 'openid apps:read' }))
    expect(await applicationsOf(guest)).toHaveLength(1)
    const { body } = await muster.call('POST', '/v1/organizations/landlord/secrets', { token: host.token, body: {} })
    expect((await muster.call('POST', '/v1/invitations/accept', { token: guest.token, body: { token: body.secret } })).status).toBe(200)
    const { rows } = await sql`select from consent where user_id = ${guest.id}`.execute(muster.server.database.kysely)
    expect(rows).toHaveLength(0)
  })

  test('does not count in another organization (P16, E76)', async () => {
    const app = await charts()
    const mover = await muster.person('mover')
    const browser = await browserAt(mover, app)
    const code = await browser.allow(await browser.request({ scope: 'openid apps:read' }))
    await sql`update consent set organization_id = (select id from organization where name = 'ada') where user_id = ${mover.id}`.execute(
      muster.server.database.kysely,
    )
    expect((await browser.redeem(code)).body).toMatchObject({ error: 'invalid_grant', code: 'token_revoked' })
    expect(asks(await browser.request({ scope: 'openid apps:read' }))).toBe(true)
    expect(await applicationsOf(mover)).toEqual([])
  })

  test('is given on the page of a device too, and lists all that it allows (P16)', async () => {
    const app = await charts({ grants: [DEVICE_GRANT], redirect_uris: [], scopes: ['openid', 'apps:read'], public: true })
    const started = await postForm(muster, '/oauth/device/code', { client_id: app.id, scope: 'openid apps:read', resource: DEPLOY })
    expect(started.status, JSON.stringify(started.body)).toBe(200)
    await answerDevice(muster, team.dave as Human, started.body.user_code)
    const form = { grant_type: DEVICE_GRANT, client_id: app.id, device_code: started.body.device_code }
    expect((await postForm(muster, '/oauth/token', form)).body.scope).toBe('apps:read')
    const [listed] = await applicationsOf(team.dave as Human)
    expect(listed).toMatchObject({
      client_id: app.id,
      permissions: [{ scope: 'openid' }, { scope: 'apps:read', audience: DEPLOY, description: 'See applications (Deploy)' }],
    })
  })
})

describe('a device login', () => {
  test('does not get what its person declined before (P16, E76)', async () => {
    const app = await charts({ grants: ['authorization_code', 'refresh_token', DEVICE_GRANT] })
    const browser = await browserAt(team.bob as Human, app)
    const scope = 'openid apps:read apps:deploy'
    await browser.allow(await browser.request({ scope }), [WRITE])
    const credentials = { client_id: app.id, client_secret: app.secret }
    const started = await postForm(muster, '/oauth/device/code', { ...credentials, scope, resource: DEPLOY })
    const page = await browser.visit('/device', { user_code: started.body.user_code })
    for (const text of ['Charts is not part of', 'See applications (Deploy)']) expect(page.text).toContain(text)
    expect(page.text).not.toContain('Deploy applications (Deploy)')
    await browser.visit(page.at.href, { decision: 'approve' })
    const { body } = await postForm(muster, '/oauth/token', { ...credentials, grant_type: DEVICE_GRANT, device_code: started.body.device_code })
    expect(body.scope).toBe('apps:read')
    const again = await browser.request({ scope, more: { prompt: 'consent' } })
    expect(tickedOf(again.text)).toEqual([READ])
  })
})

describe('revoking the access of an application', () => {
  test('ends its sessions and tokens, and it has to ask again (P16)', async () => {
    const app = await charts()
    const eve = team.eve as Human
    const browser = await browserAt(eve, app)
    const scope = 'openid offline_access apps:read'
    const first = await browser.redeem(await browser.allow(await browser.request({ scope, more: { prompt: 'consent' } })))
    await browser.redeem(await browser.request({ scope: 'openid apps:read' }))
    const [listed] = await applicationsOf(eve)
    expect(listed).toMatchObject({ client_id: app.id, name: 'Charts', last_used_at: expect.any(String) })

    const { status, body } = await revoke(eve, app)
    expect([status, body.ended]).toEqual([200, 2])
    expect((await browser.refresh(first.body.refresh_token)).body).toMatchObject({ error: 'invalid_grant', code: 'token_revoked' })
    expect(await applicationsOf(eve)).toEqual([])
    expect(asks(await browser.request({ scope: 'openid apps:read' }))).toBe(true)
    const revocations = await sql<{ kind: string }>`
      select r.kind from revocation r join session s on s.id = r.subject where s.client_id = ${app.id} and s.ended_reason = 'access_revoked'`.execute(
      muster.server.database.kysely,
    )
    expect(revocations.rows.map(({ kind }) => kind)).toEqual(['session', 'session'])
    const again = await revoke(eve, app)
    expect([again.status, again.body.code]).toEqual([404, 'application_not_found'])
  })

  test('stops a code that was issued before it (P16, E77)', async () => {
    const app = await charts()
    const browser = await browserAt(team.eve as Human, app)
    const code = await browser.allow(await browser.request({ scope: 'openid apps:read' }))
    expect(code.at.searchParams.has('code')).toBe(true)
    expect((await revoke(team.eve as Human, app)).status).toBe(200)
    expect((await browser.redeem(code)).body).toMatchObject({ error: 'invalid_grant', code: 'token_revoked' })
  })

  test('does not touch the other applications of a person, or other people (P16)', async () => {
    const [app, other] = [await charts(), await charts()]
    const tokens: string[] = []
    for (const [human, application] of [
      [team.eve, app],
      [team.eve, other],
      [team.cora, app],
    ] as [Human, Registered][]) {
      const browser = await browserAt(human, application)
      tokens.push((await browser.redeem(await browser.allow(await browser.request({ scope: 'openid', resources: [] })))).body.access_token)
    }
    await revoke(team.eve as Human, app)
    const userinfo = tokens.map(async (token) => (await muster.call('GET', '/oauth/userinfo', { token })).status)
    expect(await Promise.all(userinfo)).toEqual([401, 200, 200])
  })
})

describe('the applications of an organization', () => {
  test('are listed for its admins, with the members who use them (P16)', async () => {
    const app = await charts({ name: 'Listed' })
    for (const human of [team.bob, team.cora] as Human[]) {
      const browser = await browserAt(human, app)
      await browser.allow(await browser.request({ scope: 'openid apps:read' }))
    }
    const list = (token: string | undefined, query = '') => muster.call('GET', `/v1/organizations/ada/applications${query}`, { token })
    const items: any[] = []
    for (let query = '?limit=2'; query !== ''; ) {
      const { body } = await list(team.ada?.token, query)
      items.push(...body.items)
      query = body.next_cursor ? `?limit=2&cursor=${body.next_cursor}` : ''
    }
    expect(items.filter(({ client_id }) => client_id === app.id).map(({ user }) => user.username)).toEqual(['bob', 'cora'])
    expect(new Set(items.map(({ client_id, user }) => `${client_id} ${user.id}`)).size).toBe(items.length)
    expect((await list(team.bob?.token)).body.code).toBe('forbidden')
    expect((await list((await muster.person('stranger')).token)).body.code).toBe('organization_not_found')
    expect((await list(team.ada?.token, '?cursor=bad')).body.code).toBe('invalid_request')
  })
})
