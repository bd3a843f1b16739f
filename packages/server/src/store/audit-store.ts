import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { ACCESS_TOKEN_SECONDS } from '../domain/session.ts'
import type { Tx } from '../domain/store.ts'
import type { Tables } from './tables.ts'

export function auditStore(db: Kysely<Tables>): Tx['audit'] {
  return {
    async insert(event) {
      await db
        .insertInto('audit_event')
        .values({
          id: event.id,
          type: event.type,
          outcome: event.outcome,
          actor_kind: event.actorKind,
          actor_id: event.actorId,
          actor_session_id: event.actorSessionId,
          actor_key_id: event.actorKeyId,
          organization_id: event.organizationId,
          target: event.target,
          details: JSON.stringify(event.details),
          address: event.address,
          request_id: event.requestId,
        })
        .execute()
    },
  }
}

export function revocationStore(db: Kysely<Tables>): Tx['revocations'] {
  return {
    async insert({ kind, subject, value, ...rest }) {
      // Kept as long as a token made before it can live.
      const expiresAt = 'expiresAt' in rest ? rest.expiresAt : sql<Date>`muster_now() + make_interval(secs => ${ACCESS_TOKEN_SECONDS + 60}::int)`
      await db
        .insertInto('revocation')
        .values({ kind, subject, value: JSON.stringify(value), expires_at: expiresAt })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    },
    async deleteExpired() {
      await db.deleteFrom('revocation').where('expires_at', '<', sql<Date>`muster_now() - interval '1 hour'`).execute()
    },
  }
}
