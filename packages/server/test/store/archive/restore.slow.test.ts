import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RoleId } from '@muster/contract/ids.ts'
import type { Verifier } from '@muster/sdk'
import { backUp, verifyBackup } from '@muster/server/administration/backup.ts'
import { cancelMove } from '@muster/server/administration/move.ts'
import { finishRestore, keepRestingKeys, type Restored, restoreBackup } from '@muster/server/administration/restore.ts'
import { createSecret } from '@muster/server/domain/invitations/invitation.ts'
import { describeStartFailure } from '@muster/server/start-failure.ts'
import { writeArchive } from '@muster/server/store/archive/file.ts'
import { inSnapshot, readAll } from '@muster/server/store/archive/rows.ts'
import { clearState, requireInUse, setState } from '@muster/server/store/archive/state.ts'
import { openDatabase } from '@muster/server/store/database.ts'
import { migrations } from '@muster/server/store/migrations/index.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { freePort, type Human, type Muster, OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { startServerProcess } from '@muster/testkit/process.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { aClient, aVerifier, type Credentials, verdict } from '../../../../sdk/test/verifying.ts'
import { browserOf, deviceLogin, postForm, refresh, SCOPE } from '../../oauth/conversation.ts'
import { customRoles } from '../../oauth/custom-roles.ts'
import { fillStore } from './full-store.ts'
import { contentsOf } from './tables.ts'

const [administration = '', server = ''] = ['administration.js', 'server.js'].map((name) => fileURLToPath(new URL(`../../../bin/${name}`, import.meta.url)))
let folder: string
const fileNamed = (name: string): string => join(folder, name)
const settings = (databaseUrl: string) => ({ DATABASE_URL: databaseUrl, MUSTER_SECRET: SECRET, MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN })
const aUrl = async (options: { migrated?: boolean } = {}): Promise<string> => (await startPostgres()).createDatabase(options)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-restore-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs on a database as an administrator, not as a server. */
async function on<T>(databaseUrl: string, work: (db: Awaited<ReturnType<typeof openDatabase>>['kysely']) => Promise<T>): Promise<T> {
  const database = await openDatabase({ databaseUrl, name: 'muster-administration' })
  try {
    return await work(database.kysely)
  } finally {
    await database.close()
  }
}

