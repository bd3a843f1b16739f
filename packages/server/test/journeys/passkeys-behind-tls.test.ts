import { strict as assert } from 'node:assert'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { freePort, startMuster } from '@muster/testkit/muster.ts'
import { test } from 'vitest'
import { startFront } from '../compat/front.ts'
import { press, signIn } from './person.ts'

const HOST = 'accounts.example.test'

test('behind a TLS proxy, a passkey belongs to the public host (F4)', async () => {
  const port = await freePort()
  const front = await startFront([HOST], port)
  const issuer = `https://${HOST}:${front.port}`
  const muster = await startMuster({ env: { PORT: String(port), MUSTER_ISSUER: issuer, MUSTER_TRUSTED_PROXIES: 'loopback' } })
  const browser = await launchBrowser({
    args: [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`, `--ignore-certificate-errors-spki-list=${front.fingerprint}`],
  })
  try {
    await muster.person('tess')
    const context = await browser.newContext()
    const page = await context.newPage()
    const cdp = await context.newCDPSession(page)
    await cdp.send('WebAuthn.enable')
    const options = { protocol: 'ctap2', transport: 'usb', hasResidentKey: true, hasUserVerification: true, isUserVerified: true } as const
    const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } })
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = async () => false')
    await page.goto(`${issuer}/sign-in`)
    await signIn(page, 'tess')
    await page.getByRole('heading', { name: 'Signed in as tess' }).waitFor()
    await page.goto(`${issuer}/account/add-passkey`)
    await press(page, 'Add a passkey')
    await page.getByText('Your passkey was added.').waitFor()
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
    assert.deepEqual(
      credentials.map(({ rpId }) => rpId),
      [HOST],
    )

    await page.goto(issuer)
    await press(page, 'Sign out')
    await page.goto(`${issuer}/sign-in`)
    await press(page, 'Sign in with a passkey')
    await page.getByRole('heading', { name: 'Signed in as tess' }).waitFor()
    const cookies = (await context.cookies()).filter(({ name }) => name.includes('muster'))
    assert.ok(cookies.some(({ name }) => name === '__Host-muster_session'))
    assert.ok(cookies.every(({ secure, httpOnly }) => secure && httpOnly))
  } finally {
    await browser.close()
    await muster.close()
    await front.close()
  }
})
