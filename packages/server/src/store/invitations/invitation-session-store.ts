import type { InvitationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { InvitationSessionStore } from '../../domain/invitations/store.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

/** Without `passwords`, a session that began with one is not found (F23). */
export function invitationSessionStore(db: Kysely<Tables>, { passwords }: { passwords: boolean }): InvitationSessionStore {
  return {
    async insert({ id, tokenHash, userId, epoch, invitationId, invitationVersion, methods, address, lifetimeSeconds }) {
      await db
        .insertInto('invitation_session')
        .values({
          id,
          token_hash: tokenHash,
          user_id: userId,
          epoch,
          invitation_id: invitationId,
          invitation_version: invitationVersion,
          methods: [...methods],
          address,
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
          ended_at: null,
        })
        .execute()
    },
    async alive(key) {
      const query = db
        .selectFrom('invitation_session as s')
        .innerJoin('account as a', (join) => join.onRef('a.id', '=', 's.user_id').onRef('a.epoch', '=', 's.epoch'))
        .innerJoin('invitation as i', (join) => join.onRef('i.id', '=', 's.invitation_id').onRef('i.version', '=', 's.invitation_version'))
        .selectAll('s')
        .where('s.ended_at', 'is', null)
        .where('s.expires_at', '>', now)
        .$if(!passwords, (asked) => asked.where(sql<boolean>`not 'pwd' = any(coalesce(s.methods, '{pwd}'))`)) // those of an earlier version have no methods
      const row = await ('id' in key ? query.where('s.id', '=', key.id) : query.where('s.token_hash', '=', key.tokenHash)).executeTakeFirst()
      return row
        ? {
            id: row.id as SessionId,
            userId: row.user_id as UserId,
            epoch: row.epoch,
            invitationId: row.invitation_id as InvitationId,
            invitationVersion: row.invitation_version,
            methods: row.methods ?? ['pwd'], // of an earlier version
            createdAt: row.created_at,
            expiresAt: row.expires_at,
          }
        : null
    },
    async end(id) {
      await db.updateTable('invitation_session').set({ ended_at: now }).where('id', '=', id).where('ended_at', 'is', null).execute()
    },
    async endAllOf(userId) {
      await db.updateTable('invitation_session').set({ ended_at: now }).where('user_id', '=', userId).where('ended_at', 'is', null).execute()
    },
    async deleteEnded() {
      await db.deleteFrom('invitation_session').where('expires_at', '<', sql<Date>`muster_now() - interval '1 day'`).execute()
    },
  }
}
