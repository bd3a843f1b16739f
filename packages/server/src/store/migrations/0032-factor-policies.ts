import { type Kysely, sql } from 'kysely'

// What an organization requires of the sign-ins of its members (F13).

const statements = [
  `alter table organization
     add column factor_policy text not null default 'none' check (factor_policy in ('none', 'any', 'phishing-resistant')),
     add column factor_policy_from timestamptz,
     add column factor_policy_before text not null default 'none' check (factor_policy_before in ('none', 'any')),
     add column remembered_devices boolean not null default true`,
  `comment on column organization.factor_policy_from is 'When the policy takes force. Until then, the one before is in force.'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  await sql`alter table organization drop column factor_policy, drop column factor_policy_from, drop column factor_policy_before, drop column remembered_devices`.execute(
    db,
  )
}
