import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserOf } from '../oauth/conversation.ts'

// Everything outside the API: every page for signed-in people × every kind of invalid cookie.

/** `person`: requires a valid browser session. `anyone`: is open; a session changes only the content. */
const reviewed: Record<string, 'anyone' | 'person'> = {
  'GET /': 'anyone', // but a deactivated member sees the reason (S35)
  'GET /favicon.ico': 'anyone',
  'GET /favicon.svg': 'anyone',
  'GET /assets/:file': 'anyone',
  'GET /docs': 'anyone',
  'GET /docs/': 'anyone',
  'GET /docs/js/scalar.js': 'anyone',
  'GET /openapi.json': 'anyone',
  'GET /console': 'anyone', // static files; their requests to /v1 need a session, see test/console
  'GET /console/*': 'anyone',
  'GET /cli.json': 'anyone', // the command and the SDK, as packages
  'GET /cli.tgz': 'anyone',
  'GET /cli-:rest': 'anyone',
  'GET /sdk.json': 'anyone',
  'GET /sdk.tgz': 'anyone',
  'GET /sdk-:rest': 'anyone',
  'GET /healthz': 'anyone',
  'GET /readyz': 'anyone',
  'GET /metrics': 'anyone',
  'GET /mailbox': 'anyone', // only on the machine itself and without a mail server, see mailbox.test.ts
  'GET /mailbox/:id': 'anyone',
  'GET /mailbox/:id/html': 'anyone',

  'GET /sign-up': 'anyone',
  'POST /sign-up': 'anyone',
  'GET /sign-up/verify': 'anyone', // a sign-up has its own cookie
  'POST /sign-up/verify': 'anyone',
  'POST /sign-up/resend': 'anyone',
  'POST /sign-up/start-over': 'anyone',
  'GET /sign-in': 'anyone',
  'POST /sign-in': 'anyone',
  'GET /sign-in/passkey': 'anyone',
  'POST /sign-in/passkey': 'anyone',
  'GET /sign-in/factor': 'anyone', // a sign-in after the password has its own cookie
  'POST /sign-in/factor': 'anyone',
  'GET /sign-in/factor/unlock-email': 'anyone',
  'POST /sign-in/factor/unlock-email': 'anyone',
  'GET /sign-in/with': 'anyone',
  'POST /sign-in/with': 'anyone',
  'GET /sign-in/with/:provider/callback': 'anyone', // a sign-in at a provider has its own cookie
  'GET /sign-up/with': 'anyone',
  'POST /sign-up/with': 'anyone',
  'POST /sign-out': 'anyone',
  'GET /signed-out': 'anyone',
  'GET /sign-in/link': 'anyone',
  'POST /sign-in/link': 'anyone',
  'GET /forgot-password': 'anyone',
  'POST /forgot-password': 'anyone',
  'GET /reset-password': 'anyone',
  'POST /reset-password': 'anyone',
  'GET /reset-password/done': 'anyone',
  'GET /join': 'anyone', // an answer needs a session or an invitation session (S26), see invitations/pages.test.ts
  'POST /join': 'anyone',
  'GET /join/accepted': 'anyone',
  'GET /join/declined': 'anyone',

  'GET /device': 'person',
  'POST /device': 'person',
  'GET /device/:id': 'person',
  'POST /device/:id': 'person',
  'GET /logins': 'person',
  'POST /logins/end': 'person',
  'POST /logins/end-others': 'person',
  'GET /account': 'person',
  'GET /account/names': 'person',
  'POST /account/names': 'person',
  'GET /account/email': 'person',
  'POST /account/email': 'person',
  'GET /account/email/verify': 'person',
  'POST /account/email/verify': 'person',
  'GET /account/password': 'person',
  'POST /account/password': 'person',
  'GET /account/security': 'person',
  'GET /account/sign-ins': 'person',
  'GET /account/add-passkey': 'person',
  'POST /account/add-passkey': 'person',
  'GET /account/add-authenticator': 'person',
  'POST /account/add-authenticator': 'person',
  'GET /account/authenticator': 'person',
  'POST /account/authenticator/recovery-codes': 'person',
  'POST /account/authenticator/remove': 'person',
  'GET /account/stop-reset': 'anyone', // a link in an email
  'POST /account/stop-reset': 'anyone',
  'GET /account/unlock-authenticator': 'anyone', // a link in an email
  'POST /account/unlock-authenticator': 'anyone',
  'POST /account/factor-reset/stop': 'person',
  'POST /account/always-second-factor': 'person',
  'POST /account/remembered-devices/forget': 'person',
  'POST /account/remembered-devices/forget-all': 'person',
  'POST /account/add-provider': 'person',
  'GET /account/link-provider': 'person',
  'POST /account/link-provider': 'person',
  'GET /account/providers/:id': 'person',
  'POST /account/providers/:id/unlink': 'person',
  'GET /account/passkeys/:id': 'person',
  'POST /account/passkeys/:id': 'person',
  'POST /account/passkeys/:id/remove': 'person',
  'GET /account/confirm': 'person',
  'POST /account/confirm': 'person',
  'GET /account/confirm/email': 'anyone', // leads to the page above
  'POST /account/confirm/email': 'person',
  'GET /account/confirm/passkey': 'anyone', // leads to the page above
  'POST /account/confirm/passkey': 'person',
  'GET /sign-up/passkey': 'person',
  'POST /sign-up/passkey': 'person',
  'GET /sign-up/username': 'person',
  'POST /sign-up/username': 'person',
}

