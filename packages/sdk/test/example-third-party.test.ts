import { readFileSync } from 'node:fs'
import { freePort, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { browserOf, visitorOf } from '../../server/test/oauth/conversation.ts'
import { examples, type RunningExample, startExample } from './running-example.ts'
import { eventually } from './verifying.ts'

// The example of an application that is not part of the platform, by the steps of its README.

const manifest = JSON.parse(readFileSync(new URL('deploy-api/apis.json', examples), 'utf8'))
const audience: string = manifest.apis[0].audience

let muster: Muster
let api: RunningExample
let application: RunningExample
let url: string
let bob: Human
let clientId: string
const operate = async (method: string, path: string, body: unknown): Promise<any> => {
  const answer = await muster.call(method, `/v1/operator${path}`, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const answers = (address: string) =>
  eventually(() =>
    fetch(address).then(
      () => true,
      () => false,
    ),
  )

beforeAll(async () => {
  muster = await startMuster()
  bob = (await muster.organization({ ada: 'admin', bob: 'member' }))['bob'] as Human
  await operate('PUT', '/apis', manifest)
  const own = await operate('POST', '/clients', { name: 'deploy', grants: ['client_credentials'], scopes: ['signals', 'introspect'], api: audience })
  const [apiPort, port] = [await freePort(), await freePort()]
  url = `http://127.0.0.1:${port}`
  const charts = await operate('POST', '/clients', {
    name: 'App Charts',
    first_party: false,
    grants: ['authorization_code'],
    redirect_uris: [`${url}/callback`],
    scopes: ['openid', 'profile', 'apps:read'],
  })
  clientId = charts.id
  api = startExample('deploy-api/server.ts', {
    MUSTER_ISSUER: muster.url,
    MUSTER_CLIENT_ID: own.id,
    MUSTER_CLIENT_SECRET: own.secret,
    PORT: String(apiPort),
  })
  application = startExample('third-party/server.ts', {
    MUSTER_ISSUER: muster.url,
    MUSTER_CLIENT_ID: charts.id,
    MUSTER_CLIENT_SECRET: charts.secret,
    DEPLOY_API: `http://127.0.0.1:${apiPort}`,
    DEPLOY_AUDIENCE: audience,
    PORT: String(port),
  })
  await Promise.all([answers(`http://127.0.0.1:${apiPort}/apps`), answers(url)])
})
afterAll(async () => {
  await application?.stop()
  await api?.stop()
  await muster?.close()
})

/** A browser that is signed in to Muster, with the pages of the application. */
async function aBrowser() {
  let cookie = ''
  const at = async (path: string): Promise<Response> => {
    const response = await fetch(new URL(path, url), { redirect: 'manual', headers: { cookie } })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return response
  }
  const { visit } = visitorOf(muster, (await browserOf(muster, bob)).cookie)
  const signIn = async () => visit((await at('/sign-in')).headers.get('location') ?? '')
  return { at, visit, signIn }
}

/** The page names the account and the organization whose consent it asks for. */
const shownTo = (html: string): Record<string, string> =>
  Object.fromEntries([...html.matchAll(/name="(account|organization)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]))

test('a person gives the application access, and revokes it (P16)', async () => {
  const { at, visit, signIn } = await aBrowser()
  const page = await signIn()
  expect(page.text).toContain('See applications (Deploy)')
  const allowed = Object.fromEntries([...page.text.matchAll(/name="(allow [^"]+)"/g)].map(([, name = '']) => [name, 'yes']))
  const back = await visit(page.at.href, { decision: 'allow', ...shownTo(page.text), ...allowed })
  expect((await at(back.at.pathname + back.at.search)).headers.get('location')).toBe('/')
  const home = await at('/')
  expect([home.status, await home.text()]).toEqual([200, '{}\n'])

  const listed = await muster.call('GET', '/v1/me/applications', { token: bob.token })
  expect(listed.body.items).toMatchObject([{ client_id: clientId, name: 'App Charts' }])
  const revoked = await muster.call('DELETE', `/v1/me/applications/${clientId}`, { token: bob.token, headers: { prefer: 'wait=5' } })
  expect([revoked.status, revoked.body.ended]).toEqual([200, 1])
  const refused = await at('/')
  expect([refused.status, await refused.text()]).toEqual([401, expect.stringMatching(/token_revoked .* Sign in again/)])
  expect((await signIn()).at.pathname).toMatch(/^\/interaction\//)
})

test('a person who did not allow everything can decide again', async () => {
  const { at, visit, signIn } = await aBrowser()
  const page = await signIn()
  const back = await visit(page.at.href, { decision: 'allow', ...shownTo(page.text) })
  await at(back.at.pathname + back.at.search)
  expect(await (await at('/')).text()).toContain('To decide again: /sign-in?decide-again')
  const again = await visit((await at('/sign-in?decide-again')).headers.get('location') ?? '')
  expect(again.text).toContain('See applications (Deploy)')
})
