import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cancelMove, moveStore } from '@muster/server/administration/move.ts'
import { moveAll } from '@muster/server/store/archive/copy.ts'
import { clearState, requireInUse, requireNoServer, setState, stateOf } from '@muster/server/store/archive/state.ts'
import { type Database, migrate, openDatabase } from '@muster/server/store/database.ts'
import { OPERATOR_TOKEN, SECRET, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fillStore } from './full-store.ts'
import { contentsOf, emptyColumns, schemaOf } from './tables.ts'

let folder: string
let source: Database
const opened: Database[] = []

const name = 'muster-administration' // not a server's
const fresh = async (): Promise<Database> => {
  const database = await openDatabase({ databaseUrl: await (await startPostgres()).createDatabase(), name })
  opened.push(database)
  return database
}
const embedded = async (path: string): Promise<Database> => {
  const database = await openDatabase({ dataDir: join(folder, path) })
  await migrate(database)
  opened.push(database)
  return database
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-move-'))
  source = await fresh()
  await fillStore(source.kysely)
})
afterAll(async () => {
  for (const database of opened) await database.close()
  await rm(folder, { recursive: true, force: true })
})

test('the data of these tests have a value in every column of every table', async () => {
  expect(await emptyColumns(source.kysely)).toEqual([])
})

describe('a move to the embedded database and back (O10)', () => {
  let there: Database
  let back: Database
  beforeAll(async () => {
    there = await embedded('there')
    await moveAll(source, there, { label: 'there' })
    back = await fresh()
    await moveAll(there, back, { label: 'back' })
  })

  test('keeps every row and every value', async () => {
    const before = await contentsOf(source.kysely)
    expect(await contentsOf(there.kysely)).toEqual(before)
    expect(await contentsOf(back.kysely)).toEqual(before)
    expect(before['jobs.job']).toHaveLength(1) // a job that is done is not copied
  })

  test('leaves the schema as it was', async () => {
    const before = await schemaOf(source.kysely)
    expect(await schemaOf(there.kysely)).toEqual(before)
    expect(await schemaOf(back.kysely)).toEqual(before)
  })

  test('gives no number twice', async () => {
    const { rows } = await sql<{
      id: bigint
    }>`insert into revocation (kind, subject, value, expires_at) values ('session', 'ses_6', '{}', now()) returning id`.execute(back.kysely)
    expect(rows[0]?.id).toBe(6n)
  })

  test('gives revocations their new transaction, and receivers all of them again', async () => {
    const { rows } = await sql<{ old: boolean; watermark: string | null; generation: number; state: string }>`
      select (select bool_and(xid <= pg_current_xact_id()) from revocation) as old, watermark, generation, (select state::text from jobs.job) as state from receiver`.execute(
      back.kysely,
    )
    expect(rows).toEqual([{ old: true, watermark: null, generation: 2, state: 'retry' }])
  })

  test('keeps servers from starting on the old store until the move is cancelled', async () => {
    await expect(requireInUse(source.kysely)).rejects.toThrow('moved to there')
    await expect(moveAll(source, back, { label: 'again' })).rejects.toThrow('moved to there')
    await clearState(source.kysely, { state: 'moved', target: 'there' })
    await requireInUse(source.kysely)
    await requireInUse(back.kysely)
  })
})

test('a move is refused, with nothing written, when the target is not empty', async () => {
  const other = await fresh()
  await sql`insert into installation (secret_check) values ('x')`.execute(other.kysely)
  await expect(moveAll(source, other, { label: 'other' })).rejects.toThrow('not empty')
  await requireInUse(source.kysely)
})

test('a move is refused while a server uses either database', async () => {
  const other = await fresh()
  const server = await openDatabase({ databaseUrl: other.url })
  await sql`select 1`.execute(server.kysely)
  await expect(moveAll(source, other, { label: 'other' })).rejects.toThrow('A server uses this database')
  await server.close()
  await requireInUse(source.kysely)
  await requireInUse(other.kysely)
})

test('a move writes nothing when a rule does not hold for the rows', async () => {
  const [broken, other] = [await fresh(), await fresh()]
  await fillStore(broken.kysely)
  await sql`update organization set active_members = 7 where id = 'org_ada'`.execute(broken.kysely)
  await expect(moveAll(broken, other, { label: 'other' })).rejects.toThrow("an organization's member counts match its memberships")
  expect((await contentsOf(other.kysely))['account']).toEqual([])
})

