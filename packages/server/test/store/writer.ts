// durable.test.ts starts and kills this process, and counts the lines on stdout: one for each acknowledged row.
import { writeSync } from 'node:fs'
import { openDatabase } from '@muster/server/store/database.ts'
import { sql } from 'kysely'

const { kysely } = await openDatabase({ dataDir: process.argv[2] })
await sql`create table if not exists probe (id int generated always as identity primary key, n int, at timestamptz default now())`.execute(kysely)
for (let n = 0; ; n += 1) {
  await kysely.transaction().execute(async (trx) => {
    await sql`insert into probe (n) values (${n})`.execute(trx)
    await sql`update probe set at = now() where n = ${Math.floor(n / 2)}`.execute(trx)
  })
  writeSync(1, `${n}\n`)
}
