import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table client add column require_pkce boolean not null default true`,
  `alter table client add constraint client__pkce_without_secret check (require_pkce or secret_hash is not null)`,
  `comment on constraint client__pkce_without_secret on client is 'Only a client with a secret may leave PKCE out.'`,
  `alter table client add column backchannel_logout_uri text`,
  `comment on column client.backchannel_logout_uri is 'Receives a logout token when one of its sessions ends (OpenID Connect Back-Channel Logout 1.0).'`,
  `alter table session add column logout_queued_at timestamptz`,
  `comment on column session.logout_queued_at is 'When its application was first due to be informed that it ended; it is informed once.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table session drop column logout_queued_at`.execute(db)
  await sql`alter table client drop column backchannel_logout_uri`.execute(db)
  await sql`alter table client drop constraint client__pkce_without_secret`.execute(db)
  await sql`alter table client drop column require_pkce`.execute(db)
}
