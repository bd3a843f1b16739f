import { type Kysely, sql } from 'kysely'

const statements = [
  `alter table client add column command_line boolean not null default false`,
  `comment on column client.command_line is 'Signs a person in at a terminal: a login for a day, or a refresh token that does not rotate (S46, S47).'`,
  `alter table client add column implied_scopes jsonb not null default '[]'`,
  `comment on column client.implied_scopes is 'Granted whatever it asks for: a client whose own words are not ours.'`,
  `alter table client add column built_in boolean not null default false`,
  `comment on column client.built_in is 'Comes with a part of the server, and goes when that part is switched off.'`,
  `update client set command_line = true where id = 'muster-cli'`,
]

export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db)
}

export async function down(db: Kysely<unknown>): Promise<void> {
  for (const column of ['command_line', 'implied_scopes', 'built_in']) await sql.raw(`alter table client drop column ${column}`).execute(db)
}
