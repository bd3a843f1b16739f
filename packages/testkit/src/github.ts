import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

// A look-alike of GitHub's OAuth apps, from its documentation: "Authorizing OAuth apps" and the REST API of users and emails. Whoever comes is signed in as `person`.

export interface GitHubPerson {
  id: number
  login: string
  name: string | null
  emails: { email: string; primary: boolean; verified: boolean; visibility: 'public' | 'private' | null }[]
}

export interface GitHub {
  url: string
  clientId: string
  clientSecret: string
  /** The person at the browser. Null: they cancel. */
  person: GitHubPerson | null
  /** Answers nothing, from now on. */
  isSilent: boolean
  /** The status of the API. */
  apiStatus: number
  /** The requests that arrived: method and path. */
  requests: string[]
  /** Access tokens that were given out. */
  tokens: string[]
  /** Sends the browser back with other values. */
  answer(query: URLSearchParams): void
  close(): Promise<void>
}

interface Code {
  person: GitHubPerson
  challenge: string | null
  redirectUri: string
}

export async function startGitHub(): Promise<GitHub> {
  const codes = new Map<string, Code>()
  const people = new Map<string, GitHubPerson>()

  const send = (response: ServerResponse, status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(body))
  }

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    const redirectUri = query.get('redirect_uri') ?? ''
    const back = new URL(redirectUri)
    const { person } = github
    if (query.get('client_id') !== github.clientId) return send(response, 404, { message: 'Not Found' })
    if (person === null)
      back.search = String(new URLSearchParams({ error: 'access_denied', error_description: 'The user has denied your application access.' }))
    else {
      const code = randomBytes(10).toString('hex')
      codes.set(code, { person, redirectUri, challenge: query.get('code_challenge') })
      back.searchParams.set('code', code)
    }
    back.searchParams.set('state', query.get('state') ?? '')
    back.searchParams.set('iss', `${github.url}/login/oauth`)
    github.answer(back.searchParams)
    response.writeHead(302, { location: back.href })
    response.end()
  }

  const exchange = (form: URLSearchParams, response: ServerResponse) => {
    const given = form.get('code') ?? ''
    const code = codes.get(given)
    if (form.get('client_id') !== github.clientId || form.get('client_secret') !== github.clientSecret)
      return send(response, 200, { error: 'incorrect_client_credentials', error_description: 'The client_id and/or client_secret passed are incorrect.' })
    if (form.get('redirect_uri') !== code?.redirectUri && code) return send(response, 200, { error: 'redirect_uri_mismatch' })
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url')
    codes.delete(given)
    if (!code || (code.challenge !== null && code.challenge !== challenge))
      return send(response, 200, { error: 'bad_verification_code', error_description: 'The code passed is incorrect or expired.' })
    const token = `gho_${randomBytes(18).toString('hex')}`
    people.set(token, code.person)
    github.tokens.push(token)
    send(response, 200, { access_token: token, scope: 'user:email', token_type: 'bearer' })
  }

  const api = (path: string, request: IncomingMessage, response: ServerResponse) => {
    if (!request.headers['user-agent']) return send(response, 403, { message: 'Request forbidden by administrative rules.' })
    if (github.apiStatus !== 200) return send(response, github.apiStatus, { message: 'Server Error' })
    const person = people.get((request.headers.authorization ?? '').replace('Bearer ', ''))
    if (!person) return send(response, 401, { message: 'Bad credentials' })
    const { id, login, name, emails } = person
    if (path === '/user') return send(response, 200, { id, login, name, node_id: 'x', type: 'User' })
    if (path === '/user/emails') return send(response, 200, emails)
    return send(response, 404, { message: 'Not Found' })
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', github.url)
    github.requests.push(`${request.method} ${url.pathname}`)
    if (github.isSilent) return
    if (url.pathname === '/login/oauth/authorize') return authorize(url.searchParams, response)
    if (url.pathname.startsWith('/api/v3/')) return api(url.pathname.slice('/api/v3'.length), request, response)
    if (url.pathname !== '/login/oauth/access_token') return send(response, 404, { message: 'Not Found' })
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => {
      body += text
    })
    request.on('end', () => exchange(new URLSearchParams(body), response))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const github: GitHub = {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    clientId: 'Iv1.0123456789abcdef',
    clientSecret: 'the secret of an OAuth app',
    person: null,
    isSilent: false,
    apiStatus: 200,
    requests: [],
    tokens: [],
    answer: () => {},
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return github
}
