import { readFileSync } from 'node:fs'
import { request as forward, type RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { freePort, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'

export interface Page {
  at: URL
  status: number
  text: string
  headers: Headers
}

/** A simulated browser of one person. It keeps cookies for each origin, follows redirects by header or page, and submits the forms of the portal. */
export interface Visitor {
  visit(address: string | URL, form?: Record<string, string>): Promise<Page>
  /** Follows an application's link to Muster, signs in, consents if required, and returns the page that the application redirects to. */
  signIn(address: string | URL): Promise<Page>
}

export interface Registered {
  id: string
  secret: string
}

/** A Muster with a member, an address for the client, and helpers, for the test of one client. */
export interface House {
  muster: Muster
  issuer: string
  member: Human
  /** The callback of a client that has no server. The visitor stops there. */
  callback: string
  register(more?: Record<string, unknown>): Promise<Registered>
  visitor(): Visitor
  /** Serves an application over https and returns its origin. */
  serve(listener: RequestListener): Promise<string>
  /** Serves an https origin for a program that listens to http on this port. */
  front(port: number): Promise<string>
  deactivate(): Promise<void>
}

/** The portal of this Muster is reached over https, behind a proxy, as in production. */
export interface Town {
  muster: Muster
  enter(): Promise<House>
  close(): Promise<void>
}

const certificate = (): { key: Buffer; cert: Buffer } => ({
  key: readFileSync(process.env['MUSTER_PEER_KEY'] ?? ''),
  cert: readFileSync(process.env['NODE_EXTRA_CA_CERTS'] ?? ''),
})

async function listen(listener: RequestListener, port = 0): Promise<{ server: Server; origin: string }> {
  const server = createServer(certificate(), listener)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, origin: `https://localhost:${(server.address() as AddressInfo).port}` }
}

/** A reverse proxy that adds the headers that the documentation requires. */
const proxyTo =
  (port: number): RequestListener =>
  (request, response) => {
    const { method, url: path, headers } = request
    const more = { 'x-forwarded-proto': 'https', 'x-forwarded-for': request.socket.remoteAddress ?? '' }
    const onward = forward({ host: '127.0.0.1', port, method, path, headers: { ...headers, ...more } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  }

export async function openTown(): Promise<Town> {
  const port = await freePort()
  const servers: Server[] = []
  const open = async (listener: RequestListener): Promise<string> => {
    const { server, origin } = await listen(listener)
    servers.push(server)
    return origin
  }
  const issuer = await open(proxyTo(port))
  const muster = await startMuster({
    engine: 'pglite',
    env: { PORT: String(port), MUSTER_ISSUER: issuer, MUSTER_TRUSTED_PROXIES: 'loopback', MUSTER_LOGOUT_HOSTS: 'localhost' },
  })
  let houses = 0
  return {
    muster,
    async enter() {
      houses += 1
      const [admin, name] = [`admin${houses}`, `member${houses}`]
      const people = await muster.organization({ [admin]: 'admin', [name]: 'member' })
      const member = people[name] as Human
      const callback = 'https://app.example/callback'
      return {
        muster,
        issuer,
        member,
        callback,
        async register(more = {}) {
          const body = {
            name: 'Peer',
            grants: ['authorization_code', 'refresh_token'],
            redirect_uris: [callback],
            scopes: ['openid', 'profile', 'email', 'offline_access', 'api'],
            ...more,
          }
          const answer = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
          if (answer.status !== 201) throw new Error(JSON.stringify(answer.body))
          return answer.body
        },
        visitor: () => visitorOf(issuer, member),
        serve: open,
        front: (port) => open(proxyTo(port)),
        async deactivate() {
          const { status, body } = await muster.call('POST', `/v1/organizations/${admin}/members/${name}/deactivate`, { token: people[admin]?.token })
          if (status !== 200) throw new Error(JSON.stringify(body))
        },
      }
    },
    async close() {
      for (const server of servers) {
        server.close()
        server.closeAllConnections()
      }
      await muster.close()
    },
  }
}

function visitorOf(issuer: string, person: Human): Visitor {
  const jars = new Map<string, Map<string, string>>()
  const jarOf = (origin: string): Map<string, string> => jars.get(origin) ?? (jars.set(origin, new Map()).get(origin) as Map<string, string>)

  const visit: Visitor['visit'] = async (address, form) => {
    for (let at = new URL(address), body = form; ; body = undefined) {
      // Nothing listens at the address of an application without a server. Its test reads the code from the address.
      if (at.hostname !== 'localhost') return { at, status: 0, text: '', headers: new Headers() }
      const jar = jarOf(at.origin)
      const response = await fetch(at, {
        redirect: 'manual',
        headers: { accept: 'text/html', cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), ...(body && { origin: at.origin }) },
        ...(body && { method: 'POST', body: new URLSearchParams(body) }),
      })
      for (const line of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s)
        if (value === '' || /expires=Thu, 01 Jan 1970|max-age=0/i.test(line)) jar.delete(name)
        else jar.set(name, value)
      }
      const location = response.headers.get('location')
      const text = await response.text()
      const next = location ?? /<meta http-equiv="refresh" content="0; url=([^"]+)"/.exec(text)?.[1]
      if (next === undefined) return { at, status: response.status, text, headers: response.headers }
      at = new URL(next.replaceAll('&amp;', '&'), at)
    }
  }

  return {
    visit,
    async signIn(address) {
      let page = await visit(address)
      for (let forms = 0; page.at.origin === issuer; forms++) {
        const { pathname, searchParams } = page.at
        if (forms === 3 || page.status !== 200) throw new Error(`${pathname} answered ${page.status}: ${page.text.slice(0, 2_000)}`)
        page = await (pathname === '/sign-in'
          ? visit(`${issuer}/sign-in`, { identifier: person.email, password: person.password, continue: searchParams.get('continue') ?? '' })
          : visit(page.at, { decision: 'allow' }))
      }
      return page
    },
  }
}
