import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { type Human, OPERATOR_TOKEN, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { browserOf, deviceLogin, SCOPE } from '../packages/server/test/oauth/conversation.ts'

// Fills an empty database with people, an organization and credentials. It runs inside the version that is measured, with that version's own code and
// migrations: for the version before, it is copied into that version's folder. So it uses the testkit only, and nothing else of the bench.

export interface SeedWish {
  databaseUrl?: string
  /** The folder of an embedded database to create. */
  dataDir?: string
  port: number
  output: string
}

export interface Seed {
  organization: string
  organizationId: string
  /** The admin. */
  ada: { id: string; token: string; cookie: string; key: string }
  /** Of 32 programs, because a use from another address than the one before is recorded. */
  refreshTokens: string[]
  /** Plain members of the same organization. */
  members: { id: string; name: string; email: string; token: string; key: string }[]
  /** People who are alone in their own organizations. */
  loners: { name: string; token: string }[]
  /** Clients that may introspect. Each has its own limit. */
  clients: { id: string; secret: string }[]
  password: string
  cliClientId: string
}

const { databaseUrl, dataDir, port, output } = JSON.parse(process.argv[2] ?? '{}') as SeedWish
const muster = await startMuster({
  ...(databaseUrl === undefined ? { engine: 'pglite' } : { databaseUrl }),
  env: { PORT: String(port), LOG_LEVEL: 'warn' },
})
const names = Array.from({ length: 20 }, (_, n) => `member${n}`)
const people = await muster.organization({ ada: 'admin', ...Object.fromEntries(names.map((name) => [name, 'member' as const])) })
const ada = people['ada'] as Human
const made = async (path: string, token: string, body: object): Promise<any> => {
  const answer = await muster.call('POST', path, { token, body })
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}
/** A version before scopes refuses the scope of a key. */
const keyOf = async ({ token }: Human): Promise<string> => {
  const { status, body } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'bench', scope: 'all' } })
  return status === 201 ? body.key : (await made('/v1/me/keys', token, { description: 'bench' })).key
}
const clients: Seed['clients'] = []
for (let n = 0; n < 8; n++) {
  const { id, secret } = await made('/v1/operator/clients', OPERATOR_TOKEN, {
    name: `bench ${n}`,
    grants: ['client_credentials'],
    scopes: ['introspect', 'signals'],
  })
  clients.push({ id, secret })
}
const members: Seed['members'] = []
for (const name of names) {
  const { id, email, token } = people[name] as Human
  members.push({ id, name, email, token, key: await keyOf(people[name] as Human) })
}
const loners: Seed['loners'] = []
for (let n = 0; n < 8; n++) {
  const { name, token } = await muster.person(`loner${n}`)
  loners.push({ name, token })
}
const { cookie } = await browserOf(muster, ada)
const refreshTokens: string[] = []
while (refreshTokens.length < 32) refreshTokens.push((await deviceLogin(muster, ada, `${SCOPE} offline_access`)).refresh_token ?? '')
const { body: organization } = await muster.call('GET', '/v1/organizations/ada', { token: ada.token })
const seed: Seed = {
  organization: 'ada',
  organizationId: organization.id,
  ada: { id: ada.id, token: ada.token, cookie, key: await keyOf(ada) },
  refreshTokens,
  members,
  loners,
  clients,
  password: PASSWORD,
  cliClientId: CLI_CLIENT_ID,
}
// The testkit hashes cheaply. A sign-in is measured at the real cost.
const hash = await createPasswordHasher().hash(PASSWORD)
const { database } = muster.server
await database.pool?.query('update account set password_hash = $1', [hash])
await database.pglite?.query('update account set password_hash = $1', [hash])
if (dataDir !== undefined) {
  const cluster = join(dataDir, 'postgres')
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  const dump = await database.pglite?.dumpDataDir('none')
  if (!dump) throw new Error('The embedded database gave no copy of itself.')
  const { status, stderr } = spawnSync('tar', ['-xf', '-', '-C', cluster], { input: Buffer.from(await dump.arrayBuffer()) })
  if (status !== 0) throw new Error(`The copy of the embedded database could not be unpacked: ${stderr}`)
}
writeFileSync(output, JSON.stringify(seed))
await muster.close()
process.exit(0)
