import { type Kysely, sql } from 'kysely'
import { auditEvent } from '../../domain/command/audit.ts'
import { systemPrincipal } from '../../domain/model/principal.ts'
import { LEASED_EVENT } from '../../domain/signals/receiver.ts'
import { insertEvents } from '../command/audit-store.ts'
import { beginPositionsAfresh } from '../command/event-position-store.ts'
import { insertRevocations } from '../signals/revocation-store.ts'
import { beginReceiversAfresh } from './copy.ts'

// After a restore, what was revoked since the backup must not be valid again, and the restored database does not know what that is. So nothing that was issued
// before is valid (O9). It runs without a server, in the transaction of the restore. See decision 0060.

export interface EndedAccess {
  /** Nothing issued before is valid. */
  at: string
  backupAt: string
  sessions: number
  invitations: number
  /** Refused until the operator keeps them. 0 if they are kept. */
  restingKeys: number
  restingRefreshTokens: number
  /** They have secrets that may have been changed, or may have been removed, since the backup. */
  clients: number
  /** Named tokens of the operator, which are refused like the keys. 0 if they are kept. */
  restingOperatorTokens: number
}

/** Numbers of revocations and events that receivers may know are not given again. */
const LEAP = 1_000_000_000
/** Nor are revisions of roles, which are smaller numbers: the same revision could have other permissions. */
const REVISIONS = 1_000_000

/** @param backupAt the time of the backup. Null: of the newest event, for a database that PostgreSQL's own tools restored */
export async function endAccess(trx: Kysely<any>, { backupAt, keepKeys }: { backupAt: string | null; keepKeys: boolean }): Promise<EndedAccess> {
  const { rows: times } = await sql<{ at: Date; backup_at: Date }>`
    with backup as (select coalesce(${backupAt}::timestamptz, (select at from audit_event order by seq desc limit 1), muster_now()) as at)
    select greatest(muster_now(), at) as at, at as backup_at from backup`.execute(trx)
  const { at, backup_at: backup } = times[0] as (typeof times)[number]
  const count = async (statement: ReturnType<typeof sql>): Promise<number> => Number((await statement.execute(trx)).numAffectedRows ?? 0)

  // Every access token and ID token is signed by one of these keys, or by one that was created since and is unknown here. The server creates new keys when it starts.
  const { rows: keys } = await sql<{ kid: string; alg: string }>`delete from signing_key returning kid, alg`.execute(trx)
  await insertRevocations(keys.map(({ kid }) => ({ kind: 'signing_key', subject: kid, value: { reason: 'token_revoked' }, awaited: false }))).execute(trx)

  const sessions = await count(sql`update session set ended_at = ${at}, ended_reason = 'restored' where ended_at is null and kind <> 'refresh'`)
  const invitations = await count(sql`update invitation set state = 'revoked', ended_at = ${at} where state = 'open'`)
  for (const table of ['password_reset', 'email_change', 'invitation_session', 'factor_reset']) {
    await sql`update ${sql.id(table)} set ended_at = ${at} where ended_at is null`.execute(trx)
  }
  // A link that was used since the backup would unlock the app again.
  await sql`update authenticator set unlock_id = null, unlock_expires_at = null where unlock_id is not null`.execute(trx)
  // A passkey that was removed since the backup is here again. Each passkey is enough to sign in once it was used together with a password.
  if (!keepKeys) await sql`update passkey set verifies_user = false`.execute(trx)
  // A provider that was unlinked after the backup would sign in again, so all links end. A person without a password sets one by email.
  if (!keepKeys) await sql`delete from identity`.execute(trx)
  // A consent that was revoked since the backup is here again, so people are asked again (P16). Then codes, and what a browser or a device has begun.
  for (const table of [
    'consent',
    'oidc_model',
    'device_authorization',
    'sign_up',
    'receiver_event',
    'used_challenge',
    'pending_sign_in',
    'remembered_device',
    'confirmation_code',
    'provider_sign_in',
    'proven_person',
  ])
    await sql`delete from ${sql.id(table)}`.execute(trx)

  // Verifiers with a lease create a new stream, and with it forget the API keys that they remember. Until then their lease counts.
  await sql`update receiver set removed_at = ${at}, lease_until = ${at}::timestamptz + make_interval(secs => lease_seconds)
    where method = 'poll' and removed_at is null and events_requested ? ${LEASED_EVENT}`.execute(trx)
  await sql`delete from receiver where method = 'server'`.execute(trx)
  await beginReceiversAfresh(trx)
  await beginPositionsAfresh(trx)
  await sql`update revocation set xid = pg_current_xact_id()`.execute(trx)
  for (const table of ['revocation', 'receiver_event']) {
    await sql`select setval(pg_get_serial_sequence(${table}, 'id'), nextval(pg_get_serial_sequence(${table}, 'id')) + ${LEAP}::bigint)`.execute(trx)
  }

  await sql`update role set revision = revision + ${REVISIONS}::int`.execute(trx)
  await sql`update api set revision = greatest(revision + 1, round(date_part('epoch', ${at}::timestamptz) * 1000)::bigint)`.execute(trx)

  const rest = keepKeys ? null : at
  await sql`update installation set restored_at = ${at}, backup_at = ${backup}, keys_rest_before = ${rest}`.execute(trx)
  const { rows: resting } = await sql<{ keys: number; tokens: number; clients: number; operators: number }>`
    select (select count(*)::int from api_key where ended_at is null and created_at < ${rest}::timestamptz) as keys,
      (select count(*)::int from session where ended_at is null and kind = 'refresh' and expires_at > ${at} and created_at < ${rest}::timestamptz) as tokens,
      (select count(*)::int from client where removed_at is null and secret_hash is not null) as clients,
      (select count(*)::int from operator_token where revoked_at is null and (expires_at is null or expires_at > ${at}) and created_at < ${rest}::timestamptz) as operators`.execute(
    trx,
  )
  const { keys: restingKeys, tokens: restingRefreshTokens, clients, operators: restingOperatorTokens } = resting[0] as (typeof resting)[number]
  await insertEvents([
    auditEvent(
      { type: 'store.restored', target: 'store', backupAt: backup.toISOString(), restedKeys: restingKeys, restedRefreshTokens: restingRefreshTokens },
      systemPrincipal,
    ),
    ...keys.map(({ kid, alg }) => auditEvent({ type: 'signing_key.withdrawn', target: kid, alg }, systemPrincipal)),
  ]).execute(trx)
  return { at: at.toISOString(), backupAt: backup.toISOString(), sessions, invitations, restingKeys, restingRefreshTokens, clients, restingOperatorTokens }
}

/** Lets the keys, refresh tokens and named operator tokens from before the restore be used again. Null if none rest. */
export async function keepKeys(trx: Kysely<any>): Promise<{ before: string } | null> {
  const { rows } = await sql<{ before: Date }>`
    with rested as (select keys_rest_before as before from installation where keys_rest_before is not null for update)
    update installation set keys_rest_before = null from rested returning rested.before`.execute(trx)
  const before = rows[0]?.before.toISOString()
  if (before === undefined) return null
  await insertEvents([auditEvent({ type: 'store.keys_kept', target: 'store', before }, systemPrincipal)]).execute(trx)
  return { before }
}