describe('access from before a restore (O9)', () => {
  let before: Muster
  let after: Muster
  let verifier: Verifier
  let credentials: Credentials
  let ada: Human
  let restoredUrl: string
  let restored: Restored
  /** Issued before the backup, and after it by a signing key that the backup does not have. */
  const tokens: Record<string, string> = {}
  let key: string
  let refreshToken: string
  let named: string
  let cookie: string
  let secret: string
  let roleId: RoleId

  beforeAll(async () => {
    const port = String(await freePort())
    const url = await aUrl()
    before = await startMuster({ databaseUrl: url, env: { PORT: port } })
    ada = await before.person('ada')
    tokens['before the backup'] = ada.token
    key = (await before.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'ci', scope: 'all' } })).body.key
    refreshToken = (await deviceLogin(before, ada, `${SCOPE} offline_access`)).refresh_token ?? ''
    named = (await before.call('POST', '/v1/operator/tokens', { token: OPERATOR_TOKEN, body: { name: 'ci' } })).body.token
    const browser = await browserOf(before, ada)
    cookie = browser.cookie
    secret = (await before.server.services.execute(createSecret, browser.principal, { organization: 'ada', role: 'member' })).secret
    credentials = await aClient(before)
    await on(url, async (db) => {
      await sql`insert into account (id, email, email_canonical, given_name) values ('usr_newcomer', 'n@example.com', 'n@example.com', 'N')`.execute(db)
      for (const user of [ada.id, 'usr_newcomer'])
        await sql`insert into identity (id, user_id, provider, issuer, subject, label, address)
          values (${`idn_${user}`}, ${user}, 'github', 'https://github.com/login/oauth', ${user}, 'n', '192.0.2.1')`.execute(db)
      await sql`insert into consent (user_id, client_id, organization_id, granted, declined)
        select ${ada.id}, ${credentials.clientId}, id, '{openid}', '{}' from organization where name = 'ada'`.execute(db)
    })
    verifier = await aVerifier(before, { ...credentials, lease: 300 })
    const roles = customRoles(before, ada)
    roleId = await roles.create('Deployer', ['members:read'])
    await backUp(settings(url), fileNamed('access'))
    await roles.edit(roleId, ['members:read', 'audit:read'])
    const { keys } = (await before.call('GET', '/v1/operator/signing-keys', { token: OPERATOR_TOKEN })).body
    // The next keys sign at once and are unknown to the backup.
    for (const { kid } of keys) await before.call('DELETE', `/v1/operator/signing-keys/${kid}`, { token: OPERATOR_TOKEN })
    tokens['after the backup'] = (await before.login(ada)).token
    expect(await verdict(verifier, tokens['after the backup'])).toBe('accepted')
    expect(await verdict(verifier, key)).toBe('accepted')
    await before.close()

    restoredUrl = await (await startPostgres()).createDatabase({ migrated: false })
    restored = await restoreBackup(settings(restoredUrl), fileNamed('access'), { keepKeys: false })
    after = await startMuster({ databaseUrl: restoredUrl, env: { PORT: port } })
  }, 120_000)
  afterAll(async () => {
    await verifier?.close()
    await after?.close()
  })

  test('ends at a verifier that ran meanwhile, also for tokens unknown to the backup', async () => {
    // Within its lease it may accept until it has found its stream gone.
    await vi.waitFor(async () => expect(await verdict(verifier, key)).toBe('token_revoked'), { timeout: 20_000, interval: 100 })
    for (const token of Object.values(tokens)) expect(await verdict(verifier, token)).toBe('invalid_token')
    await vi.waitFor(() => expect(verifier.isCurrent()).toBe(true), { timeout: 20_000 })
    for (const token of Object.values(tokens)) expect(await verdict(verifier, token)).toBe('invalid_token')
    expect(await verdict(verifier, (await after.login(ada)).token)).toBe('accepted')
  })

  test.each(['before the backup', 'after the backup'])('ends for a token from %s at the API, forward auth and introspection', async (when) => {
    const token = tokens[when] as string
    expect((await after.call('GET', '/v1/me', { token })).status).toBe(401)
    expect((await after.call('GET', '/v1/forward-auth', { token })).status).toBe(401)
    const authorization = `Basic ${btoa(`${credentials.clientId}:${credentials.clientSecret}`)}`
    expect((await postForm(after, '/oauth/introspect', { token }, { authorization })).body).toEqual({ active: false })
  })

  test('gives no revision of a role again that a verifier may know (P10)', async () => {
    const [role] = await after.server.services.store.reading.roles.findMany([roleId])
    expect(role).toMatchObject({ permissions: ['members:read'], revision: 1_000_001 })
  })

  test('ends for browsers and secrets', async () => {
    const page = await fetch(`${after.url}/account`, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
    expect(page.status).toBe(303)
    const { body } = await after.call('POST', '/v1/invitations/preview', { body: { token: secret } })
    expect(body.code).toBe('invitation_revoked')
  })

  test('ends for third-party clients: their consents are asked for again (P16)', async () => {
    expect(await on(restoredUrl, async (db) => (await sql`select user_id from consent`.execute(db)).rows)).toEqual([])
  })

  test('ends for providers, also of accounts without a password', async () => {
    expect(await on(restoredUrl, async (db) => (await sql`select user_id from identity`.execute(db)).rows)).toEqual([])
  })

  test('rests for keys and refresh tokens until the operator keeps them', async () => {
    for (const path of ['/v1/me', '/v1/forward-auth']) {
      const { status, body } = await after.call('GET', path, { token: key })
      expect([status, body.code, body.detail]).toEqual([401, 'token_revoked', expect.stringContaining('restored from a backup')])
    }
    const refused = await refresh(after, refreshToken)
    expect([refused.status, refused.body.error, refused.body.error_description]).toEqual([
      400,
      'invalid_grant',
      expect.stringContaining('restored from a backup'),
    ])
    const operator = () => after.call('GET', '/v1/operator/secret', { token: named })
    expect((await operator()).body).toMatchObject({ code: 'operator_required', detail: expect.stringContaining('on hold') })
    expect(restored).toMatchObject({ restingKeys: 1, restingRefreshTokens: 1, restingOperatorTokens: 1, clients: 1 })

    expect(await keepRestingKeys(settings(restoredUrl))).not.toBeNull()
    expect(await keepRestingKeys(settings(restoredUrl))).toBeNull()
    expect((await after.call('GET', '/v1/me', { token: key })).status).toBe(200)
    expect((await refresh(after, refreshToken)).status).toBe(200)
    expect((await operator()).status).toBe(200)
  })

  test('is not that of the operator, and the record tells what was done', async () => {
    expect((await after.call('GET', '/v1/operator/signing-keys', { token: OPERATOR_TOKEN })).status).toBe(200)
    const types = await on(
      restoredUrl,
      async (db) => (await sql<{ type: string }>`select type from audit_event where actor_kind = 'system' order by seq`.execute(db)).rows,
    )
    expect(types.map(({ type }) => type)).toEqual(expect.arrayContaining(['store.restored', 'signing_key.withdrawn', 'store.keys_kept']))
  })
})

