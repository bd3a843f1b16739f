import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { DomainEvent, EventType } from '@muster/contract/events.ts'
import { personalFieldsOf, textFields } from '@muster/contract/personal-fields.ts'
import { auditEvent } from '@muster/server/domain/command/audit.ts'
import type { AuditEvent, RecordedEvent } from '@muster/server/domain/command/store.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { eventTypes } from '@muster/server/domain/model/revocation.ts'
import { csvHeader, csvLine, toAuditEventBody } from '@muster/server/http/audit-event.ts'
import { inSnapshot, readAll, writeAll } from '@muster/server/store/archive/rows.ts'
import { auditStore, insertEvents } from '@muster/server/store/command/audit-store.ts'
import { createPool, type Database, migrate, openDatabase } from '@muster/server/store/database.ts'
import { aDatabase, type Engine } from '@muster/testkit/database.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type Kysely, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Personal values of events are stored apart, where they can be erased (P19). Decision 0077 says how those of earlier versions get there.

const ADDRESS = '203.0.113.77'
const read = (db: Kysely<any>): Promise<RecordedEvent[]> => auditStore(db, { addEvent() {} }).after(0n, {}, 100_000)
const rowsOf = async (db: Kysely<any>, id?: string): Promise<Record<string, unknown>[]> =>
  (await sql<Record<string, unknown>>`select * from audit_event ${id === undefined ? sql`` : sql`where id = ${id}`} order by seq`.execute(db)).rows

/** An event with a text in each field that can hold one. */
function eventOf(type: EventType): AuditEvent {
  const fields = Object.keys(textFields[type as keyof typeof textFields] ?? {})
  const texts = Object.fromEntries(fields.map((field) => [field, `the ${field} of ${type}`]))
  return { ...auditEvent({ type, target: 'x', ...texts } as unknown as DomainEvent, systemPrincipal), address: ADDRESS }
}

/** As servers of the version before write events. */
const insertOld = (db: Kysely<any>, events: readonly AuditEvent[]) =>
  sql`
  insert into audit_event (id, type, outcome, actor_kind, actor_id, organization_id, target, details, address, request_id)
  select id, type, outcome, "actorKind", "actorId", "organizationId", target, details, address, "requestId"
  from jsonb_to_recordset(${JSON.stringify(events)}::jsonb) as event (
    id text, type text, outcome text, "actorKind" text, "actorId" text, "organizationId" text, target text, details jsonb, address text, "requestId" text)`.execute(
    db,
  )

/** An event of each type, with the fields, that a server of the version before records: it knows no custom role and no consent. */
const earlierEvents = (): AuditEvent[] =>
  eventTypes
    .filter((type) => !/^(consent|role)\.|^(service_account|invitation)\.role_changed$/.test(type))
    .map(eventOf)
    .map(({ details: { roleName: _, ...details }, ...event }) => ({ ...event, details }))

const old = (type: EventType, fields: object, target = 'x'): AuditEvent => ({
  ...auditEvent({ type, target, ...fields } as unknown as DomainEvent, systemPrincipal),
  address: ADDRESS,
})

