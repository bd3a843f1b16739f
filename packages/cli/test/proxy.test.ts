import { execFile } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeCertificates } from '@muster/testkit/certificate.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { expect, onTestFinished, test } from 'vitest'
import { Api } from '../src/api/api.ts'
import { isExcepted, proxyFor, sendThrough } from '../src/api/proxy.ts'
import { ServerClock } from '../src/output/time.ts'

// accounts.test, other.test and 203.0.113.5 exist for the proxy alone: a request that avoids it reaches nothing.

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const certificates = makeCertificates(['accounts.test', 'localhost'])
const folder = mkdtempSync(join(tmpdir(), 'muster-proxy-'))
const authority = join(folder, 'ca.pem')
writeFileSync(authority, certificates.authority)

const me = { id: 'user_1', username: 'ada', email: 'ada@example.org', organization: null }

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** Stands for a Muster, with TLS or without, and writes down what it receives. */
async function startTarget({ tls = true } = {}) {
  const received: string[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request) body += chunk
    received.push(
      [request.method, request.url, request.headers.host, request.headers.authorization, request.headers['proxy-authorization'], body]
        .filter(Boolean)
        .join(' '),
    )
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(me))
  }
  const port = await listen(tls ? createTlsServer({ key: certificates.key, cert: certificates.certificate }, answer) : createServer(answer))
  return { received, port }
}

interface ProxyOptions {
  /** The port to which it leads, whatever host is asked for. */
  to?: number
  login?: string
  tls?: boolean
  /** Its answer to CONNECT instead of a tunnel. */
  refusal?: string
}

/** A proxy that writes down what it was asked, and every byte that it could read. */
async function startProxy({ to = 0, login, tls = false, refusal }: ProxyOptions) {
  const asked: string[] = []
  let bytes = ''
  const isRefused = ({ headers }: IncomingMessage): boolean =>
    login !== undefined && headers['proxy-authorization'] !== `Basic ${Buffer.from(login).toString('base64')}`
  const forward = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(`${request.method} ${request.url}`)
    if (isRefused(request)) return void response.writeHead(407, { 'proxy-authenticate': 'Basic' }).end('<html>')
    const { pathname, search } = new URL(request.url ?? '')
    const { 'proxy-authorization': _login, ...headers } = request.headers
    const forwarded = ask({ port: to, host: '127.0.0.1', method: request.method, path: pathname + search, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    }).on('error', () => response.writeHead(502).end('<html>'))
    request.pipe(forwarded)
  }
  const server = tls ? createTlsServer({ key: certificates.key, cert: certificates.certificate }, forward) : createServer(forward)
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    asked.push(`${request.method} ${request.url}`)
    socket.on('error', () => {}).on('data', (chunk: Buffer) => (bytes += chunk.toString('latin1')))
    if (isRefused(request)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n')
    if (refusal) return void socket.end(refusal)
    const tunnel = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      tunnel.pipe(socket).pipe(tunnel)
    }).on('error', () => socket.destroy())
  })
  const port = await listen(server)
  return { asked, port, url: `${tls ? 'https://localhost' : 'http://127.0.0.1'}:${port}`, bytes: () => bytes }
}

async function muster(words: string[], env: Record<string, string>) {
  const running = promisify(execFile)(process.execPath, [main, ...words], {
    cwd: folder,
    env: { ...bareEnvironment(), HOME: folder, MUSTER_TOKEN: 'the-secret', NODE_EXTRA_CA_CERTS: authority, ...env },
  })
  running.child.stdin?.end()
  const { stdout, stderr, ...ended } = await running.catch((error: { code: number; stdout: string; stderr: string }) => error)
  return { code: 'code' in ended ? ended.code : 0, stdout, stderr }
}

const apiAt = (url: string, env: NodeJS.ProcessEnv): Api =>
  new Api({ url, env, clock: new ServerClock(), signal: new AbortController().signal, debug: () => {} })

