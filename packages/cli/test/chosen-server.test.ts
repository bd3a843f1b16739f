import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { tokenChecksum } from '@muster/contract/token-form.ts'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// A listener stands for the server of whoever wrote the checkout. It writes down everything it receives.

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const hasPseudoTerminal = process.platform === 'linux' && existsSync('/usr/bin/script')
const received: string[] = []
let listener: Server
let url: string

beforeAll(async () => {
  listener = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''} ${body}`)
    if (request.url === '/v1/me' && request.headers.authorization === 'Bearer mallory') {
      response.writeHead(200, { 'content-type': 'application/json' })
      return void response.end(JSON.stringify({ id: 'user_m', username: 'mallory', email: 'mallory@example.org', organization: null }))
    }
    response.writeHead(401, { 'content-type': 'application/problem+json' })
    response.end(JSON.stringify({ status: 401, code: 'token_revoked', title: 'This login has ended.' }))
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
})
afterAll(() => new Promise((resolve) => listener.close(resolve)))
beforeEach(() => {
  received.length = 0
})

/** A checkout that brings a login for the listener, and a home folder outside it. */
function aCheckout({ login = true, token = 'planted' } = {}) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'muster-checkout-')))
  const [folder, home] = [join(root, 'checkout'), join(root, 'home')]
  mkdirSync(join(folder, '.muster', 'data'), { recursive: true, mode: 0o700 })
  mkdirSync(home)
  writeFileSync(join(root, 'secret.txt'), 'the-secret\n', { mode: 0o600 })
  mkdirSync(join(root, 'data'))
  writeFileSync(join(root, 'data', 'operator-token'), 'the-secret')
  const credentials = { version: 1, issuer: url, access_token: token, expires_at: '2099-01-01T00:00:00Z', clock_offset_seconds: 0 }
  if (login) writeFileSync(join(folder, '.muster', 'credentials'), JSON.stringify(credentials), { mode: 0o600 })
  return { root, folder, home }
}

async function muster(words: string[], { folder, home, env = {}, input }: { folder: string; home: string; env?: Record<string, string>; input?: string }) {
  return runCommand(words, { cwd: folder, env: { ...bareEnvironment(), HOME: home, ...env }, input })
}

const remembers = (home: string, folder: string, server: string): void => {
  mkdirSync(join(home, '.config', 'muster'), { recursive: true, mode: 0o700 })
  writeFileSync(join(home, '.config', 'muster', 'servers.json'), JSON.stringify({ [join(folder, '.muster', 'credentials')]: [server] }), { mode: 0o600 })
}

const handedIn: [credential: string, words: string[], env: Record<string, string>][] = [
  ['MUSTER_TOKEN', ['profile'], { MUSTER_TOKEN: 'the-secret' }],
  ['MUSTER_REFRESH_TOKEN', ['profile'], { MUSTER_REFRESH_TOKEN: 'the-secret' }],
  ['MUSTER_REFRESH_TOKEN', ['login'], { MUSTER_REFRESH_TOKEN: 'the-secret' }],
  ['MUSTER_OPERATOR_TOKEN', ['server', 'organization', 'acme'], { MUSTER_OPERATOR_TOKEN: 'the-secret' }],
  ['MUSTER_OPERATOR_TOKEN_FILE', ['server', 'organization', 'acme'], { MUSTER_OPERATOR_TOKEN_FILE: '../secret.txt' }],
  ['--token-file', ['profile', '--token-file', '../secret.txt'], {}],
  ['--operator-token-file', ['server', 'organization', 'acme', '--operator-token-file', '../secret.txt'], {}],
  ['the data folder', ['server', 'organization', 'acme'], { MUSTER_DATA_DIR: '../data' }],
]

test.each(handedIn)('a login in a checkout does not decide where %s goes: %j', async (_credential, words, env) => {
  const checkout = aCheckout()
  const { code, stderr } = await muster(words, { ...checkout, env })
  expect({ code, received }).toEqual({ code: 2, received: [] })
  expect(stderr).toContain('was not sent: no server is specified.')
  expect(stderr).toContain(`${checkout.folder}/.muster/credentials names ${url}. A credential is sent only to a server that you specify.`)
  expect(stderr).toContain('Set MUSTER_URL to its server, or pass --url URL.')
  expect(stderr).not.toContain('the-secret')
})

test('MUSTER_TOKEN goes to MUSTER_URL, to --url, or to the server of an earlier login', async () => {
  const env = { MUSTER_TOKEN: 'the-secret' }
  const { folder, home } = aCheckout()
  await muster(['profile'], { folder, home, env: { ...env, MUSTER_URL: url } })
  await muster(['profile', '--url', url], { folder, home, env })
  remembers(home, folder, url)
  await muster(['profile'], { folder, home, env })
  expect(received).toEqual(Array(3).fill('GET /v1/me Bearer the-secret '))
})

test('MUSTER_TOKEN does not go to the default server when no server is specified', async () => {
  const { code, stderr } = await muster(['profile'], { ...aCheckout({ login: false }), env: { MUSTER_TOKEN: 'the-secret' } })
  expect(code).toBe(2)
  expect(stderr).toContain('No server is specified, so the default http://localhost:4000 would be used')
})

// `revoke` sends nothing that is mistyped.
const wholeToken = `muster_rt_the-secret${tokenChecksum('muster_rt_the-secret')}`

const typed: [secret: string, words: string[], input?: string][] = [
  ['organization secret', ['org', 'join', 'acme', 'the-secret', '--yes']],
  ['organization secret', ['register', '-u', 'alice', '-s', '-'], 'the-secret'],
  ['invitation', ['invitation', 'show', 'the-secret']],
  ['invitation', ['invitation', 'accept', 'the-secret', '--yes']],
  ['invitation', ['invitation', 'decline', '-', '--yes'], 'the-secret'],
  ['token', ['revoke', '-'], wholeToken],
  ['refresh token', ['login', '--with-refresh-token', '-'], 'the-secret'],
  ['password', ['profile', 'password', '-'], 'the-secret\nanother\n'],
  ['password', ['profile', 'email', 'ada@example.org', '-'], 'the-secret\n'],
]

test('with a credentials file that the user named, the refusal names the file', async () => {
  const { folder, ...checkout } = aCheckout()
  const file = join(folder, '.muster/bob')
  const { code, stderr } = await muster(['register', '-u', 'bob', '-s', '-'], { folder, ...checkout, input: 'the-secret', env: { MUSTER_CREDENTIALS: file } })
  expect({ code, received }).toEqual({ code: 2, received: [] })
  expect(stderr).toContain(`The organization secret was not sent: http://localhost:4000 has not been used with ${file} before.`)
})