describe('a backup', () => {
  let url: string
  let file: string
  beforeAll(async () => {
    url = await aUrl()
    await on(url, fillStore)
    file = fileNamed('full')
    await backUp(settings(url), file)
  })

  test('has every row, and can be verified', async () => {
    const { rows } = await verifyBackup(file)
    const contents = await on(url, contentsOf)
    for (const [table, all] of Object.entries(contents)) expect([table, rows[table]]).toEqual([table, all.length])
  })

  test.each([
    ['is cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 20)],
    ['has a changed byte', (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 3_000 ? byte ^ 1 : byte)))],
    ['is another file', () => Buffer.from('select 1')],
  ])('that %s is refused, and nothing is written', async (name, change) => {
    const broken = fileNamed(name.replaceAll(' ', '-'))
    await writeFile(broken, change(await readFile(file)))
    const target = await aUrl()
    const error = await restoreBackup(settings(target), broken, { keepKeys: false }).catch((failure: unknown) => failure)
    expect(describeStartFailure(error)).toMatch(/damaged|contradict|no backup/)
    await on(target, async (db) => {
      expect((await contentsOf(db))['account']).toEqual([])
      expect((await sql`select from store_state`.execute(db)).rows).toEqual([])
    })
  })

  test('is not restored into a database that is not empty', async () => {
    await expect(restoreBackup(settings(url), file, { keepKeys: false })).rejects.toThrow('not empty')
  })

  test('is not restored with another secret', async () => {
    const target = await aUrl()
    await expect(restoreBackup({ ...settings(target), MUSTER_SECRET: 'x'.repeat(40) }, fileNamed('access'), { keepKeys: false })).rejects.toThrow(
      'MUSTER_SECRET',
    )
    expect((await on(target, contentsOf))['account']).toEqual([])
  })

  /** Starts the command, waits until it waits for a table that is locked here, and kills it. */
  async function killAt(target: string, table: string, words: string[]): Promise<void> {
    const env = { ...bareEnvironment(), ...settings(target) }
    await on(target, (db) =>
      db.transaction().execute(async (trx) => {
        await sql`set local idle_in_transaction_session_timeout = 0`.execute(trx) // the process may start slowly
        await sql`lock table ${sql.id(table)} in share mode`.execute(trx)
        const child = spawn(process.execPath, [administration, 'restore', ...words], { env, stdio: 'ignore' })
        const ended = new Promise((resolve) => child.on('close', resolve))
        const waits = sql<{
          waits: boolean
        }>`select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`
        await vi.waitFor(async () => expect((await waits.execute(db)).rows[0]?.waits).toBe(true), { timeout: 60_000, interval: 100 })
        child.kill('SIGKILL')
        await ended
      }),
    )
  }

  test('a killed restore leaves a database that no server starts on', async () => {
    const target = await aUrl()
    await killAt(target, 'account', [fileNamed('access')])
    await on(target, async (db) => {
      await expect(requireInUse(db)).rejects.toThrow('interrupted')
      expect((await contentsOf(db))['account']).toEqual([])
    })
    const env = { ...bareEnvironment(), ...settings(target) }
    await expect(startServerProcess({ command: [process.execPath, server], env })).rejects.toThrow('it was interrupted')
    await expect(backUp(settings(target), fileNamed('half'))).rejects.toThrow('interrupted')
    await restoreBackup(settings(target), fileNamed('access'), { keepKeys: false })
    await on(target, requireInUse)
  })

  test('a restore of an earlier schema can be repeated after each step', async () => {
    const [earlier, target] = [await aUrl(), await aUrl({ migrated: false })]
    await restoreBackup(settings(earlier), fileNamed('access'), { keepKeys: true })
    const [previous = '', latest = ''] = Object.keys(migrations).sort().slice(-2)
    const file = fileNamed('earlier')
    await on(earlier, async (db) => {
      await migrations[latest]?.down?.(db)
      await sql`delete from kysely_migration where name = ${latest}`.execute(db)
      await inSnapshot(db, (trx) => writeArchive(file, { migration: previous, at: '2026-01-02T03:04:05.000Z' }, readAll(trx)))
    })
    await expect(restoreBackup({ ...settings(target), MUSTER_SECRET: 'x'.repeat(40) }, file, { keepKeys: false })).rejects.toThrow('MUSTER_SECRET')
    await on(target, async (db) => {
      await requireInUse(db)
      expect((await sql`select from account`.execute(db)).rows).toEqual([])
      // The end of access fails, after the rows were committed and migrated.
      await sql`create function broken() returns trigger language plpgsql as $$ begin raise 'broken'; end $$`.execute(db)
      await sql`create trigger broken before update on installation execute function broken()`.execute(db)
    })
    await expect(restoreBackup(settings(target), file, { keepKeys: false })).rejects.toThrow('broken')
    await on(target, async (db) => {
      await expect(requireInUse(db)).rejects.toThrow('interrupted')
      await sql`drop trigger broken on installation`.execute(db)
    })
    expect(await restoreBackup(settings(target), file, { keepKeys: false })).toMatchObject({ rows: null, restingKeys: 1 })
    await on(target, requireInUse)
  })

  test('is not made of a store that is not in use or of an earlier version', async () => {
    await on(url, (db) => setState(db, 'moved', 'elsewhere'))
    await expect(backUp(settings(url), fileNamed('moved'))).rejects.toThrow('moved to elsewhere')
    await on(url, (db) => clearState(db, { state: 'moved', target: 'elsewhere' }))
    await expect(backUp(settings(await aUrl({ migrated: false })), fileNamed('none'))).rejects.toThrow('muster server migrate')
  })

  test('reports a full disk and leaves no file', async () => {
    const full = fileNamed('no-room')
    await symlink('/dev/full', `${full}.unfinished`)
    const error = await backUp(settings(url), full).catch((failure: unknown) => failure)
    expect(describeStartFailure(error)).toContain('The disk is full')
    await expect(readFile(full)).rejects.toThrow('ENOENT')
  })

  test("is not needed when PostgreSQL's own tools restored: its access ends in place", async () => {
    const target = await aUrl()
    await restoreBackup(settings(target), fileNamed('access'), { keepKeys: true })
    await on(target, (db) => sql`update session set ended_at = null`.execute(db))
    await on(target, (db) => sql`update authenticator set unlock_id = 'unlock', unlock_expires_at = 'infinity'`.execute(db))
    // An interruption keeps the rows, and the command can be repeated.
    await killAt(target, 'session', ['--in-place'])
    await on(target, (db) => expect(requireInUse(db)).rejects.toThrow('muster server restore --in-place'))
    await expect(restoreBackup(settings(target), fileNamed('access'), { keepKeys: false })).rejects.toThrow('Its rows are all there')
    await expect(cancelMove(settings(target))).rejects.toThrow('Its rows are all there')
    expect(await finishRestore(settings(target), { keepKeys: false })).toMatchObject({ restingKeys: 1, sessions: expect.any(Number), rows: null })
    await on(target, async (db) => expect((await sql`select from session where ended_at is null and kind <> 'refresh'`.execute(db)).rows).toEqual([]))
    await on(target, async (db) => expect((await sql`select from authenticator where unlock_id is not null`.execute(db)).rows).toEqual([]))
  })
})
