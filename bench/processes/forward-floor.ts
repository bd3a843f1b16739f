import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'
import { createServer } from 'node:http'

// The least possible work of forward auth: node:http, a token that is verified once and then remembered, and headers that say whose it is.

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const text = `${encode({ alg: 'ES256', kid: 'floor' })}.${encode({ sub: 'usr_1', sid: 'ses_1', org: 'acme', role: 'admin', scope: 'openid api', exp: 4e9 })}`
const token = `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`

interface Claims {
  sub: string
  sid: string
  org: string
  role: string
  scope: string
}
const verified = new Map<string, Claims>()
function claimsOf(bearer: string): Claims {
  const key = createHash('sha256').update(bearer).digest('base64url')
  const known = verified.get(key)
  if (known) return known
  const [head, body = '', signature = ''] = bearer.split('.')
  if (!verify('sha256', Buffer.from(`${head}.${body}`), { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) throw new Error()
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
  verified.set(key, claims)
  return claims
}

const server = createServer((request, response) => {
  try {
    const { sub, sid, org, role, scope } = claimsOf((request.headers.authorization ?? '').slice(7))
    const body = JSON.stringify({ user: sub, organization: org, role, session: sid, scope })
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'x-muster-user': sub,
      'x-muster-organization': org,
      'x-muster-role': role,
    })
    response.end(body)
  } catch {
    response.writeHead(401).end()
  }
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as { port: number }
  process.send?.({ origin: `http://127.0.0.1:${port}`, token })
})
process.on('disconnect', () => process.exit(0))
