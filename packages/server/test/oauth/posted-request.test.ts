import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import * as client from 'openid-client'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { browserOf, discovered } from './conversation.ts'

let muster: Muster
let ada: Human
let browser: Browser
let application: Server
beforeAll(async () => {
  muster = await startMuster()
  ada = await muster.person('ada')
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  application?.close()
  await muster?.close()
})

test('a form on another site signs in the user whose session the browser has', async () => {
  let form = ''
  application = createServer((request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(request.url?.startsWith('/callback') ? 'back' : form)
  })
  await new Promise<void>((ready) => application.listen(0, '127.0.0.1', ready))
  // The page is on another site than `localhost`, so the browser withholds SameSite cookies.
  const site = `http://127.0.0.1:${(application.address() as AddressInfo).port}`
  const redirect = `${site}/callback`
  const { body: app } = await muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: { name: 'App', grants: ['authorization_code'], redirect_uris: [redirect], scopes: ['openid'] },
  })
  const verifier = client.randomPKCECodeVerifier()
  const fields = {
    client_id: app.id,
    redirect_uri: redirect,
    response_type: 'code',
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`)
  form = `<form method="post" action="${muster.url}/oauth/authorize">${inputs.join('')}<button>Sign in</button></form>`

  const { hostname } = new URL(muster.url)
  assert.equal(hostname, 'localhost')
  const context = await browser.newContext()
  const [name = '', value = ''] = (await browserOf(muster, ada)).cookie.split(/=(.*)/s)
  await context.addCookies([{ name, value, domain: hostname, path: '/', sameSite: 'Lax', httpOnly: true }])
  const page = await context.newPage()
  await page.goto(site)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL(/\/callback\?/)
  const config = await discovered(muster, app.id, app.secret)
  const tokens = await client.authorizationCodeGrant(config, new URL(page.url()), { pkceCodeVerifier: verifier })
  assert.equal(tokens.claims()?.sub, ada.id)
})
