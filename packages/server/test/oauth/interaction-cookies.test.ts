import { OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const HOST = 'accounts.example.test'
const callback = 'https://app.example.com/callback'
let muster: Awaited<ReturnType<typeof startMuster>>
let clientId: string
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_ISSUER: `https://${HOST}`, MUSTER_TRUSTED_PROXIES: 'loopback' } })
  const body = { name: 'App', grants: ['authorization_code'], redirect_uris: [callback], scopes: ['openid'] }
  const headers = { authorization: `Bearer ${OPERATOR_TOKEN}` }
  clientId = (
    await muster.server.app.inject({ ...own, method: 'POST', url: '/v1/operator/clients', payload: body, headers: { ...own.headers, ...headers } })
  ).json().id
})
afterAll(() => muster.close())

const own = { headers: { host: HOST, 'x-forwarded-proto': 'https', accept: 'text/html' } }
const get = (url: string, cookie?: string) => muster.server.app.inject({ url, headers: { ...own.headers, ...(cookie && { cookie }) } })

/** An application sends a browser to sign in. */
async function authorize() {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const { headers, cookies } = await get(`/oauth/authorize?${query}`)
  return { path: String(headers.location).replace(`https://${HOST}`, ''), cookies: cookies as ((typeof cookies)[number] & { path: string; secure: boolean })[] }
}

describe('the cookies of a sign-in for an application', () => {
  test('have the prefix __Secure- and the path of one sign-in', async () => {
    const { path, cookies } = await authorize()
    const own = cookies.filter(({ name }) => /^__Secure-muster_oauth_(interaction|resume)$/.test(name))
    expect(own.map((cookie) => [cookie.secure, cookie.httpOnly])).toEqual([
      [true, true],
      [true, true],
    ])
    expect(own.map((cookie) => cookie.path)).toEqual([path, expect.stringMatching(/^\/oauth\/authorize\/[\w-]+$/)])
    expect(cookies.filter(({ name }) => !name.startsWith('__'))).toEqual([])
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
    expect((await get(path, cookie)).headers.location).toBe(`/sign-in?continue=${encodeURIComponent(path)}`)
  })

  test('a cookie of an earlier version leads to a page that says to start again', async () => {
    const { path, cookies } = await authorize()
    const cookie = cookies.map(({ name, value }) => `${name.replace('__Secure-', '')}=${value}`).join('; ')
    const interaction = await get(path, cookie)
    expect([interaction.statusCode, interaction.body]).toEqual([404, expect.stringContaining('Go back to the application and start again.')])
    const resume = await get(cookies.find(({ name }) => name.endsWith('resume'))?.path ?? '', cookie)
    expect(resume.body).toMatch(/This sign-in has expired[\s\S]*Go back to the application and try again\./)
  })
})
