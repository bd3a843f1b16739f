import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { effectiveSettings, runMigrations } from '@muster/server/administration.ts'
import { readConfig, settings } from '@muster/server/config.ts'
import { startServer } from '@muster/server/server.ts'
import { describeStartFailure } from '@muster/server/start-failure.ts'
import { createPool, migrate, openDatabase } from '@muster/server/store/database.ts'
import { migrations } from '@muster/server/store/migrations/index.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { freePort, SECRET } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// `muster server migrate` and `muster server config` must work without a running server.

const cli = fileURLToPath(new URL('../../cli/bin/muster.cjs', import.meta.url))
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-administration-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const muster = (words: string[], env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const options = { cwd: folder, env: { ...bareEnvironment(), HOME: folder, ...env } }
    execFile(process.execPath, [cli, ...words], options, (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }))
  })

test('every setting is listed with its source and without secrets or passwords', () => {
  const password = 'hunter2hunter2'
  const found = effectiveSettings(
    {
      DATABASE_URL: `postgres://muster:${password}@db.example.com/muster?sslpassword=${password}`,
      MUSTER_SMTP_URL: `smtp://mail:${password}@smtp.example.com:587`,
      MUSTER_ISSUER: 'https://accounts.example.com',
      MUSTER_SECRET: 'a secret that nobody should read anywhere',
      MUSTER_OPERATOR_TOKEN_FILE: '/run/secrets/operator',
    },
    () => 'an-operator-token-that-nobody-should-read',
  )
  const of = (name: string) => found.find((setting) => setting.name === name)
  expect(found.map(({ name }) => name)).toEqual(Object.keys(settings))
  const text = JSON.stringify(found)
  expect(text).not.toContain(password)
  expect(text).not.toContain('nobody')
  expect(of('DATABASE_URL')).toEqual({
    name: 'DATABASE_URL',
    value: 'postgres://muster:***@db.example.com/muster?sslpassword=***',
    source: 'environment',
  })
  expect(of('MUSTER_SECRET')).toMatchObject({ value: 'set, 41 characters', source: 'environment' })
  expect(of('MUSTER_OPERATOR_TOKEN')).toMatchObject({ value: 'set, in /run/secrets/operator', source: 'file' })
  expect(of('MUSTER_AUDIENCE')).toMatchObject({ value: 'https://accounts.example.com', source: 'default' })
})

test('muster server config prints the settings, or every fault with exit code 1', async () => {
  const lines = await muster(['server', 'config'], { MUSTER_ISSUER: 'http://localhost:4111', MUSTER_TOKEN: 'muster_uk_x' })
  expect(lines.code).toBe(0)
  expect(lines.stdout).toContain('MUSTER_ISSUER\thttp://localhost:4111\tenvironment\n')
  const json = await muster(['server', 'config', '--json'], {})
  expect(JSON.parse(json.stdout).settings).toContainEqual({ name: 'PORT', value: '4000', source: 'default' })
  const wrong = await muster(['server', 'config'], { PORT: 'many', MUSTER_PREPARED: 'perhaps' })
  expect(wrong).toMatchObject({ code: 1, stdout: '' })
  expect(wrong.stderr).toMatch(/PORT is "many"[\s\S]*MUSTER_PREPARED is "perhaps"/)
})

