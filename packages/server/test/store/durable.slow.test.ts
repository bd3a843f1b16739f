import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { DataFolderInUse, openDatabase } from '@muster/server/store/database.ts'
import { openDataFolder } from '@muster/server/store/engine/data-folder.ts'
import { tidy } from '@muster/server/store/engine/housekeeping.ts'
import { openInFolder } from '@muster/server/store/engine/pglite.ts'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-durable-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** What a user without the rights of root is told. In another process, because the user of a process is that of all its tests. */
async function foreignFileForSomebody(): Promise<string> {
  const module = fileURLToPath(new URL('../../src/store/engine/data-folder.ts', import.meta.url))
  const script = `const { foreignFileIn } = await import(${JSON.stringify(module)})
    if (process.getuid() === 0) process.setuid(65534)
    process.stdout.write((await foreignFileIn(${JSON.stringify(folder)}))?.message ?? 'none')`
  return (await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])).stdout
}

describe('the embedded database', () => {
  test('a file that another user made is named', async () => {
    await chmod(folder, 0o777)
    const path = join(folder, 'pg_control')
    await writeFile(path, '', { mode: 0o000 })
    expect(await foreignFileForSomebody()).toContain(`This user may not write ${path}.`)
    await chmod(path, 0o666)
    expect(await foreignFileForSomebody()).toBe('none')
    await mkdir(join(folder, 'base'), { mode: 0o000 })
    expect(await foreignFileForSomebody()).toContain(`This user may not write ${join(folder, 'base')}.`)
  })

  test('every commit reaches the disk before it is acknowledged', async () => {
    const { pglite, fs } = await openInFolder(join(folder, 'postgres'))
    await pglite.exec('create table probe (n int)')
    const before = fs.syncs
    for (let n = 0; n < 50; n += 1) await pglite.query('insert into probe values ($1)', [n])
    expect(fs.syncs - before).toBe(50)
    const { rows } = await pglite.query('select name, setting from pg_settings where name in ($1, $2, $3) order by name', [
      'fsync',
      'full_page_writes',
      'synchronous_commit',
    ])
    expect(rows.map((row) => (row as { setting: string }).setting)).toEqual(['on', 'on', 'on'])
    await pglite.close()
  })

  test('a process killed while it writes loses no acknowledged row', async () => {
    const dataDir = join(folder, 'data')
    let acknowledged = 0
    for (let round = 0; round < 3; round += 1) {
      const child = spawn(process.execPath, [fileURLToPath(new URL('./writer.ts', import.meta.url)), dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk
        if (output.split('\n').length > 150 * (round + 1)) child.kill('SIGKILL')
      })
      await once(child, 'exit')
      acknowledged += output.split('\n').length - 1
    }
    const database = await openDatabase({ dataDir })
    const { rows } = await sql<{ count: bigint }>`select count(*) from probe`.execute(database.kysely)
    expect(Number(rows[0]?.count)).toBeGreaterThanOrEqual(acknowledged)
    expect(acknowledged).toBeGreaterThan(400)
    await database.close()
  })

  test('the event loop is not blocked while hundreds of statements wait', async () => {
    const database = await openDatabase({})
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    const began = performance.now()
    await Promise.all(Array.from({ length: 500 }, () => sql`select count(*) from generate_series(1, 3000)`.execute(database.kysely)))
    clearInterval(timer)
    const milliseconds = performance.now() - began
    expect(turns).toBeGreaterThan(milliseconds / 300)
    await database.close()
  })

  test('the embedded engine returns int8 as a bigint, and a date and an interval as text', async () => {
    const database = await openDatabase({})
    const { rows } = await sql`select count(*) as n, date '2026-02-03' as d, interval '90 minutes' as i`.execute(database.kysely)
    expect(rows[0]).toEqual({ n: 1n, d: '2026-02-03', i: '01:30:00' })
    await database.close()
  })

  test('a query that bypasses its open transaction fails instead of waiting forever', async () => {
    const database = await openDatabase({})
    const { kysely } = database
    const after = { later: Promise.resolve() as Promise<unknown> }
    await expect(kysely.transaction().execute(() => sql`select 1`.execute(kysely))).rejects.toThrow('Use the transaction')
    await expect(kysely.transaction().execute((trx) => sql`select 1`.execute(trx))).resolves.toBeDefined()
    await kysely.transaction().execute(async (trx) => {
      await sql`select 1`.execute(trx)
      after.later = new Promise((resolve) => setTimeout(resolve, 20)).then(() => sql`select 1`.execute(kysely))
    })
    await after.later
    await database.close()
  })

  test('housekeeping moves the checkpoint of the log and removes dead rows', async () => {
    const { pglite } = await openInFolder(join(folder, 'postgres'))
    await pglite.exec(
      'create table probe (n int, filler text); insert into probe select n, repeat($$x$$, 500) from generate_series(1, 20000) n; delete from probe where n > 10',
    )
    const redo = async (): Promise<unknown> => (await pglite.query<{ at: string }>('select redo_lsn::text as at from pg_control_checkpoint()')).rows[0]?.at
    const before = await redo()
    await pglite.exec('select pg_stat_force_next_flush()')
    await tidy(pglite, { log: 1_000_000, dead: 100 })
    expect(await redo()).not.toBe(before)
    const { rows } = await pglite.query<{ n: bigint }>(`select n_dead_tup as n from pg_stat_user_tables where relname = 'probe'`)
    expect(Number(rows[0]?.n)).toBe(0)
    await pglite.close()
  })
})