test.each(typed)('a secret is not sent to a server the folder has not used: %s, %j', async (secret, words, input = '') => {
  for (const [checkout, server] of [
    [aCheckout(), url],
    [aCheckout({ login: false }), 'http://localhost:4000'],
  ] as const) {
    const { code, stderr } = await muster(words, { ...checkout, input })
    expect({ code, received }).toEqual({ code: 2, received: [] })
    expect(stderr).toContain(`The ${secret} was not sent: ${server} has not been used from this folder before.`)
    expect(stderr).toContain('Specify the server with --url URL or MUSTER_URL.')
  }
})

// The server is the right one. The login is of somebody who wants to be let in, or to be given what the secret gives.
const redeemed: [secret: string, words: string[]][] = [
  ['organization secret', ['org', 'join', 'acme', '-', '--yes']],
  ['invitation', ['invitation', 'accept', '-', '--yes']],
]

test.each(redeemed)('a login that came with a checkout does not redeem a secret: %s, %j', async (secret, words) => {
  const checkout = aCheckout({ token: 'mallory' })
  const { code, stderr } = await muster(words, { ...checkout, env: { MUSTER_URL: url }, input: 'the-secret' })
  expect({ code, received }).toEqual({ code: 2, received: ['GET /v1/me Bearer mallory '] })
  expect(stderr).toContain(`The ${secret} was not used.`)
  expect(stderr).toContain(`The login in ${checkout.folder}/.muster/credentials is for mallory and was not created from this folder.`)
  expect(stderr).toContain('Log in: muster login')
  remembers(checkout.home, checkout.folder, url)
  await muster(words, { ...checkout, env: { MUSTER_URL: url }, input: 'the-secret' })
  expect(received.at(-1)).toContain('the-secret')
})