describe('on PostgreSQL', () => {
  test('muster server migrate needs no secret and does nothing the second time', async () => {
    const url = await (await startPostgres()).createDatabase({ migrated: false })
    const first = await muster(['server', 'migrate', '--json'], { MUSTER_MIGRATE_URL: url, DATABASE_URL: 'postgres://nobody@localhost:1/none' })
    expect(first.code, first.stderr).toBe(0)
    expect(JSON.parse(first.stdout)).toEqual({ migrations: Object.keys(migrations) })
    expect(await runMigrations({ DATABASE_URL: url })).toEqual([])
    const again = await muster(['server', 'migrate'], { DATABASE_URL: url })
    expect(again).toMatchObject({ code: 0, stdout: '' })
    expect(again.stderr).toContain('up to date; there was nothing to do')
  })

  test('two addresses migrate only if both name one database', async () => {
    const postgres = await startPostgres()
    const url = await postgres.createDatabase({ migrated: false })
    const database = await openDatabase({ databaseUrl: url })
    const failure = await migrate(database, await postgres.createDatabase()).catch(describeStartFailure)
    expect(failure).toContain('DATABASE_URL and MUSTER_MIGRATE_URL name different databases. Let both name the same one.')
    const command = await muster(['server', 'migrate'], { DATABASE_URL: url, MUSTER_MIGRATE_URL: await postgres.createDatabase() })
    expect([command.code, command.stderr]).toEqual([1, expect.stringContaining('name different databases')])
    await migrate(database, `${url}?application_name=owner`)
    await database.close()
  })

  test('the server warns while its own role may change the audit log (S57)', async () => {
    const owner = await (await startPostgres()).createDatabase()
    const role = `server_${randomBytes(6).toString('hex')}`
    const admin = createPool({ url: owner, size: 1, statementTimeoutSeconds: 30 })
    await admin.query(`create role ${role} login password 'of-a-test'; grant usage on schema public, jobs to ${role};
      grant select, insert, update, delete on all tables in schema public, jobs to ${role}; grant usage, select on all sequences in schema public, jobs to ${role}`)
    const url = new URL(owner)
    url.username = role
    url.password = 'of-a-test'
    const warnings = async (): Promise<string[]> => {
      const log: string[] = []
      const env = {
        PORT: String(await freePort()),
        DATABASE_URL: url.href,
        MUSTER_MIGRATE_URL: owner,
        MUSTER_SECRET: SECRET,
        MUSTER_SMTP_URL: 'smtp://localhost:1',
      }
      const server = await startServer(
        readConfig(env, () => ''),
        { logStream: { write: (line) => void log.push(line) } },
      )
      await server.close()
      return log.filter((line) => line.includes('may change the audit log'))
    }
    try {
      expect(await warnings()).toHaveLength(1)
      await admin.query(`revoke update, delete on audit_event, audit_personal from ${role}`)
      expect(await warnings()).toEqual([])
    } finally {
      await admin.query(`drop owned by ${role}; drop role ${role}`)
      await admin.end()
    }
  })

  test('muster server migrate exits with 1 and no stack if the database is unreachable', async () => {
    const { code, stderr } = await muster(['server', 'migrate'], { DATABASE_URL: 'postgres://nobody@localhost:1/none' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/^✗ /)
    expect(stderr).not.toContain('    at ')
  })

  test('a migration that the role may not run prints its causes and the next step', async () => {
    const postgres = await startPostgres()
    const owned = await postgres.createDatabase({ migrated: false })
    const role = `guest_${process.pid}`
    const admin = createPool({ url: owned, size: 1, statementTimeoutSeconds: 30 })
    await admin.query(`create role ${role} login`)
    const url = new URL(owned)
    url.username = role
    const { code, stderr } = await muster(['server', 'migrate'], { DATABASE_URL: url.href })
    await admin.query(`drop role ${role}`)
    await admin.end()
    expect(code).toBe(1)
    expect(stderr).toContain('because: permission denied for schema public (42501)')
    expect(stderr).toContain('The schema is unchanged.')
    expect(stderr).toContain('Set MUSTER_MIGRATE_URL to a role that owns it')
    expect(stderr).not.toContain('    at ')
  })

  test('a role without rights on the tables is told which rights to grant (O6)', async () => {
    const migrated = await (await startPostgres()).createDatabase()
    const role = `stranger_${process.pid}`
    const admin = createPool({ url: migrated, size: 1, statementTimeoutSeconds: 30 })
    await admin.query(`create role ${role} login`)
    const url = new URL(migrated)
    url.username = role
    const failure = await runMigrations({ DATABASE_URL: url.href }).catch(describeStartFailure)
    await admin.query(`drop role ${role}`)
    await admin.end()
    expect(failure).toBe(
      'The role may not use Muster\'s tables: permission denied for table kysely_migration (42501). Grant it the rights in docs/operations.md, "A second role for migrations".',
    )
  })
})
