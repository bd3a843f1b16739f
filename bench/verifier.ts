/**
 * Measures the cost of a token for a resource server: `npx node bench/verifier.ts [tokens]`. The SDK's verifier alternates with jose's bare `jwtVerify`, which
 * has its key in memory, so that a busy moment of the machine affects both. Tokens that the verifier remembers are measured last. The verifier has 10,000
 * revocations in memory. The issuer is simulated, and outgoing requests are counted.
 */
import { createVerifier } from '@muster/sdk'
import { type CryptoKey, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose'

const tokensWanted = Number(process.argv[2] ?? 20_000)
const ROUNDS = 20
const AT_ONCE = 16
const issuer = 'https://muster.example.com'
const say = (line: string): void => void process.stdout.write(`${line}\n`)

const access = await generateKeyPair('ES256')
const events = await generateKeyPair('RS256')
const jwks = {
  keys: [
    { ...(await exportJWK(access.publicKey)), kid: 'access', alg: 'ES256', use: 'sig' },
    { ...(await exportJWK(events.publicKey)), kid: 'events', alg: 'RS256', use: 'sig' },
  ],
}
const now = Math.floor(Date.now() / 1_000)
const sign = (key: CryptoKey, header: { alg: string; typ: string; kid: string }, claims: Record<string, unknown>): Promise<string> =>
  new SignJWT({ iss: issuer, iat: now, jti: crypto.randomUUID(), ...claims }).setProtectedHeader(header).sign(key)
const tokenOf = (n: number, more: Record<string, unknown> = {}): Promise<string> =>
  sign(
    access.privateKey,
    { alg: 'ES256', typ: 'at+jwt', kid: 'access' },
    {
      aud: issuer,
      exp: now + 86_400,
      sub: `usr_${n % 1_000}`,
      client_id: 'muster-cli',
      sid: `ses_${n}`,
      epoch: 3,
      org_id: `org_${n % 100}`,
      org: 'acme',
      role: 'member',
      scope: 'openid profile email api',
      ...more,
    },
  )
const tokens = await Promise.all(Array.from({ length: tokensWanted }, (_, n) => tokenOf(n)))
const permissions = Array.from({ length: 20 }, (_, n) => `apps:permission-${n}`)
const customRole = await tokenOf(tokensWanted, { role: 'custom', role_id: 'role_1', role_revision: 1, permissions })
const rows = Array.from({ length: 10_000 }, (_, n) => ({
  id: String(n),
  kind: n % 2 === 0 ? 'user' : 'session',
  subject: n % 2 === 0 ? `usr_gone${n}` : `ses_gone${n}`,
  value: { belowEpoch: 2, reason: 'token_revoked' },
  expires_at: now + 86_400,
}))
const set = await sign(
  events.privateKey,
  { alg: 'RS256', typ: 'secevent+jwt', kid: 'events' },
  { aud: 'cli_bench', jti: 'b.1', events: { 'urn:muster:event-type:revocations': { count: rows.length } }, muster: rows },
)

let outgoing: string[] = []
const json = (body: unknown, status = 200): Response => new Response(JSON.stringify(body), { status })
const verifier = createVerifier({
  issuer,
  clientId: 'cli_bench',
  clientSecret: 'x',
  remember: tokensWanted,
  fetch: async (input, init) => {
    const path = new URL(String(input)).pathname
    outgoing.push(path)
    if (path === '/.well-known/openid-configuration') return json({ issuer })
    if (path === '/.well-known/jwks.json') return json(jwks)
    if (path === '/oauth/token') return json({ access_token: 'x' })
    if (path === '/ssf/streams') return init?.method === 'DELETE' ? new Response(null, { status: 204 }) : json({ stream_id: 'str_1' }, 201)
    const first = JSON.parse(String(init?.body)).returnImmediately
    if (!first) await new Promise((resolve) => setTimeout(resolve, 10_000).unref())
    return json({ sets: first ? { 'b.1': set } : {}, moreAvailable: false, muster: { current: true } })
  },
})
await verifier.ready()
while (verifier.sizes().revocations < rows.length) await new Promise((resolve) => setTimeout(resolve, 10))
outgoing = []

const bare = (token: string): Promise<unknown> => jwtVerify(token, access.publicKey, { issuer, audience: issuer, typ: 'at+jwt', algorithms: ['ES256'] })
const ours = (token: string): Promise<unknown> => verifier.verify(token)

/** A rate by processor time, which does not include other work on the machine, and a rate by the wall clock. */
interface Rate {
  cpu: number
  wall: number
}
async function rate(verify: (token: string) => Promise<unknown>, some: readonly string[], times = 1): Promise<Rate> {
  const cpu = process.cpuUsage()
  const begin = performance.now()
  for (let time = 0; time < times; time++) {
    for (let at = 0; at < some.length; at += AT_ONCE) await Promise.all(some.slice(at, at + AT_ONCE).map(verify))
  }
  const count = some.length * times
  const { user, system } = process.cpuUsage(cpu)
  return { cpu: (count / (user + system)) * 1e6, wall: (count / (performance.now() - begin)) * 1_000 }
}

const per = Math.floor(tokens.length / (ROUNDS + 2))
const samples: Record<'bare' | 'unseen', Rate[]> = { bare: [], unseen: [] }
for (let round = 0; round < ROUNDS + 2; round++) {
  const some = tokens.slice(round * per, (round + 1) * per)
  const measure = { bare: () => rate(bare, some), unseen: () => rate(ours, some) }
  const order = round % 2 === 0 ? (['bare', 'unseen'] as const) : (['unseen', 'bare'] as const)
  for (const name of order) {
    const measured = await measure[name]()
    if (round >= 2) samples[name].push(measured)
  }
}
const seenTokens = tokens.slice(0, 1_000)
const seen: Rate[] = []
for (let round = 0; round < ROUNDS + 5; round++) {
  const measured = await rate(ours, seenTokens, 40)
  if (round >= 5) seen.push(measured)
}
const one: Rate[] = []
for (let round = 0; round < ROUNDS; round++) one.push(await rate(ours, seenTokens.slice(0, 1), 20_000))
const withRole: Rate[] = []
for (let round = 0; round < ROUNDS; round++) withRole.push(await rate(ours, [customRole], 20_000))
const caller = await verifier.verify(customRole)
const ASKED = 1_000_000
const begin = performance.now()
let allowed = 0
for (let time = 0; time < ASKED; time++) if (caller.can(permissions[time % 40] ?? 'apps:none')) allowed += 1
const canPerSecond = (ASKED / (performance.now() - begin)) * 1_000
if (allowed !== ASKED / 2) throw new Error('The caller can do something else.')

const median = (values: number[]): number => values.toSorted((first, second) => first - second)[Math.floor(values.length / 2)] as number
const best = (values: number[]): number => Math.max(...values)
const line = (name: string, rates: Rate[]): void => {
  const [wall, cpu] = [rates.map((one) => one.wall), rates.map((one) => one.cpu)]
  say(`${name.padEnd(44)} ${[median(wall), best(wall), median(cpu)].map((value) => Math.round(value).toLocaleString('en').padStart(11)).join(' ')}`)
}
say(`${'verifications per second'.padEnd(44)} ${['median', 'best', 'median'].map((name) => name.padStart(11)).join(' ')}`)
say(`${''.padEnd(44)} ${['', '', 'per CPU s'].map((name) => name.padStart(11)).join(' ')}`)
line('jose jwtVerify', samples.bare)
line('SDK, tokens not seen before', samples.unseen)
line('SDK, tokens seen before, of 1,000', seen)
line('SDK, one token, one at a time', one)
line('SDK, one token of a custom role, one at a time', withRole)
say(`caller.can per second: ${Math.round(canPerSecond).toLocaleString('en')}`)
const ratios = samples.unseen.map(({ wall }, round) => wall / (samples.bare[round] as Rate).wall)
say(`not seen before, of jose's: ${(median(ratios) * 100).toFixed(0)} % (median of ${ROUNDS} pairs)`)
const calls = outgoing.filter((path) => !path.endsWith('/poll'))
say(`requests that verifying sent: ${calls.length}; beside it ${outgoing.length - calls.length} poll(s) of the stream were under way`)
process.exit(0)