describe('the data folder', () => {
  test('a data folder in use refuses a second process and names the first', async () => {
    const dataDir = join(folder, 'data')
    const first = await openDatabase({ dataDir })
    const second = openDatabase({ dataDir })
    await expect(second).rejects.toThrow(DataFolderInUse)
    await expect(second).rejects.toThrow(new RegExp(`${dataDir}.*process ${process.pid}.*MUSTER_DATA_DIR`))
    await first.close()
    const third = await openDatabase({ dataDir })
    await third.close()
  })

  test('at most one of ten concurrent attempts opens the data folder', async () => {
    for (let round = 0; round < 5; round += 1) {
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => openDataFolder(folder)))
      const winners = results.filter((result) => result.status === 'fulfilled')
      expect(winners.length).toBeLessThanOrEqual(1)
      for (const winner of winners) await winner.value.release()
    }
    expect(await readdir(folder)).toEqual([])
  })

  test('a lock of a crashed process is taken over, even if its pid is in use again', async () => {
    const mine = await openDataFolder(folder)
    const [name = ''] = await readdir(folder)
    const { readFile } = await import('node:fs/promises')
    const owner = JSON.parse(await readFile(join(folder, name), 'utf8'))
    await mine.release()
    await writeFile(join(folder, 'lock-1-dead'), JSON.stringify({ ...owner, pid: 2 ** 22 + 1 }))
    await writeFile(join(folder, 'lock-2-again'), JSON.stringify({ ...owner, started: '1' }))
    const taken = await openDataFolder(folder)
    expect((await readdir(folder)).length).toBe(1)
    await taken.release()
  })

  test('a process on another host keeps the data folder while it renews its lock', async () => {
    const theirs = join(folder, 'lock-7-elsewhere')
    const owner = { pid: 7, host: 'other', place: 'other boot names', started: '5' }
    await writeFile(theirs, JSON.stringify(owner))
    const beat = setInterval(() => void writeFile(theirs, JSON.stringify(owner)), 300)
    await expect(openDataFolder(folder)).rejects.toThrow(/process 7 on host other/)
    clearInterval(beat)
    const { utimes } = await import('node:fs/promises')
    const long = new Date(Date.now() - 60_000)
    await utimes(theirs, long, long)
    const taken = await openDataFolder(folder)
    await taken.release()
    expect(hostname()).not.toBe('other')
  })

  test('the data folder is closed to other users, even if it was open before', async () => {
    await chmod(folder, 0o755)
    const mine = await openDataFolder(folder)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    await mine.release()
  })
})
