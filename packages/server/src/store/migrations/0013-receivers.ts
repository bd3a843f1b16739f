import { type Kysely, sql } from 'kysely'

const statements = [
  `create index revocation__of_subject on revocation (kind, subject, id)`,
  `comment on index revocation__of_subject is 'Who ends again what has ended waits for the one that stands.'`,

  `alter table receiver add column generation integer not null default 0`,
  `comment on column receiver.generation is 'Raised when it begins to want more than before: a watermark of what it wanted earlier is not written any more.'`,
  `alter table receiver add column heard_at timestamptz not null default muster_now()`,
  `comment on column receiver.heard_at is 'Its last poll or management call, whatever its status. Who is not heard of for long is thrown away.'`,
  `alter table receiver add column failing_since timestamptz`,
  `comment on column receiver.failing_since is 'The first of the pushes that failed one after the other. After some hours the stream is paused.'`,
  `alter table receiver add column removed_at timestamptz`,
  `comment on column receiver.removed_at is 'The operator took it away. While its lease lasts it may go on accepting, so it counts until then.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table receiver drop column generation, drop column heard_at, drop column failing_since, drop column removed_at`.execute(db)
  await sql`drop index revocation__of_subject`.execute(db)
}