/** Protocols, which use no cookies. Each has its own tests. */
const protocols = ['/oauth/', '/interaction/', '/.well-known/', '/ssf/']

let muster: Muster
const cookies: Record<string, string | undefined> = {}
beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'member', gone: 'member', barred: 'member', sid: 'member' })
  const { sue } = await muster.organization({ sue: 'admin' })
  const { ada, bob, gone, barred, sid } = people as Record<'ada' | 'bob' | 'gone' | 'barred' | 'sid', Human>
  const cookieOf = async (human: Human) => (await browserOf(muster, human)).cookie
  const ended = await browserOf(muster, bob)
  cookies['good'] = await cookieOf(bob)
  cookies['none'] = undefined
  cookies['garbage'] = 'muster_session=muster_bs_nonsense'
  cookies['forged'] = `${(cookies['good'] as string).slice(0, -3)}AAA`
  cookies['ended'] = ended.cookie
  cookies['left'] = await cookieOf(gone)
  cookies['deactivated'] = await cookieOf(barred)
  cookies['suspended person'] = await cookieOf(sid)
  cookies['suspended'] = await cookieOf(sue as Human)
  await muster.server.services.store.reading.sessions.end(ended.principal.sessionId, 'signed_out')
  const ok = async (answer: ReturnType<Muster['call']>) => expect((await answer).status).toBeLessThan(300)
  await ok(muster.call('DELETE', '/v1/organizations/ada/members/gone', { token: ada.token }))
  await ok(muster.call('POST', '/v1/organizations/ada/members/barred/deactivate', { token: ada.token }))
  await ok(muster.call('POST', '/v1/operator/organizations/sue/suspend', { token: OPERATOR_TOKEN, body: {} }))
  await ok(muster.call('POST', '/v1/operator/users/sid/suspend', { token: OPERATOR_TOKEN, body: {} }))
})
afterAll(() => muster.close())

const ask = (route: string, cookie: string | undefined) => {
  const [method = '', url = ''] = route.split(' ')
  const path = url.replace(':id', 'dev_00000000000000000000000000').replace(':uid', 'nobody')
  const headers = {
    origin: muster.url,
    ...(cookie !== undefined && { cookie }),
    ...(method === 'POST' && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  return muster.call(method, path, { headers, ...(method === 'POST' && { body: 'x=y' }) })
}

const servedPages = () =>
  muster.server.app.servedRoutes
    .map(({ method, url }) => `${method} ${url.replace(/^\/assets\/.+/, '/assets/:file')}`)
    .filter((route) => !route.includes(' /v1/') && !protocols.some((protocol) => route.includes(` ${protocol}`)))

test('the reviewed list contains every page that is served (A09)', () => {
  expect([...new Set(servedPages())].filter((route) => !(route in reviewed))).toEqual([])
})

describe('a page for signed-in people requires a valid session cookie (S35, E11)', () => {
  const bad = ['none', 'garbage', 'forged', 'ended', 'left']
  test.each(Object.entries(reviewed).filter(([, audience]) => audience === 'person'))('%s', async (route) => {
    const good = await ask(route, cookies['good'])
    expect(good.headers.get('location') ?? '').not.toMatch(/^\/sign-in/)
    for (const name of bad) {
      const { status, headers } = await ask(route, cookies[name])
      expect([status, headers.get('location')?.split('?')[0]], name).toEqual([303, '/sign-in'])
    }
    if (route.endsWith('/sign-up/username')) return // for accounts without an organization
    for (const [name, status, text] of [
      ['deactivated', 401, 'Your account is deactivated'],
      ['suspended', 403, 'The organization is suspended'],
      ['suspended person', 403, 'This account is suspended'],
    ] as const) {
      const answer = await ask(route, cookies[name])
      expect(answer.status, name).toBe(status)
      expect(answer.body, name).toContain(text)
    }
  })
})

describe('an invalid cookie gets the same page as no cookie', () => {
  const pages = Object.entries(reviewed).filter(([route, audience]) => audience === 'anyone' && !route.includes(':'))
  test.each(pages)('%s', async (route) => {
    const { status, headers } = await ask(route, undefined)
    for (const name of ['garbage', 'forged', 'ended', 'left']) {
      const answer = await ask(route, cookies[name])
      // Sign-in shows why a session ended only to the browser that has the session's cookie.
      const location = answer.headers.get('location')
      const told = name === 'ended' || name === 'left' ? (location?.replace(/&reason=(token_revoked|membership_left)$/, '') ?? null) : location
      expect([answer.status, told], name).toEqual([status, headers.get('location')])
      expect(String(answer.body), name).not.toMatch(/bob@example\.com|gone@example\.com/)
    }
  })
})
