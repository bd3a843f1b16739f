import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launchBrowser } from '@muster/testkit/browser.ts'
import { freePort } from '@muster/testkit/muster.ts'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type House, openTown, type Town } from './clients/house.ts'
import { isMissing, peers } from './clients/table.ts'

// Runs the files that docs/sign-in-from.md shows, unchanged, in a real browser.

let town: Town
let browser: Browser
let page: Page
let running: ChildProcess | undefined
beforeAll(async () => {
  town = await openTown()
  browser = await launchBrowser()
})
afterEach(async () => {
  running?.kill('SIGTERM')
  running = undefined
  await page?.context().close()
})
afterAll(async () => {
  await browser?.close()
  await town?.close()
})

const example = (path: string): string => join(import.meta.dirname, path)
const path = (): string => new URL(page.url()).pathname
const body = (): Promise<string> => page.locator('body').innerText()

async function openBrowser(): Promise<void> {
  page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
}

/** Signs in on the portal's sign-in page, which is open, and waits for the application's page. */
async function signIn({ issuer, member }: House, application: string): Promise<void> {
  await page.waitForURL((url) => url.origin === issuer)
  await page.getByLabel('Email or username').fill(member.email)
  await page.getByLabel('Password', { exact: true }).fill(member.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => url.origin === application)
}

async function startProgram(command: string, args: string[], address: string, env: Record<string, string> = {}): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe'], env: { ...process.env, NODE_ENV: 'production', ...env } })
  running = child
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  await vi.waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`${command} ended: ${said}`)
      await fetch(address, { redirect: 'manual' })
    },
    { timeout: 30_000, interval: 100 },
  )
}

const cookies = async (application: string) => (await page.context().cookies(application)).filter(({ name }) => !name.includes('muster'))

test(`express-openid-connect ${peers['express-openid-connect'].does}`, async () => {
  const house = await town.enter()
  const port = await freePort()
  const application = await house.front(port)
  const { id, secret } = await house.register({
    grants: ['authorization_code'],
    redirect_uris: [`${application}/callback`],
    scopes: ['openid', 'profile', 'email'],
    backchannel_logout_uri: `${application}/backchannel-logout`,
  })
  const env = { ISSUER: house.issuer, CLIENT_ID: id, CLIENT_SECRET: secret, BASE_URL: application, COOKIE_SECRET: 'c'.repeat(32), PORT: String(port) }
  await startProgram(process.execPath, [example('express/server.js')], `http://127.0.0.1:${port}/`, env)
  await openBrowser()
  await page.goto(application)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await signIn(house, application)
  await page.getByRole('link', { name: 'Profile' }).click()
  expect(JSON.parse(await body())).toMatchObject({ sub: house.member.id, email: house.member.email })
  for (const cookie of await cookies(application)) expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
  await house.deactivate()
  await expect.poll(async () => (await page.goto(application)) && (await body())).toBe('Sign in')
})

test(`@auth/express ${peers['@auth/express'].does}`, async () => {
  const house = await town.enter()
  const port = await freePort()
  const application = await house.front(port)
  const { id, secret } = await house.register({
    grants: ['authorization_code'],
    redirect_uris: [`${application}/auth/callback/muster`],
    scopes: ['openid', 'profile', 'email'],
  })
  const env = { ISSUER: house.issuer, CLIENT_ID: id, CLIENT_SECRET: secret, AUTH_SECRET: 'c'.repeat(32), PORT: String(port) }
  await startProgram(process.execPath, [example('auth-js/server.js')], `http://127.0.0.1:${port}/`, env)
  await openBrowser()
  await page.goto(application)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: /Muster/ }).click()
  await signIn(house, application)
  await page.goto(application)
  expect(await body()).toBe(`Signed in as ${house.member.email}`)
  for (const cookie of await cookies(application)) expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
  await house.deactivate()
  await page.goto(application)
  expect(await body()).toBe('Sign in')
})