describe.each<Engine>(['pglite', 'postgres'])('an event on %s (P19)', (engine) => {
  let database: Database
  beforeAll(async () => {
    database = await aDatabase(engine)
  })
  afterAll(() => database.close())

  test('an event of any type leaves no personal value in its row (E78)', async () => {
    const { kysely } = database
    const events = eventTypes.map(eventOf)
    await insertEvents(events).execute(kysely)
    const recorded = new Map((await read(kysely)).map((event) => [event.id, event]))
    for (const event of events) {
      const [row] = await rowsOf(kysely, event.id)
      const stored = JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value))
      expect(stored).not.toContain(ADDRESS)
      for (const field of personalFieldsOf(event.type)) expect(stored, `${event.type}.${field}`).not.toContain(`the ${field} of`)
      expect(recorded.get(event.id)).toMatchObject({ details: event.details, address: ADDRESS, erased: [] })
    }
  })

  test('an event of an earlier server leaves its personal values, too', async () => {
    const { kysely } = database
    const written = [...earlierEvents(), old('membership.deactivated', { organizationId: 'org_x', epoch: 3, reason: null })]
    await insertOld(kysely, written)
    const recorded = new Map((await read(kysely)).map((event) => [event.id, event]))
    for (const event of written) {
      const [row] = await rowsOf(kysely, event.id)
      expect(row).toMatchObject({ address: null })
      for (const field of personalFieldsOf(event.type)) if (event.details[field] !== null) expect(row?.['details'], event.type).not.toHaveProperty(field)
      expect(recorded.get(event.id)).toMatchObject({ details: event.details, address: ADDRESS })
    }
  })

  test('an erased value is named as erased, and the rest of the event stays', async () => {
    const { kysely } = database
    const event = old('organization.renamed', { organizationId: 'org_x', from: 'ada', to: 'acme' })
    await insertEvents([event]).execute(kysely)
    await sql`update audit_personal set value = null where event_id = ${event.id} and field in ('from', 'address')`.execute(kysely)
    const recorded = (await read(kysely)).at(-1) as RecordedEvent
    expect(recorded).toMatchObject({ id: event.id, details: { to: 'acme' }, address: '', erased: ['address', 'from'] })
    expect(toAuditEventBody(recorded)).toMatchObject({ details: { to: 'acme' }, address: '', erased: ['address', 'from'] })
    expect(csvHeader).toMatch(/,erased\r\n$/)
    expect(csvLine(recorded)).toMatch(/,address from\r\n$/)
  })
})

