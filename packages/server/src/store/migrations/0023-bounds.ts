import { type Kysely, sql } from 'kysely'

// Finds the events of a period in the order of their numbers, and the valid sessions of a person without reading the others. See decision 0055.

const statements = [
  `create extension if not exists btree_gist`,
  // Times and numbers have nearly the same order, but not the same. This index knows both, and finds the lowest and the highest number of a period.
  `create index audit_event__of_period on audit_event using gist (organization_id, at, seq)`,
  `drop index audit_event__by_time`,

  // All valid sessions have the epoch of their user and a later end. So neither those that expired nor those of an earlier epoch are read.
  `create index session__open_of_user on session (user_id, epoch, expires_at) where ended_at is null`,
  `drop index session__of_user`,
  `create index session__last_seen on session (user_id, organization_id, last_used_at)`,
  `comment on index session__last_seen is 'When somebody was last seen in an organization; the list of its members tells admins.'`,
  `drop index session__every_of_user`,
  `create index session__to_inform on session (user_id) where kind = 'application' and ended_at is null and logout_queued_at is null`,
  `comment on index session__to_inform is 'Whose application gets a logout token when the epoch ends them.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`create index session__of_user on session (user_id) where ended_at is null`.execute(db)
  await sql`create index session__every_of_user on session (user_id, organization_id)`.execute(db)
  await sql`drop index session__open_of_user, session__last_seen, session__to_inform`.execute(db)
  await sql`create index audit_event__by_time on audit_event (organization_id, at)`.execute(db)
  await sql`drop index audit_event__of_period`.execute(db)
}
