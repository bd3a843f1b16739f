import { acceptedMethods } from '@muster/contract/authentication.ts'
import type { ApiKeyId, RefreshTokenId, SessionId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { UnreadyCredential, UnreadyCredentialStore } from '../../domain/organizations/store.ts'
import { idOfCursor, pageOf } from '../page.ts'
import type { Tables } from '../tables.ts'
import { isOver } from './refresh-token-store.ts'
import { endByClient } from './session-store.ts'

interface Row {
  id: string
  name: string | null
  holder: string
  session_id: SessionId | null
  created_at: Date
  last_used_at: Date | null
}

const toCredential = ({ id, name, holder, session_id: sessionId, created_at: createdAt, last_used_at: lastUsedAt }: Row): UnreadyCredential => {
  const about = { name, holder, createdAt, lastUsedAt }
  return sessionId === null ? { ...about, kind: 'key', id: id as ApiKeyId } : { ...about, kind: 'refresh_token', id: id as RefreshTokenId, sessionId }
}

export function unreadyCredentialStore(db: Kysely<Tables>): UnreadyCredentialStore {
  /** The valid ones below an id of either kind, newest first. */
  const listed = (organizationId: string, policy: 'any' | 'phishing-resistant', which: RawBuilder<boolean>, limit: number) => {
    const lacks = (methods: RawBuilder<unknown>) => sql`not coalesce(${methods} && ${sql.val([...acceptedMethods[policy]])}::text[], false)`
    return sql<Row>`
      select * from (
        select k.id, k.description as name, coalesce(a.username, v.name, '') as holder, null as session_id, k.created_at, k.last_used_at
        from api_key k left join account a on a.id = k.user_id left join service_account v on v.id = k.service_account_id
        where k.organization_id = ${organizationId} and k.ended_at is null and (k.expires_at is null or k.expires_at > muster_now()) and k.epoch = coalesce(a.epoch, v.epoch) and ${lacks(sql`k.methods`)}
        union all
        select t.id, t.name, coalesce(a.username, ''), s.id, t.created_at, t.last_used_at
        from session s join account a on a.id = s.user_id join refresh_token t on t.session_id = s.id
        where s.organization_id = ${organizationId} and s.kind = 'refresh' and s.ended_at is null and s.epoch = a.epoch and ${endByClient('s')} is null
          and t.consumed_at is null and not ${isOver('t')} and ${lacks(sql`s.methods`)} and ${lacks(sql`s.confirmed_methods`)}
      ) credential
      where ${which} order by id desc limit ${limit}`.execute(db)
  }
  return {
    async find(organizationId, policy, id) {
      const { rows } = await listed(organizationId, policy, sql`id = ${id}`, 1)
      return rows[0] ? toCredential(rows[0]) : null
    },
    async page(organizationId, policy, { limit, cursor }) {
      const after = idOfCursor(cursor, 'apiKey', 'refreshToken')
      const { rows } = await listed(organizationId, policy, after === null ? sql`true` : sql`id < ${after}`, limit + 1)
      return pageOf(rows, limit, ({ id }) => [id], toCredential)
    },
  }
}