test('the documented statement of the operator erases the values of one person (P19)', async () => {
  const guide = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8')
  const statement = /```sql\n(update audit_personal [^`]*)```/.exec(guide)?.[1] as string
  const database = await aDatabase('postgres')
  const by = (actorId: string, event: AuditEvent): AuditEvent => ({ ...event, actorKind: 'user', actorId })
  for (const [id, founder] of [
    ['org_1', 'usr_1'],
    ['org_2', 'usr_2'],
  ]) {
    await sql`insert into account (id, email, email_canonical, password_hash, given_name) values (${founder}, ${founder}, ${founder}, '', '')`.execute(
      database.kysely,
    )
    await sql`insert into organization (id, name, founder_id) values (${id}, ${`name_${founder}`}, ${founder})`.execute(database.kysely)
  }
  await insertEvents([
    by('usr_1', old('user.registered', { username: 'ada' }, 'usr_1')),
    by('usr_2', old('membership.deactivated', { epoch: 2, reason: 'on leave' }, 'usr_1')),
    by('usr_1', old('membership.deactivated', { epoch: 2, reason: 'gone' }, 'usr_2')),
    by('usr_2', old('key.created', { holderId: 'usr_1', description: 'laptop of ada' }, 'key_1')),
    by('usr_2', old('key.created', { holderId: 'usr_2', description: 'laptop of bob' }, 'key_2')),
    by('usr_2', old('organization.renamed', { from: 'ada', to: 'acme' }, 'org_1')),
    by('usr_2', old('organization.renamed', { from: 'bob', to: 'bobs' }, 'org_2')),
  ]).execute(database.kysely)
  await sql.raw(statement.replaceAll('USER_ID', 'usr_1')).execute(database.kysely)
  expect((await read(database.kysely)).map(({ details, address, erased }) => [details, address, erased])).toEqual([
    [{}, '', ['address', 'username']],
    [{ epoch: 2 }, ADDRESS, ['reason']],
    [{ epoch: 2, reason: 'gone' }, '', ['address']],
    [{ holderId: 'usr_1' }, ADDRESS, ['description']],
    [{ holderId: 'usr_2', description: 'laptop of bob' }, ADDRESS, []],
    [{}, ADDRESS, ['from', 'to']],
    [{ from: 'bob', to: 'bobs' }, ADDRESS, []],
  ])
  await database.close()
})

test('a field with the name of a personal value is personal in every event type (E78)', () => {
  const names = ['username', 'name', 'from', 'to', 'description', 'reason', 'email', 'hostLabel']
  const plain = Object.entries(textFields).flatMap(([type, kinds]) =>
    Object.entries(kinds).flatMap(([field, kind]) => (names.includes(field) && kind === 'plain' ? `${type}.${field}` : [])),
  )
  // Names of the platform's own parts, plans and a time.
  expect(plain.sort()).toEqual([
    'api.changed.name',
    'api.created.name',
    'api.removed.name',
    'operator_token.created.name',
    'operator_token.revoked.name',
    'organization.factor_policy_changed.from',
    'organization.plan_changed.from',
    'organization.plan_changed.to',
  ])
})

const BEFORE = '0044-client-secrets'

/** A database of the version before, with these events. */
async function beforeMigration(engine: Engine, events: readonly AuditEvent[]): Promise<Database> {
  const databaseUrl = engine === 'postgres' ? await (await startPostgres()).createDatabase({ migrated: false }) : undefined
  const database = await openDatabase({ databaseUrl, fresh: true })
  await migrate(database, databaseUrl, BEFORE)
  await insertOld(database.kysely, events)
  return database
}

const migrations = (events: RecordedEvent[]): RecordedEvent[] => events.filter(({ type }) => type === 'record.migrated')

describe.each<Engine>(['pglite', 'postgres'])('an upgrade on %s (P19)', (engine) => {
  const events = [
    old('user.registered', { username: 'ada' }, 'usr_1'),
    old('organization.renamed', { organizationId: 'org_1', from: 'ada', to: 'acme' }, 'org_1'),
    old('resource.transferred', { organizationId: 'org_1', from: 'usr_1', to: 'usr_2', reason: 'moved' }, 'res_1'),
    old('resource.registered', { organizationId: 'org_1', kind: 'database', name: 'shop', ownerId: 'usr_1', hostLabel: null }, 'res_1'),
    old('membership.deactivated', { organizationId: 'org_1', epoch: 2, reason: 'on leave' }, 'usr_1'),
    old('membership.deactivated', { organizationId: 'org_1', epoch: 3, reason: null }, 'usr_1'),
    { ...old('account.created', {}, 'usr_3'), address: '' },
  ]
  let database: Database
  let recorded: RecordedEvent[]
  beforeAll(async () => {
    database = await beforeMigration(engine, events)
    await migrate(database)
    recorded = await read(database.kysely)
  })
  afterAll(() => database.close())

  test('the events read as before, in the same order', () => {
    expect(recorded.slice(0, events.length).map(({ id, details, address }) => ({ id, details, address }))).toEqual(
      events.map(({ id, details, address }) => ({ id, details, address })),
    )
  })

  test('the rows keep ids, numbers and empty fields, and no personal value', async () => {
    const rows = await rowsOf(database.kysely)
    expect(rows.map(({ details }) => details)).toEqual([
      {},
      {},
      { from: 'usr_1', to: 'usr_2', reason: 'moved' },
      { kind: 'database', ownerId: 'usr_1', hostLabel: null },
      { epoch: 2 },
      { epoch: 3, reason: null },
      {},
      {},
    ])
    expect(new Set(rows.map(({ address }) => address))).toEqual(new Set([null]))
  })

  test('the upgrade records one event, however often the migrations run', async () => {
    await migrate(database)
    expect(migrations(await read(database.kysely))).toMatchObject([{ target: events.at(-1)?.id, actorKind: 'system', details: {}, address: 'local' }])
  })

  test('the database refuses to change an event again', async () => {
    await expect(sql`update audit_event set address = 'x'`.execute(database.kysely)).rejects.toThrow('append-only')
    await expect(sql`delete from audit_event`.execute(database.kysely)).rejects.toThrow('append-only')
  })

  test('a new database has nothing to move, and no event about it', async () => {
    const fresh = await aDatabase(engine)
    expect(await rowsOf(fresh.kysely)).toEqual([])
    await fresh.close()
  })
})

const many = (count: number) => Array.from({ length: count }, (_, n) => old('key.created', { holderId: 'usr_1', description: `key ${n}` }))

describe('moving the values of many events (P19)', () => {
  test('an upgrade that was interrupted goes on where it stopped', async () => {
    const events = many(4_500)
    const database = await beforeMigration('postgres', events)
    const { kysely } = database
    await migrate(database, database.url, '0047-audit-personal') // and no events moved
    // The second batch fails.
    await sql`insert into audit_personal (event_id, field, value) values (${events[3_000]?.id}, 'description', 'in the way')`.execute(kysely)
    await expect(migrate(database)).rejects.toThrow('Personal values could not be moved')
    const left = async () => (await rowsOf(kysely)).filter(({ address }) => address !== null).length
    expect(await left()).toBe(2_500)
    await expect(sql`update audit_event set type = 'x'`.execute(kysely)).rejects.toThrow('append-only')
    await sql`delete from audit_personal where event_id = ${events[3_000]?.id}`.execute(kysely)
    await migrate(database)
    expect(await left()).toBe(0)
    const recorded = await read(kysely)
    expect(recorded.slice(0, -1).map(({ details }) => details)).toEqual(events.map(({ details }) => details))
    expect(migrations(recorded)).toHaveLength(1)
    await database.close()
  })

  test('a backup of the version before leaves no values in the rows when it is restored', async () => {
    const events = many(3)
    const [source, target] = [await beforeMigration('postgres', events), await beforeMigration('postgres', [])]
    await inSnapshot(source.kysely, (from) => target.kysely.transaction().execute((to) => writeAll(to, readAll(from))))
    await migrate(target)
    expect((await rowsOf(target.kysely)).map(({ address, details }) => [address, details])).toEqual([
      ...events.map(() => [null, { holderId: 'usr_1' }]),
      [null, {}],
    ])
    expect((await read(target.kysely)).slice(0, 3).map(({ details }) => details)).toEqual(events.map(({ details }) => details))
    await source.close()
    await target.close()
  })

  test('servers that start at once move each event once, and others change none', async () => {
    const events = many(6_500)
    const database = await beforeMigration('postgres', events)
    const other = await openDatabase({ databaseUrl: database.url })
    let isMoving = true
    const attempts: Promise<string>[] = []
    const attack = async (): Promise<void> => {
      while (isMoving) {
        const attempt = sql`update audit_event set type = 'x' where id = ${events[6_400]?.id}`.execute(other.kysely).then(
          () => 'changed',
          (error: Error) => error.message,
        )
        attempts.push(attempt)
        await attempt
      }
    }
    const attacking = attack()
    await Promise.all([migrate(database), migrate(other)])
    isMoving = false
    await attacking
    expect(new Set(await Promise.all(attempts))).toEqual(new Set(['audit events are append-only']))
    const recorded = await read(database.kysely)
    expect(recorded).toHaveLength(6_501)
    expect(migrations(recorded)).toHaveLength(1)
    await other.close()
    await database.close()
  })

  test('a server whose own role may not change events moves them as the owner', async () => {
    const events = many(3)
    const database = await beforeMigration('postgres', events)
    const url = database.url as string
    const role = `server_${randomBytes(6).toString('hex')}`
    const admin = createPool({ url, size: 1, statementTimeoutSeconds: 30 })
    await admin.query(`create role ${role} login password 'of-a-test'; grant usage on schema public, jobs to ${role};
      grant select, insert, update, delete on all tables in schema public, jobs to ${role}; revoke update, delete on audit_event from ${role};
      alter default privileges grant select, insert, update, delete on tables to ${role}`)
    const own = new URL(url)
    own.username = role
    own.password = 'of-a-test'
    const server = await openDatabase({ databaseUrl: own.href })
    await migrate(server, url)
    expect((await read(server.kysely)).map(({ details }) => details)).toEqual([...events.map(({ details }) => details), {}])
    await insertEvents(many(1)).execute(server.kysely)
    await insertOld(server.kysely, many(1))
    expect(await read(server.kysely)).toHaveLength(6)
    await server.close()
    await admin.query(`drop owned by ${role}; drop role ${role}`)
    await admin.end()
    await database.close()
  })
})
