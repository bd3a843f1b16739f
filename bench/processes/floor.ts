import { createHash, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { hash, verify as verifyPassword } from '@node-rs/argon2'
import fastify from 'fastify'
import pg from 'pg'

// The least possible work for each kind of request: bare Fastify, a cache of verified tokens, prepared statements, synchronous signing. No log, no limits, no
// checks. Nothing that keeps Muster's promises can be faster; how near it comes is the measure.

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const PEOPLE = 1_000
const columns = Array.from({ length: 16 }, (_, n) => `fact_${n} text not null default 'a value of this length'`).join(', ')
await pool.query(`create table live (id text primary key, epoch integer not null default 0, seen_at timestamptz not null default now(), ${columns})`)
await pool.query(`insert into live (id) select 'ses_' || i from generate_series(1, ${PEOPLE}) i`)
await pool.query('create table code (id text primary key, hash text not null, scope text not null, expires_at timestamptz not null)')
for (const name of ['invitation', 'event', 'job']) {
  await pool.query(`create table ${name} (id bigint generated always as identity primary key, what text not null, at timestamptz not null default now())`)
}
await pool.query('analyze')

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
function signed(session: string): string {
  const claims = { iss: 'http://localhost', sub: `usr_${session}`, sid: session, org: 'acme', role: 'admin', scope: 'openid profile email api', exp: 4e9 }
  const text = `${encode({ alg: 'ES256', typ: 'at+jwt', kid: 'floor' })}.${encode(claims)}`
  return `${text}.${sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

const verified = new Map<string, { sid: string }>()
function claimsOf(token: string): { sid: string } {
  const key = createHash('sha256').update(token).digest('base64url')
  const known = verified.get(key)
  if (known) return known
  const [head, body, signature = ''] = token.split('.')
  const text = Buffer.from(`${head}.${body}`)
  if (!verify('sha256', text, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))) throw new Error('not a token of this floor')
  const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString()) as { sid: string }
  verified.set(key, claims)
  return claims
}
const read = (session: string) => pool.query({ name: 'live', text: 'select * from live where id = $1', values: [session] })
const insert = (client: pg.PoolClient, table: string) =>
  client.query({ name: table, text: `insert into ${table} (what) values ($1) returning id`, values: ['somebody@example.com was invited'] })

const app = fastify()
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => done(null, new URLSearchParams(String(body))))
app.get('/hello', async () => ({ status: 'alive' }))
app.get('/me', async ({ headers: { authorization = '' } }) => (await read(claimsOf(authorization.slice(7)).sid)).rows[0])
let session = 0
app.post('/refresh', async () => {
  session = (session % PEOPLE) + 1
  const id = `ses_${session}`
  await read(id)
  await pool.query({ name: 'seen', text: 'update live set seen_at = now() where id = $1', values: [id] })
  return { access_token: signed(id), token_type: 'Bearer', expires_in: 3600 }
})
app.post('/device', async () => {
  const code = randomBytes(24).toString('base64url')
  const hashed = createHash('sha256').update(code).digest('base64url')
  await pool.query({ name: 'code', text: `insert into code values ($1, $2, $3, now() + interval '10 minutes')`, values: [code, hashed, 'openid profile'] })
  return { device_code: code, user_code: 'ABCD-EFGH', verification_uri: 'http://localhost/device', expires_in: 600, interval: 5 }
})
app.post('/invite', async () => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows } = await insert(client, 'invitation')
    await insert(client, 'event')
    await insert(client, 'job')
    await client.query('commit')
    return { id: rows[0].id }
  } finally {
    client.release()
  }
})
const password = await hash('correct horse battery staple', { memoryCost: 19_456, timeCost: 2, parallelism: 1 })
app.post('/sign-in', async () => ({ right: await verifyPassword(password, 'correct horse battery staple') }))

await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as { port: number }
process.send?.({ origin: `http://127.0.0.1:${port}`, tokens: Array.from({ length: 64 }, (_, n) => signed(`ses_${n + 1}`)) })
process.on('disconnect', () => process.exit(0))