test('an https server is reached by CONNECT and the proxy cannot read the request', async () => {
  const target = await startTarget()
  const proxy = await startProxy({ to: target.port })
  const { code, stdout } = await muster(['profile', '--json'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: proxy.url })
  expect({ code, asked: proxy.asked }).toEqual({ code: 0, asked: ['CONNECT accounts.test:443'] })
  expect(JSON.parse(stdout)).toMatchObject({ username: 'ada' })
  expect(target.received).toEqual(['GET /v1/me accounts.test Bearer the-secret'])
  expect(proxy.bytes()).not.toContain('the-secret')
})

test('an http server is reached by absolute URLs', async () => {
  const target = await startTarget({ tls: false })
  const proxy = await startProxy({ to: target.port })
  const api = apiAt('http://accounts.test:4000', { HTTP_PROXY: proxy.url })
  await api.GET('/v1/me/keys', { params: { query: { limit: 2 } }, token: 't' })
  await api.postForm('/oauth/token', { grant_type: 'x' })
  await api.POST('/v1/me/keys', { body: { description: 'ä', scope: 'all' } })
  const events = await api.stream('/v1/organizations/{org}/audit-events', { params: { path: { org: 'acme' } }, accept: 'text/csv' })
  expect(await json(events)).toEqual(me)
  expect(proxy.asked).toEqual([
    'GET http://accounts.test:4000/v1/me/keys?limit=2',
    'POST http://accounts.test:4000/oauth/token',
    'POST http://accounts.test:4000/v1/me/keys',
    'GET http://accounts.test:4000/v1/organizations/acme/audit-events',
  ])
  expect(target.received).toEqual([
    'GET /v1/me/keys?limit=2 accounts.test:4000 Bearer t',
    'POST /oauth/token accounts.test:4000 grant_type=x',
    'POST /v1/me/keys accounts.test:4000 {"description":"ä","scope":"all"}',
    'GET /v1/organizations/acme/audit-events accounts.test:4000',
  ])
})

test('a proxy behind TLS forwards requests', async () => {
  const target = await startTarget()
  const proxy = await startProxy({ to: target.port, tls: true })
  const { code } = await muster(['profile', '--json'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: proxy.url })
  expect({ code, asked: proxy.asked, received: target.received.length }).toEqual({ code: 0, asked: ['CONNECT accounts.test:443'], received: 1 })
})

test('--debug shows the proxy of a request', async () => {
  const target = await startTarget()
  const proxy = await startProxy({ to: target.port, login: 'ada:a-password' })
  const value = `http://ada:a-password@127.0.0.1:${proxy.port}`
  const { stderr } = await muster(['profile', '--debug'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: value, DEBUG: '*' })
  expect(stderr).toContain(`through the proxy http://127.0.0.1:${proxy.port}, request`)
  expect(stderr).not.toContain('a-password')
})

test.each(['https://other.test', 'https://203.0.113.5'])('the certificate must be for the server, not for the proxy: %s', async (url) => {
  const target = await startTarget()
  // The certificate is also the proxy's own, for localhost.
  const proxy = await startProxy({ to: target.port, tls: true })
  const { code, stderr } = await muster(['profile'], { MUSTER_URL: url, HTTPS_PROXY: proxy.url })
  expect({ code, received: target.received }).toEqual({ code: 1, received: [] })
  expect(stderr).toContain(`Cannot reach Muster at ${url} through the proxy ${proxy.url} (ERR_TLS_CERT_ALTNAME_INVALID).`)
})

test('a certificate from an unknown CA is refused with the variable to set', async () => {
  const target = await startTarget()
  const proxy = await startProxy({ to: target.port })
  const { code, stderr } = await muster(['profile'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: '' })
  expect({ code, received: target.received }).toEqual({ code: 1, received: [] })
  expect(stderr).toContain('set NODE_EXTRA_CA_CERTS to a file')
})