test('a credentials file that MUSTER_CREDENTIALS names redeems a secret', async () => {
  const { folder, home } = aCheckout({ token: 'mallory' })
  const env = { MUSTER_URL: url, MUSTER_CREDENTIALS: join(folder, '.muster', 'credentials') }
  await muster(['org', 'join', 'acme', '-', '--yes'], { folder, home, env, input: 'the-secret' })
  expect(received.at(-1)).toContain('the-secret')
})

test.runIf(hasPseudoTerminal)('at a terminal the account of a login from a checkout is confirmed', async () => {
  const checkout = aCheckout({ token: 'mallory' })
  const text = await atTerminal(['org', 'join', 'acme', 'the-secret', '--yes'], {
    ...checkout,
    answers: [
      [`Send the organization secret to ${url}?`, 'y'],
      ['Use the organization secret as mallory?', '\r'],
    ],
  })
  expect(text).toContain('Nothing was changed.')
  expect(received).toEqual(['GET /v1/me Bearer mallory '])
})

test('a record of used servers from another folder or user does not count', async () => {
  const words = ['invitation', 'show', 'the-secret']
  const [here, elsewhere, relative, open] = [aCheckout(), aCheckout(), aCheckout(), aCheckout()]
  remembers(here.home, here.folder, url)
  remembers(elsewhere.home, here.folder, url)
  remembers(relative.folder, relative.folder, url)
  remembers(open.home, open.folder, url)
  chmodSync(join(open.home, '.config', 'muster', 'servers.json'), 0o666)
  expect((await muster(words, elsewhere)).code).toBe(2)
  expect((await muster(words, { ...relative, env: { XDG_CONFIG_HOME: '.config' } })).code).toBe(2)
  expect((await muster(words, open)).code).toBe(2)
  expect(received).toEqual([])
  expect((await muster(words, here)).code).toBe(1)
  expect(received).toHaveLength(1)
})

test('the token in a link goes to the server of the link, not of the checkout', async () => {
  const checkout = aCheckout()
  const { code, stderr } = await muster(['invitation', 'accept', 'https://accounts.example.com/join?token=the-secret', '--yes'], checkout)
  expect({ code, received }).toEqual({ code: 2, received: [] })
  expect(stderr).toContain(`This link is for https://accounts.example.com and was not sent to ${url}.`)
  expect(stderr).toContain('run the command again with --url https://accounts.example.com')
  await muster(['invitation', 'show', `${url}/join?token=the-secret`], checkout)
  expect(received).toHaveLength(1)
})

test('no login starts at a server that only a checkout specifies', async () => {
  const { code, stderr } = await muster(['login'], aCheckout())
  expect(code).not.toBe(0)
  expect(received).toEqual([])
  expect(stderr).not.toContain('Open this page')
})

test.runIf(hasPseudoTerminal)('at a terminal the server is shown and confirmed once', async () => {
  const checkout = aCheckout()
  const ask = (answer: string) => atTerminal(['invitation', 'show', 'the-secret'], { ...checkout, answers: [[`Send the invitation to ${url}?`, answer]] })
  const declined = await ask('\r')
  expect(declined).toContain(`${checkout.folder}/.muster/credentials names ${url}. It has not been used from this folder before.`)
  expect(declined).toContain('Nothing was changed.')
  expect(received).toEqual([])
  await ask('y')
  expect(received).toHaveLength(1)
  await muster(['invitation', 'show', 'the-secret'], checkout)
  expect(received).toHaveLength(2)
})

/** Answers questions of the command at a pseudo-terminal, one after the other; everything it printed. */
function atTerminal(
  words: string[],
  { folder, home, answers }: { folder: string; home: string; answers: [question: string, answer: string][] },
): Promise<string> {
  const line = [process.execPath, main, ...words].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env: { ...bareEnvironment(), HOME: home, TERM: 'xterm', LANG: 'C.UTF-8' } })
  let text = ''
  const open = [...answers]
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', () => resolve(text))
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += stripVTControlCharacters(chunk)
      const [question, answer] = open[0] ?? []
      if (question === undefined || !text.replaceAll(/[\s│]+/g, '').includes(question.replaceAll(' ', ''))) return
      open.shift()
      child.stdin.write(answer ?? '')
    })
  })
}
