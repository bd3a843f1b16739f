import type { AuditEventId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { AuditFilter, AuditStore, RecordedEvent } from '../../domain/command/store.ts'
import { numberOfCursor, pageOf } from '../page.ts'
import type { Tables } from '../tables.ts'

export function auditStore(db: Kysely<Tables>): AuditStore {
  const events = ({ organizationId, actor, target, action, from, to }: AuditFilter) => {
    let query = db
      .selectFrom('audit_event as e')
      .leftJoin('account as actor_account', 'actor_account.id', 'e.actor_id')
      .leftJoin('service_account as actor_machine', 'actor_machine.id', 'e.actor_id')
      .leftJoin('client as actor_client', 'actor_client.id', 'e.actor_id')
      .leftJoin('account as target_account', 'target_account.id', 'e.target')
      .leftJoin('service_account as target_machine', 'target_machine.id', 'e.target')
      .leftJoin('resource as target_resource', 'target_resource.id', 'e.target')
      .leftJoin('api_key as target_key', 'target_key.id', 'e.target')
      // Stored events contain no addresses. Readers of the audit log are admins, who may see the addresses that their organization invited.
      .leftJoin('invitation as target_invitation', (join) =>
        join.onRef('target_invitation.id', '=', 'e.target').onRef('target_invitation.organization_id', '=', 'e.organization_id'),
      )
      .selectAll('e')
      .select(({ fn }) => [
        fn.coalesce('actor_account.username', 'actor_machine.name', 'actor_client.name').as('actor_name'),
        fn
          .coalesce(
            'target_account.username',
            'target_machine.name',
            sql<string | null>`target_resource.kind || '/' || target_resource.name`,
            'target_key.description',
            'target_invitation.email',
          )
          .as('target_name'),
      ])
    if (organizationId !== undefined) query = query.where('e.organization_id', '=', organizationId)
    if (actor !== undefined) query = query.where('e.actor_id', 'in', actor)
    if (target !== undefined) query = query.where('e.target', 'in', target)
    // A whole type, or its noun before the dot. '/' is the character after '.' in ASCII.
    if (action !== undefined)
      query = query.where(sql<boolean>`(e.type collate "C" = ${action} or (e.type collate "C" > ${`${action}.`} and e.type collate "C" < ${`${action}/`}))`)
    if (from) query = query.where('e.at', '>=', from)
    if (to) query = query.where('e.at', '<', to)
    return query
  }
  type Row = Awaited<ReturnType<ReturnType<typeof events>['execute']>>[number]
  const toEvent = (row: Row): RecordedEvent => ({
    seq: row.seq,
    id: row.id as AuditEventId,
    at: row.at,
    type: row.type as RecordedEvent['type'],
    outcome: row.outcome,
    actorKind: row.actor_kind as RecordedEvent['actorKind'],
    actorId: row.actor_id,
    actorName: row.actor_name,
    actorSessionId: row.actor_session_id,
    actorKeyId: row.actor_key_id,
    organizationId: row.organization_id,
    target: row.target,
    targetName: row.target_name,
    details: row.details,
    address: row.address ?? '',
    requestId: row.request_id ?? '',
  })

  return {
    async page(filter, { limit, cursor }) {
      const before = numberOfCursor(cursor)
      let query = events(filter)
      if (before !== null) query = query.where('e.seq', '<', before)
      const rows = await query
        .orderBy('e.seq', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, ({ seq }) => [String(seq)], toEvent)
    },
    async after(seq, filter, limit) {
      return (await events(filter).where('e.seq', '>', seq).orderBy('e.seq').limit(limit).execute()).map(toEvent)
    },
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
