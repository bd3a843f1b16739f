import type { DomainEvent } from '@muster/contract/events.ts'
import type { AuditEventId } from '@muster/contract/ids.ts'
import { newId } from './id.ts'
import { type ActorKind, actorKindOf, type Principal, principalId } from './principal.ts'

/** One event as it is written; the database gives it its number and its time (S57). */
export interface AuditEvent {
  id: AuditEventId
  type: DomainEvent['type']
  outcome: 'done' | 'refused'
  actorKind: ActorKind
  actorId: string | null
  actorSessionId: string | null
  actorKeyId: string | null
  organizationId: string | null
  target: string
  details: Record<string, unknown>
  address: string
  requestId: string
}

export function auditEvent(event: DomainEvent, principal: Principal): AuditEvent {
  const { type, target, ...rest } = event
  const { organizationId = null, ...details } = rest as { organizationId?: string | null } & Record<string, unknown>
  return {
    id: newId('auditEvent'),
    type,
    outcome: type === 'refused' ? 'refused' : 'done',
    actorKind: actorKindOf(principal),
    actorId: principalId(principal),
    actorSessionId: principal.kind === 'user' ? principal.sessionId : null,
    actorKeyId: principal.kind === 'key' ? principal.keyId : null,
    organizationId,
    target,
    details,
    address: principal.origin.address,
    requestId: principal.origin.requestId,
  }
}
