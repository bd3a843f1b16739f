import { strict as assert } from 'node:assert'
import { type GitHub, startGitHub } from '@muster/testkit/github.ts'
import type { Muster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, test } from 'vitest'
import { aJourney, type Journey } from './journey.ts'
import { approve, press } from './person.ts'
import { shown } from './terminal.ts'

let github: GitHub
let journey: Journey
let muster: Muster
beforeAll(async () => {
  github = await startGitHub()
  const { url, clientId, clientSecret } = github
  journey = await aJourney('postgres', { MUSTER_GITHUB_URL: url, MUSTER_GITHUB_CLIENT_ID: clientId, MUSTER_GITHUB_CLIENT_SECRET: clientSecret })
  muster = journey.muster
})
afterAll(async () => {
  await journey?.close()
  await github?.close()
})

test('a person signs up with GitHub for a terminal, and signs in again (F20, F22)', async () => {
  const email = 'gita@example.com'
  github.person = { id: 4_217, login: 'gita', name: 'Gita Rao', emails: [{ email, primary: true, verified: true, visibility: null }] }
  const page = await journey.tab({ javaScriptEnabled: false })
  const faults: string[] = []
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  const cli = await journey.terminal()
  const registering = cli.start('register -u gita --no-browser')
  const { url, code } = await shown(registering)
  await page.goto(url)
  await press(page, 'Continue with GitHub')
  await page.getByText('You signed in with GitHub as gita.').waitFor()
  await press(page, 'Continue')
  await approve(page, code)
  const ended = await registering.ended
  assert.equal(ended.code, 0, ended.text)

  await page.goto(`${muster.url}/account/security`)
  await page.getByRole('heading', { name: 'GitHub: gita' }).waitFor()
  await page.goto(muster.url)
  await press(page, 'Sign out')
  await page.goto(`${muster.url}/sign-in`)
  await page.getByText('This browser signed in with GitHub last time.').waitFor()
  await press(page, 'Continue with GitHub')
  await page.getByRole('heading', { name: 'Signed in as gita' }).waitFor()
  assert.deepEqual(faults, [])
  assert.deepEqual(await cli.json('security list').then(({ password, identities }) => [password, identities[0].label]), [false, 'gita'])
  assert.match((await cli.run('security list')).stdout, /^gita\taccount at GitHub/m)
  const secrets = [...github.tokens, github.clientSecret, 'code=', 'state=']
  for (const secret of secrets) assert.ok(!muster.log.some((line) => line.includes(secret)), secret)
})
