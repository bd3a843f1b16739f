import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import * as openid from 'openid-client'

// An application of a third party. It shows people the applications that they deploy with examples/deploy-api, if they let it.

const { MUSTER_ISSUER = 'http://localhost:4000', MUSTER_CLIENT_ID = '', MUSTER_CLIENT_SECRET = '', PORT = '8090' } = process.env
const { DEPLOY_API = 'http://127.0.0.1:8080', DEPLOY_AUDIENCE = 'http://127.0.0.1:8080' } = process.env
const ORIGIN = `http://127.0.0.1:${PORT}`
const REDIRECT_URI = `${ORIGIN}/callback`

const insecure = MUSTER_ISSUER.startsWith('http:') ? { execute: [openid.allowInsecureRequests] } : {}
const issuer = await openid.discovery(new URL(MUSTER_ISSUER), MUSTER_CLIENT_ID, MUSTER_CLIENT_SECRET, undefined, insecure)

interface Visit {
  /** Of a sign-in that is under way. */
  started?: { verifier: string; state: string }
  token?: string
  /** What the person allowed, which can be less than was asked for (RFC 6749 section 5.1). */
  scope?: string
}
/** By the id in the cookie. Real applications store this in a database, and limit its life. */
const visits = new Map<string, Visit>()

/** Muster remembers what the person declined. With `decideAgain`, it asks again. */
async function signIn(visit: Visit, response: ServerResponse, { decideAgain }: { decideAgain: boolean }): Promise<void> {
  const started = { verifier: openid.randomPKCECodeVerifier(), state: openid.randomState() }
  visit.started = started
  const url = openid.buildAuthorizationUrl(issuer, {
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile apps:read',
    resource: DEPLOY_AUDIENCE,
    state: started.state,
    code_challenge: await openid.calculatePKCECodeChallenge(started.verifier),
    code_challenge_method: 'S256',
    ...(decideAgain && { prompt: 'consent' }),
  })
  response.writeHead(303, { location: url.href }).end()
}

async function callback(visit: Visit, url: URL, response: ServerResponse): Promise<void> {
  const { started } = visit
  delete visit.started
  if (url.searchParams.get('error') === 'access_denied') return answer(response, 200, 'You did not give this application access.')
  if (!started) return answer(response, 400, 'Start again at /.')
  const tokens = await openid.authorizationCodeGrant(issuer, url, { pkceCodeVerifier: started.verifier, expectedState: started.state })
  visit.token = tokens.access_token
  visit.scope = tokens.scope ?? ''
  response.writeHead(303, { location: '/' }).end()
}

async function home(visit: Visit, response: ServerResponse): Promise<void> {
  if (visit.token === undefined) return answer(response, 200, 'Sign in at /sign-in.')
  if (!visit.scope?.split(' ').includes('apps:read'))
    return answer(response, 200, 'You did not let this application see your applications. To decide again: /sign-in?decide-again')
  const apps = await fetch(`${DEPLOY_API}/apps`, { headers: { authorization: `Bearer ${visit.token}` } })
  const body = (await apps.json()) as { code?: string; title?: string; apps?: unknown }
  // The person revoked the access, or the token has expired. The API says which.
  if (apps.status === 401) {
    delete visit.token
    return answer(response, 401, `Your applications cannot be read: ${body.code} (${body.title}) Sign in again at /sign-in.`)
  }
  answer(response, apps.status, JSON.stringify(body.apps ?? body))
}

const answer = (response: ServerResponse, status: number, text: string): void =>
  void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(`${text}\n`)

function visitOf({ headers }: IncomingMessage, response: ServerResponse): Visit {
  const known = /(?:^|; )visit=([\w-]+)/.exec(headers.cookie ?? '')?.[1]
  const visit = known === undefined ? undefined : visits.get(known)
  if (visit) return visit
  const id = randomBytes(24).toString('base64url')
  const created: Visit = {}
  visits.set(id, created)
  response.setHeader('set-cookie', `visit=${id}; HttpOnly; SameSite=Lax; Path=/`)
  return created
}

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '/', ORIGIN)
  const visit = visitOf(request, response)
  const pages: Record<string, () => Promise<void>> = {
    '/': () => home(visit, response),
    '/sign-in': () => signIn(visit, response, { decideAgain: url.searchParams.has('decide-again') }),
    '/callback': () => callback(visit, url, response),
  }
  const page = pages[url.pathname]
  if (!page) return answer(response, 404, 'There is no such page.')
  page().catch((error: unknown) => {
    console.error(error)
    if (!response.headersSent) answer(response, 502, 'That did not work. Start again at /.')
  })
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close(() => process.exit(0)))
server.listen(Number(PORT), '127.0.0.1', () => console.log(`Open ${ORIGIN}`))
