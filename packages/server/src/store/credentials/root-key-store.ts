import type { InvitationKind } from '@muster/contract/events.ts'
import type { EmailChangeId, InvitationId, OrganizationId, PasswordResetId, SignUpId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { RootKeyRow, RootKeyStore, SealedValue, SecretState, ServerProcess, ValuesLeft } from '../../domain/credentials/store.ts'
import type { Database } from '../database.ts'
import { isGenerationValid, newestGeneration } from '../key-generation.ts'
import type { Tables } from '../tables.ts'

const CHECK_BYTES = 32
/** After how long without a report a server process counts as stopped. */
export const SEEN_SECONDS = 15

/** The sealed values of each table: the column, the columns that name the row, and the context that the value was sealed for. */
const sealedTables = {
  signing_key: { purpose: 'signing-key', column: 'private_jwk', context: 'kid' },
  receiver: { purpose: 'push-authorization', column: 'push_authorization', context: 'id' },
  authenticator: { purpose: 'authenticator', column: 'secret', context: 'user_id' },
  idempotency_key: { purpose: 'idempotency', column: 'answer', context: "principal || '/' || key" },
} as const satisfies Record<SealedValue['table'], { purpose: SealedValue['purpose']; column: string; context: string }>
const tables = Object.keys(sealedTables) as SealedValue['table'][]

export function rootKeyStore(db: Kysely<Tables>): RootKeyStore {
  const read = async (locked: boolean): Promise<SecretState | null> => {
    const query = db.selectFrom('installation').selectAll()
    const row = await (locked ? query.forUpdate() : query).executeTakeFirst()
    if (!row) return null
    const roots = await db.selectFrom('root_key').selectAll().orderBy('generation', 'desc').execute()
    return {
      secretCheck: row.secret_check,
      generation: row.key_generation,
      oldestGeneration: row.oldest_key_generation,
      switchedAt: row.switched_at,
      roots: roots.map(({ kind, generation, secret_check: secretCheck, sealed }) => ({ kind, generation, secretCheck, sealed })),
    }
  }
  const sealed = async (table: SealedValue['table'], where: string, limit: number): Promise<SealedValue[]> => {
    const { purpose, column, context } = sealedTables[table]
    const { rows } = await sql<{ context: string; sealed: Uint8Array; generation: number }>`
      select ${sql.raw(context)} as context, ${sql.ref(column)} as sealed, key_generation as generation
      from ${sql.table(table)} where ${sql.ref(column)} is not null and ${sql.raw(where)} limit ${limit}::int for no key update`.execute(db)
    return rows.map((row) => ({ table, purpose, context: row.context, sealed: row.sealed, keyGeneration: row.generation }))
  }
  return {
    read: () => read(false),
    async lock() {
      return (await read(true)) as SecretState
    },
    async lockNewest() {
      const row = await db.selectFrom('installation').select('key_generation').forShare().executeTakeFirst()
      return row?.key_generation ?? 0
    },
    async begin(secretCheck) {
      const row = await db
        .insertInto('installation')
        .values({ secret_check: secretCheck })
        .onConflict((conflict) => conflict.doNothing())
        .returning('only_row')
        .executeTakeFirst()
      return row !== undefined
    },
    async insert({ kind, generation, secretCheck, sealed }) {
      await db
        .insertInto('root_key')
        .values({ kind, generation, secret_check: secretCheck, sealed })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
    async reseal({ kind, generation, secretCheck, sealed }: RootKeyRow) {
      await db.updateTable('root_key').set({ secret_check: secretCheck, sealed }).where('kind', '=', kind).where('generation', '=', generation).execute()
    },
    async deleteAnnounced() {
      await sql`delete from root_key using installation where generation > key_generation`.execute(db)
    },
    async switchTo(secretCheck, generation) {
      await db.updateTable('installation').set({ secret_check: secretCheck, key_generation: generation, switched_at: sql<Date>`muster_now()` }).execute()
    },
    async endOlder() {
      await sql`insert into former_secret (secret_check)
        select distinct r.secret_check from root_key r, installation i where r.secret_check <> i.secret_check on conflict do nothing`.execute(db)
      await sql`delete from root_key r using installation i where r.generation < i.key_generation and (r.kind = 'rows' or exists (
        select from root_key newer where newer.kind = 'lasting' and newer.generation > r.generation and newer.generation <= i.key_generation))`.execute(db)
      await sql`update installation set oldest_key_generation = key_generation`.execute(db)
    },
    async endedAt(secretCheck) {
      const row = await db
        .selectFrom('former_secret')
        .select('ended_at')
        .where('secret_check', '=', secretCheck as Buffer)
        .executeTakeFirst()
      return row?.ended_at ?? null
    },
    async valuesLeft() {
      const older = sql`key_generation < (select key_generation from installation)`
      const { rows } = await sql<
        Record<'invitations' | 'codes' | 'resets' | 'sealed', number> & Record<'invitationsUntil' | 'codesUntil' | 'resetsUntil', Date | null>
      >`
        with codes as (
          select code_expires_at as until from sign_up where code_expires_at > muster_now() and expires_at > muster_now() and ${older}
          union all select expires_at from email_change where ended_at is null and expires_at > muster_now() and ${older}),
        open as (select expires_at as until from invitation where state = 'open' and expires_at > muster_now() and ${older}),
        resets as (select expires_at as until from password_reset where ended_at is null and expires_at > muster_now() and ${older})
        select (select count(*)::int from open) as invitations, (select max(until) from open) as "invitationsUntil",
          (select count(*)::int from codes) as codes, (select max(until) from codes) as "codesUntil",
          (select count(*)::int from resets) as resets, (select max(until) from resets) as "resetsUntil",
          (select count(*)::int from signing_key where ${older}) + (select count(*)::int from authenticator where ${older}) + (select count(*)::int from receiver where push_authorization is not null and ${older})
            + (select count(*)::int from idempotency_key where answer is not null and created_at > muster_now() - interval '24 hours' and ${older} and ${isGenerationValid}) as sealed`.execute(
        db,
      )
      const [row] = rows
      if (!row) throw new Error('The counts are missing.')
      return {
        invitations: { count: row.invitations, until: row.invitationsUntil },
        codes: { count: row.codes, until: row.codesUntil },
        resets: { count: row.resets, until: row.resetsUntil },
        sealed: { count: row.sealed, until: null },
      } satisfies ValuesLeft
    },
    async outdatedValues(limit) {
      for (const table of tables) {
        const values = await sealed(
          table,
          'key_generation < (select key_generation from installation) and key_generation >= (select oldest_key_generation from installation)',
          limit,
        )
        if (values.length > 0) return values
      }
      return []
    },
    lastingValues: async () => [...(await sealed('receiver', 'true', 1_000_000)), ...(await sealed('authenticator', 'true', 10_000_000))],
    async clearAnswer(named) {
      // Without a root key of its generation, a repeat is told that the response has ended, and not that the first request is in progress.
      await sql`update idempotency_key set answer = null, key_generation = -1 where ${sql.raw(sealedTables.idempotency_key.context)} = ${named}`.execute(db)
    },
    async clearAnswers() {
      await sql`update idempotency_key set answer = null where answer is not null and not ${isGenerationValid}`.execute(db)
    },
    async replaceValue({ table, context: named, sealed: value, keyGeneration }) {
      const { column, context } = sealedTables[table]
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value}, key_generation = ${keyGeneration} where ${sql.raw(context)} = ${named}`.execute(
        db,
      )
    },
    async renewInvitations(limit) {
      const { rows } = await sql<{ id: InvitationId; organizationId: OrganizationId; version: number; kind: InvitationKind }>`
        update invitation set version = version + 1, key_generation = ${newestGeneration}, mailed_at = null
        where id in (select id from invitation where state = 'open' and expires_at > muster_now() and not ${isGenerationValid} order by id limit ${limit}::int for no key update)
        returning id, organization_id as "organizationId", version, kind`.execute(db)
      return rows
    },
    async renewSignUps(limit, codeSeconds) {
      const { rows } = await sql<{ id: SignUpId; codeNumber: number }>`
        update sign_up set code_number = code_number + 1, code_tries = 0, key_generation = ${newestGeneration}, code_expires_at = muster_now() + make_interval(secs => ${codeSeconds}::int)
        where id in (select id from sign_up where code_expires_at > muster_now() and expires_at > muster_now() and not ${isGenerationValid} order by id limit ${limit}::int for no key update)
        returning id, code_number as "codeNumber"`.execute(db)
      return rows
    },
    async renewEmailChanges(limit, codeSeconds) {
      const { rows } = await sql<{ id: EmailChangeId }>`
        update email_change set code_tries = 0, key_generation = ${newestGeneration}, expires_at = muster_now() + make_interval(secs => ${codeSeconds}::int)
        where id in (select id from email_change where ended_at is null and expires_at > muster_now() and not ${isGenerationValid} order by id limit ${limit}::int for no key update)
        returning id`.execute(db)
      return rows.map(({ id }) => id)
    },
    async renewResets(limit, lifetimeSeconds) {
      const { rows } = await sql<{ id: PasswordResetId }>`
        update password_reset set key_generation = ${newestGeneration}, expires_at = muster_now() + make_interval(secs => ${lifetimeSeconds}::int)
        where id in (select id from password_reset where ended_at is null and expires_at > muster_now() and not ${isGenerationValid} order by id limit ${limit}::int for no key update)
        returning id`.execute(db)
      return rows.map(({ id }) => id)
    },
    async noteProcess({ id, name, secretChecks, generation }) {
      const checks = Buffer.concat(secretChecks)
      await db
        .insertInto('server_process')
        .values({ id, name, secret_checks: checks, generation, knows_roles: true })
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ secret_checks: checks, generation, seen_at: sql<Date>`muster_now()` }))
        .execute()
      await sql`delete from server_process where seen_at < muster_now() - interval '1 day'`.execute(db)
    },
    async removeProcess(id) {
      await db.deleteFrom('server_process').where('id', '=', id).execute()
    },
    async processes() {
      const { rows } = await sql<{ id: string; name: string; secret_checks: Buffer; generation: number }>`
        select id, name, secret_checks, generation from server_process where seen_at > muster_now() - make_interval(secs => ${SEEN_SECONDS}::int) order by id`.execute(
        db,
      )
      return rows.map(({ id, name, secret_checks: checks, generation }): ServerProcess => {
        const secretChecks = []
        for (let from = 0; from < checks.length; from += CHECK_BYTES) secretChecks.push(Buffer.from(checks).subarray(from, from + CHECK_BYTES))
        return { id, name, secretChecks, generation }
      })
    },
    async announce() {
      await sql`select pg_notify('muster_secret', '')`.execute(db)
    },
  }
}

/** The root keys, for the start and for a move, which have no store yet. */
export const rootKeysOf = ({ kysely, transaction }: Pick<Database, 'kysely' | 'transaction'>) => ({
  rootKeys: rootKeyStore(kysely),
  transaction: <T>(work: (rootKeys: RootKeyStore) => Promise<T>): Promise<T> =>
    transaction(
      (trx) => work(rootKeyStore(trx)),
      async () => {},
    ),
})