test('a database that is half filled is in use by no server, and is filled again', async () => {
  const other = await fresh()
  await setState(other.kysely, 'filling')
  await expect(requireInUse(other.kysely)).rejects.toThrow('interrupted')
  await moveAll(source, other, { label: 'other' })
  await requireInUse(other.kysely)
  await clearState(source.kysely, { state: 'moved', target: 'other' })
})

const settings = ({ url }: Database) => ({ DATABASE_URL: url, MUSTER_SECRET: SECRET })

test('a move goes on when the old store is lost after the commit, and closes it', async () => {
  const other = await fresh()
  const beforeCommit = async (): Promise<void> => {
    const { rows } =
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'`.execute(
        source.kysely,
      )
    expect(rows).toHaveLength(1)
  }
  expect(await moveAll(source, other, { label: 'other', beforeCommit })).toMatchObject({ account: 2 })
  await requireInUse(other.kysely)
  await expect(requireInUse(source.kysely)).rejects.toThrow('moved to other')
  await setState(source.kysely, 'moving', 'other') // as if it had been killed before the last step
  await expect(moveAll(source, other, { label: 'other' })).rejects.toThrow('was moved to other')
  expect(await stateOf(source.kysely)).toEqual({ state: 'moved', target: 'other' })
  expect(await cancelMove(settings(source))).toBe(true)
  expect(await cancelMove(settings(source))).toBe(false)
})

test('two commands cannot work on one database at the same time', async () => {
  const [other, third] = [await fresh(), await fresh()]
  const beforeCommit = async (): Promise<void> => {
    await expect(moveAll(source, third, { label: 'third' })).rejects.toThrow('Another command')
    await expect(moveAll(third, other, { label: 'other' })).rejects.toThrow('Another command')
    await expect(cancelMove(settings(source))).rejects.toThrow('Another command')
    throw new Error('enough')
  }
  await expect(moveAll(source, other, { label: 'other', beforeCommit })).rejects.toThrow('enough')
  for (const { kysely } of [source, other, third]) await requireInUse(kysely)
})

test('a command leaves a state that another one has set', async () => {
  const other = await fresh()
  await setState(other.kysely, 'filling')
  const beforeCommit = (): Promise<void> => Promise.reject(new Error('enough'))
  await expect(moveAll(source, other, { label: 'other', beforeCommit })).rejects.toThrow('enough')
  await requireInUse(source.kysely)
  await expect(cancelMove(settings(other))).rejects.toThrow('interrupted')
  expect(await stateOf(other.kysely)).toEqual({ state: 'filling', target: null })
})

test('a server is found also by a role that may not see its connections', async () => {
  const other = await fresh()
  const role = `guest_${process.pid}`
  await sql.raw(`create role ${role} login`).execute(other.kysely)
  const server = await openDatabase({ databaseUrl: other.url })
  await sql`select 1`.execute(server.kysely)
  const url = new URL(other.url as string)
  url.username = role
  const guest = await openDatabase({ databaseUrl: url.href, name })
  await expect(requireNoServer(guest)).rejects.toThrow('a connection of another role')
  await guest.close()
  await server.close()
  await sql.raw(`drop role ${role}`).execute(other.kysely)
})

test('a move is refused while a rotation of the secret is not finished', async () => {
  const rotating = await fresh()
  await fillStore(rotating.kysely)
  await sql`update installation set key_generation = oldest_key_generation + 1`.execute(rotating.kysely)
  await expect(moveStore(settings(rotating), join(folder, 'rotating'))).rejects.toThrow('A rotation of the secret is not finished.')
})

test('a named operator token is not moved as the root token', async () => {
  const muster = await startMuster({ databaseUrl: await (await startPostgres()).createDatabase() })
  const { token } = (await muster.call('POST', '/v1/operator/tokens', { token: OPERATOR_TOKEN, body: { name: 'ci' } })).body
  await muster.close()
  const env = { ...settings({ url: muster.config.databaseUrl as string } as Database), MUSTER_OPERATOR_TOKEN: token }
  await expect(moveStore(env, join(folder, 'named'))).rejects.toThrow('MUSTER_OPERATOR_TOKEN is the named token ci.')
})

test.each(['', 'mysql://ada:hunter2@db.internal/muster', 'postgres://ada:hunter2@db:port/muster'])('a move to "%s" is refused', async (to) => {
  const error = await moveStore(settings(source), to).catch((failure: Error) => failure)
  expect(String(error)).toMatch(/neither a folder nor an address/)
  expect(String(error)).not.toContain('hunter2')
})
