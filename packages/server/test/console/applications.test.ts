import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import * as client from 'openid-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { discovered } from '../oauth/conversation.ts'
import { aConsole, type ConsoleSite, dialog, heading, isForEveryone, press } from './visitor.ts'

// Consent to an application of a third party, and the pages that list it (P16).

const DEPLOY = 'https://deploy.example.com'
let site: ConsoleSite
let team: Record<string, Human>
let clientId: string
let redirectUri: string
beforeAll(async () => {
  site = await aConsole()
  team = await site.muster.organization({ ada: 'admin', bob: 'member' })
  redirectUri = `${site.muster.url}/nothing`
  const apis = [
    { name: 'Deploy', audience: DEPLOY, permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' }, grant: { member: ['*'] } },
  ]
  await site.muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis } })
  const { body } = await site.muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: {
      name: 'App Charts',
      first_party: false,
      public: true,
      grants: ['authorization_code'],
      redirect_uris: [redirectUri],
      scopes: ['openid', 'profile', 'apps:read', 'apps:deploy'],
    },
  })
  clientId = body.id
})
afterAll(() => site?.close())

async function authorizationUrl(): Promise<string> {
  const config = await discovered(site.muster, clientId)
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: 'openid profile apps:read apps:deploy',
    resource: DEPLOY,
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  })
  return url.href
}

test('a person allows an application some permissions, and revokes its access', async () => {
  const { page, complaints } = await site.consoleOf(team['bob'] as Human, '/applications')
  await page.getByRole('heading', { name: 'No application has access' }).waitFor()
  await isForEveryone(page)

  await page.goto(await authorizationUrl())
  await page.getByRole('heading', { name: 'Give App Charts access to your account?' }).waitFor()
  await isForEveryone(page)
  await page.getByLabel('Deploy applications (Deploy)').uncheck()
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(/\/nothing\?code=/)
  // Within the consent, the browser goes through without a page.
  await page.goto(await authorizationUrl())
  await page.waitForURL(/\/nothing\?code=/)

  await page.goto(`${site.muster.url}/console/applications`)
  const card = page.getByRole('region', { name: 'App Charts' })
  await card.getByText('See applications (Deploy)').waitFor()
  expect(await card.getByText('Deploy applications').count()).toBe(0)
  await isForEveryone(page)
  await press(page, 'Revoke access of App Charts')
  const confirmation = dialog(page, 'Revoke the access of App Charts?')
  await confirmation.getByText(`muster application revoke ${clientId}`).waitFor({ state: 'attached' })
  await isForEveryone(page)
  await confirmation.getByRole('button', { name: 'Revoke access' }).click()
  await page.getByRole('heading', { name: 'No application has access' }).waitFor()
  await page.goto(await authorizationUrl())
  await page.getByRole('heading', { name: 'Give App Charts access to your account?' }).waitFor()
  expect(complaints.filter((line) => !line.includes('/nothing'))).toEqual([])
})

test('an admin sees which members use which applications', async () => {
  const { page } = await site.consoleOf(team['ada'] as Human, '/settings/applications')
  await page.getByRole('heading', { name: 'No member uses an application of a third party' }).waitFor()
  await isForEveryone(page)
  await page.goto(await authorizationUrl())
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.waitForURL(/\/nothing\?code=/)
  await page.goto(`${site.muster.url}/console/settings`)
  await page.getByRole('link', { name: 'View the applications that members let act for them' }).click()
  await heading(page, 'Applications').waitFor()
  await page.getByRole('row', { name: /App Charts.*ada/ }).waitFor()
  await isForEveryone(page)
})

test('a member is told that their role does not include the applications of others', async () => {
  const { page } = await site.consoleOf(team['bob'] as Human, '/settings/applications')
  await page.getByRole('heading', { name: 'Your role does not include this' }).waitFor()
})