test(`oidc-client-ts ${peers['oidc-client-ts'].does}`, async () => {
  const house = await town.enter()
  const files = new Map<string, string>([['/', await readFile(example('browser/index.html'), 'utf8')]])
  const application = await house.serve((request, response) => {
    const address = new URL(request.url ?? '/', 'https://localhost').pathname
    response.setHeader('content-security-policy', `default-src 'self'; connect-src 'self' ${house.issuer}; frame-ancestors 'none'`)
    response.setHeader('content-type', address === '/' ? 'text/html' : 'text/javascript')
    response.end(files.get(address))
  })
  const { id } = await house.register({
    public: true,
    grants: ['authorization_code'],
    redirect_uris: [`${application}/`],
    scopes: ['openid', 'profile', 'email'],
  })
  const source = (await readFile(example('browser/app.js'), 'utf8')).replace('https://accounts.example.com', house.issuer).replace('cli_…', id)
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: example('browser') },
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  })
  files.set('/app.js', outputFiles[0]?.text ?? '')
  await openBrowser()
  await page.goto(application)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await signIn(house, application)
  const output = page.locator('output')
  await expect.poll(() => output.innerText()).toBe(`Signed in as ${house.member.email}`)
  expect(path() + new URL(page.url()).search).toBe('/')
  await page.getByRole('button', { name: 'Profile' }).click()
  await expect.poll(() => output.innerText()).toBe(house.member.name)
  const kept = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')
  expect(kept).not.toMatch(/access_token|eyJ/)
  await house.deactivate()
  await page.getByRole('button', { name: 'Profile' }).click()
  await expect.poll(() => output.innerText()).toBe('Your session has ended. Sign in again.')
})

test.skipIf(isMissing(peers['mod_auth_openidc (sign-in)']))(`mod_auth_openidc (sign-in) ${peers['mod_auth_openidc (sign-in)'].does}`, async () => {
  const house = await town.enter()
  const folder = await mkdtemp(join(tmpdir(), 'muster-apache-'))
  const port = await freePort()
  const application = `https://localhost:${port}`
  const behind = createServer((request, response) => response.end(`Hello ${request.headers['oidc_claim_email']}`))
  await new Promise<void>((resolve) => behind.listen(0, '127.0.0.1', resolve))
  try {
    const { id, secret } = await house.register({
      grants: ['authorization_code'],
      redirect_uris: [`${application}/oidc`],
      scopes: ['openid', 'profile', 'email'],
      backchannel_logout_uri: `${application}/oidc?logout=backchannel`,
    })
    const passphrase = join(folder, 'passphrase')
    await writeFile(passphrase, 'p'.repeat(32))
    const replace: Record<string, string> = {
      'https://accounts.example.com': house.issuer,
      'https://app.example.com': application,
      'cli_…': id,
      'muster_cs_…': secret,
      '/etc/apache2/oidc-passphrase': passphrase,
      'http://127.0.0.1:8080': `http://127.0.0.1:${(behind.address() as AddressInfo).port}`,
    }
    let settings = await readFile(example('apache/muster.conf'), 'utf8')
    for (const [from, to] of Object.entries(replace)) {
      expect(settings).toContain(from)
      settings = settings.replaceAll(from, to)
    }
    const modules = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'].find(existsSync)
    const load = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http', 'ssl', 'auth_openidc']
    const file = join(folder, 'httpd.conf')
    await writeFile(
      file,
      `${load.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
DefaultRuntimeDir ${folder}
User www-data
Group www-data
Listen 127.0.0.1:${port}
SSLEngine on
SSLCertificateFile ${process.env['NODE_EXTRA_CA_CERTS']}
SSLCertificateKeyFile ${process.env['MUSTER_PEER_KEY']}
OIDCCABundlePath ${process.env['NODE_EXTRA_CA_CERTS']}
${settings}`,
    )
    await startProgram('apache2', ['-X', '-f', file], application)
    await openBrowser()
    await page.goto(application)
    await signIn(house, application)
    expect(await body()).toBe(`Hello ${house.member.email}`)
    await page.setExtraHTTPHeaders({ OIDC_CLAIM_email: 'forged@example.com' })
    await page.goto(application)
    expect(await body()).toBe(`Hello ${house.member.email}`)
    for (const cookie of await cookies(application)) expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
    await house.deactivate()
    await expect.poll(async () => (await page.goto(application)) && new URL(page.url()).origin).toBe(house.issuer)
  } finally {
    behind.close()
    running?.kill('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
})