test('a refused tunnel is not taken for a response of the server', async () => {
  const body = JSON.stringify(me)
  const proxy = await startProxy({ refusal: `HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}` })
  const { code, stdout, stderr } = await muster(['profile', '--json'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: proxy.url })
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(JSON.parse(stderr)).toMatchObject({ code: 'unreachable', title: `The proxy ${proxy.url} did not connect to accounts.test:443 (403).` })
})

test.each(['https', 'http'])('a username and password in the variable go only to the proxy: %s', async (scheme) => {
  const target = await startTarget({ tls: scheme === 'https' })
  const proxy = await startProxy({ to: target.port, login: 'ada:p@ss' })
  const value = `ada:p%40ss@127.0.0.1:${proxy.port}` // without a scheme, as curl takes it
  const { code } = await muster(['profile', '--json'], { MUSTER_URL: `${scheme}://accounts.test`, [`${scheme}_proxy`]: value })
  expect({ code, received: target.received }).toEqual({ code: 0, received: ['GET /v1/me accounts.test Bearer the-secret'] })
})

test.each([
  ['https', []],
  ['https', ['--json', '--debug']],
  ['http', []],
  ['http', ['--json', '--debug']],
])('a refused password is not printed: %s %j', async (scheme, options) => {
  const proxy = await startProxy({ login: 'ada:right' })
  const variable = `${scheme.toUpperCase()}_PROXY`
  const { code, stdout, stderr } = await muster(['profile', ...options], {
    MUSTER_URL: `${scheme}://accounts.test`,
    [variable]: `http://ada:a-wrong-one@127.0.0.1:${proxy.port}`,
  })
  expect({ code, stdout, asked: proxy.asked.length }).toEqual({ code: 1, stdout: '', asked: 1 })
  expect(stderr).toContain(`The proxy ${proxy.url} refused the username and password in ${variable} (407).`)
  expect(stderr).toContain(`Set ${variable}=http://USER:PASSWORD@127.0.0.1:${proxy.port}`)
  expect(stderr).not.toContain('a-wrong-one')
  expect(stderr).not.toContain(Buffer.from('ada:a-wrong-one').toString('base64'))
})

test('a proxy that requires a password is reported with the variable to set', async () => {
  const proxy = await startProxy({ login: 'ada:right' })
  const { stderr } = await muster(['profile'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: proxy.url })
  expect(stderr).toContain(`The proxy ${proxy.url} requires a username and password (407).`)
})

test('an unreachable proxy is reported', async () => {
  const closed = createServer()
  await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
  const { port } = closed.address() as AddressInfo
  await new Promise((resolve) => closed.close(resolve))
  const { code, stderr } = await muster(['profile'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: `http://ada:a-password@127.0.0.1:${port}` })
  expect(code).toBe(1)
  expect(stderr).toContain(`Cannot reach the proxy http://127.0.0.1:${port} (ECONNREFUSED).\n  Check HTTPS_PROXY, or list this server in NO_PROXY.`)
  expect(stderr).not.toContain('a-password')
})

test('a response of the proxy is not taken for a response of the http server', async () => {
  const proxy = await startProxy({ to: 1 })
  const api = apiAt('http://accounts.test', { http_proxy: proxy.url })
  await expect(api.POST('/v1/me/keys', { body: { description: 'x', scope: 'all' } })).rejects.toMatchObject({
    message: `The response from http://accounts.test through the proxy ${proxy.url} (502) is not from Muster.`,
  })
})

test.each([
  ['socks5://ada:a-password@proxy.test:1080', 'HTTPS_PROXY names a socks5 proxy. Only HTTP and HTTPS proxies are supported.'],
  ['http://ada:a-password@proxy.test:port', 'HTTPS_PROXY is not the address of a proxy.'],
])('an unusable proxy is refused without printing its value: %s', async (value, text) => {
  const { code, stderr } = await muster(['profile', '--debug'], { MUSTER_URL: 'https://accounts.test', HTTPS_PROXY: value })
  expect(code).toBe(2)
  expect(stderr).toContain(text)
  expect(stderr).not.toContain('a-password')
})

