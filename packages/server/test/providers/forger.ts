import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'

/** An issuer that puts into its tokens whatever a test wants: an honest implementation refuses to. Its authorization endpoint answers with code and state alone. */
export async function startForger(clientId: string, clientSecret = '') {
  const honest = await generateKeyPair('RS256')
  const other = await generateKeyPair('RS256')
  const elliptic = await generateKeyPair('ES256')
  const keys = [
    { ...(await exportJWK(honest.publicKey)), kid: 'key', alg: 'RS256', use: 'sig' },
    { ...(await exportJWK(elliptic.publicKey)), kid: 'elliptic', alg: 'ES256', use: 'sig' },
  ]
  const nonces = new Map<string, string>()
  const forger = {
    url: '',
    claims: {} as JWTPayload,
    /** The `iss` of the answer to the browser (RFC 9207). */
    iss: undefined as string | undefined,
    /** Signs with a key that it does not publish. */
    signsWrong: false,
    /** How it signs. Its document announces RS256 only. */
    alg: 'RS256' as 'RS256' | 'ES256' | 'HS256' | 'none',
    /** Where its document says that tokens are. */
    tokenEndpoint: undefined as string | undefined,
    /** Its token endpoint answers with a redirect. */
    redirectsTo: undefined as string | undefined,
    requests: [] as string[],
    close: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  const idToken = async (nonce: string): Promise<string> => {
    const { alg } = forger
    const claims = { iss: forger.url, aud: clientId, sub: 'sub', nonce, iat: now(), exp: now() + 300, ...forger.claims }
    if (alg === 'none') return new UnsecuredJWT(claims).encode()
    const key = { RS256: (forger.signsWrong ? other : honest).privateKey, ES256: elliptic.privateKey, HS256: Buffer.from(clientSecret) }[alg]
    return new SignJWT(claims).setProtectedHeader({ alg, kid: alg === 'ES256' ? 'elliptic' : 'key' }).sign(key)
  }
  const now = (): number => Math.floor(Date.now() / 1_000)
  const formOf = async (request: IncomingMessage): Promise<URLSearchParams> => {
    let body = ''
    for await (const part of request) body += part
    return new URLSearchParams(body)
  }

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', forger.url)
    forger.requests.push(url.pathname)
    const json = (body: unknown) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(body))
    }
    if (url.pathname === '/.well-known/openid-configuration')
      return json({
        issuer: forger.url,
        authorization_endpoint: `${forger.url}/authorize`,
        token_endpoint: forger.tokenEndpoint ?? `${forger.url}/token`,
        jwks_uri: `${forger.url}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        authorization_response_iss_parameter_supported: true,
      })
    if (url.pathname === '/keys') return json({ keys })
    if (url.pathname === '/authorize') {
      const back = new URL(url.searchParams.get('redirect_uri') ?? '')
      const code = String(nonces.size)
      nonces.set(code, url.searchParams.get('nonce') ?? '')
      back.search = String(new URLSearchParams({ code, state: url.searchParams.get('state') ?? '', iss: forger.iss ?? forger.url }))
      response.writeHead(302, { location: back.href })
      return response.end()
    }
    if (forger.redirectsTo !== undefined) {
      response.writeHead(307, { location: forger.redirectsTo })
      return response.end()
    }
    const code = (await formOf(request)).get('code') ?? ''
    return json({ access_token: 'none', token_type: 'bearer', id_token: await idToken(nonces.get(code) ?? '') })
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  forger.url = `http://localhost:${(server.address() as AddressInfo).port}`
  return forger
}

export type Forger = Awaited<ReturnType<typeof startForger>>
