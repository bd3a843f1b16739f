import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, PoolerWithoutStatements } from '@muster/server/store/database.ts'
import { freePort } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isMissing, peers } from './clients/table.ts'

// Debian 12 has pgbouncer 1.18, which does not support named statements.

let folder: string
let pooler: ChildProcess
let url: string
beforeAll(async () => {
  const direct = new URL(await (await startPostgres()).createDatabase())
  folder = await mkdtemp(join(tmpdir(), 'muster-pgbouncer-'))
  const port = await freePort()
  const users = join(folder, 'users.txt')
  await writeFile(users, '"postgres" ""\n')
  const settings = join(folder, 'pgbouncer.ini')
  await writeFile(
    settings,
    `[databases]
* = host=${direct.hostname} port=${direct.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${users}
pool_mode = transaction
`,
  )
  for (const path of [folder, users, settings]) await chmod(path, 0o755)
  // pgbouncer refuses to run as root.
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  pooler = spawn('pgbouncer', [...asUser, settings], { stdio: ['ignore', 'ignore', 'pipe'] })
  await new Promise<void>((resolve, reject) => {
    let output = ''
    pooler.stderr?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.includes('process up')) resolve()
    })
    pooler.on('exit', (code) => reject(new Error(`pgbouncer ended with ${code}:\n${output}`)))
  })
  direct.port = String(port)
  url = direct.href
})
afterAll(async () => {
  pooler?.kill('SIGINT')
  await rm(folder, { recursive: true, force: true })
})

test.skipIf(isMissing(peers.pgbouncer))('pgbouncer 1.18 is named when the database cannot be opened behind it', async () => {
  await expect(openDatabase({ databaseUrl: url })).rejects.toBeInstanceOf(PoolerWithoutStatements)
})

test.skipIf(isMissing(peers.pgbouncer))('pgbouncer 1.18 works with named statements off', async () => {
  const database = await openDatabase({ databaseUrl: url, prepared: false })
  await database.close()
})