test('an aborted request closes its connection to the proxy', async () => {
  let ended = false
  const silent = createServer().on('connect', (_request, socket: Socket) => {
    socket
      .resume()
      .on('error', () => {})
      .on('end', () => (ended = true))
  })
  const port = await listen(silent)
  const target = new URL('https://accounts.test/v1/me')
  const proxy = proxyFor(target, { HTTPS_PROXY: `http://127.0.0.1:${port}` })
  if (!proxy) throw new Error('no proxy')
  const request = { method: 'GET', url: target.href, headers: {}, body: null }
  await expect(sendThrough(proxy, target, request, AbortSignal.timeout(300))).rejects.toMatchObject({ name: 'TimeoutError' })
  await expect.poll(() => ended).toBe(true)
})

test.each([
  ['https://accounts.test', { HTTPS_PROXY: 'http://upper:1' }, 'http://upper:1'],
  ['https://accounts.test', { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:1' }, 'http://lower:1'],
  ['https://accounts.test', { HTTPS_PROXY: 'http://upper:1', https_proxy: '' }, 'http://upper:1'],
  ['https://accounts.test', { HTTP_PROXY: 'http://upper:1' }, null],
  ['http://accounts.test', { HTTP_PROXY: 'upper:1' }, 'http://upper:1'],
  ['http://accounts.test', { HTTP_PROXY: 'http://upper:1', REQUEST_METHOD: 'GET' }, null],
  ['https://accounts.test', { HTTPS_PROXY: 'http://upper:1', NO_PROXY: 'accounts.test' }, null],
  ['https://accounts.test', { HTTPS_PROXY: 'http://upper:1', no_proxy: 'test', NO_PROXY: 'example.com' }, null],
  ['https://localhost', { HTTPS_PROXY: 'http://upper:1' }, null],
  ['http://muster.localhost:4000', { HTTP_PROXY: 'http://upper:1' }, null],
  ['http://127.0.0.1:4000', { HTTP_PROXY: 'http://upper:1' }, null],
  ['http://[::1]:4000', { HTTP_PROXY: 'http://upper:1' }, null],
])('the proxy for %s with %j is %s', (target, env, origin) => {
  expect(proxyFor(new URL(target), env)?.origin ?? null).toBe(origin)
})

test.each([
  ['https://accounts.example.com', 'accounts.example.com', true],
  ['https://accounts.example.com', 'example.com', true],
  ['https://accounts.example.com', '.example.com', true],
  ['https://accounts.example.com', '*.example.com', true],
  ['https://accounts.example.com', 'EXAMPLE.com.', true],
  ['https://accounts.example.com', 'localhost, example.com', true],
  ['https://accounts.example.com', 'localhost example.com', true],
  ['https://accounts.example.com', '*', true],
  ['https://accounts.example.com', '', false],
  ['https://accounts.example.com', 'accounts', false],
  ['https://notexample.com', 'example.com', false],
  ['https://example.com.evil.test', 'example.com', false],
  ['https://example.com', 'example.com:443', true],
  ['https://example.com', 'example.com:8443', false],
  ['https://example.com:8443', 'example.com:8443', true],
  ['https://10.1.2.3', '10.0.0.0/8', true],
  ['https://10.1.2.3', '10.1.2.3', true],
  ['https://10.1.2.3', '10.1.2.0/33', false],
  ['https://11.1.2.3', '10.0.0.0/8', false],
  ['https://[fd00::5]', 'fd00::/8', true],
  ['https://[fd00::5]', '[fd00::5]:443', true],
  ['https://[fd00::5]', 'fd00::6', false],
  ['https://10.1.2.3', '3', false],
])('NO_PROXY: %s with "%s" is excepted: %s', (target, noProxy, excepted) => {
  expect(isExcepted(new URL(target), noProxy)).toBe(excepted)
})
