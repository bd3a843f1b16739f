import type { DomainEvent } from '@muster/contract/events.ts'
import { type AuditEventId, isId, type OrganizationId } from '@muster/contract/ids.ts'
import { newId } from './id.ts'
import { type ActorKind, actorKindOf, type Principal, principalId } from './principal.ts'
import type { Tx } from './store.ts'

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

/** As it is read again: with its number and time, and the names of today of who did it and to whom. */
export interface RecordedEvent extends AuditEvent {
  seq: bigint
  at: Date
  actorName: string | null
  targetName: string | null
}

/** Which events are wanted. Whoever gives none of these wants all. */
export interface AuditFilter {
  organizationId?: OrganizationId | undefined
  /** An id: of a user, a service account, a client; or `operator`, `system`. */
  actor?: string | undefined
  target?: string | undefined
  /** `membership.ended`, or `membership` for all of that noun. */
  action?: string | undefined
  from?: Date | undefined
  /** Not included. */
  to?: Date | undefined
}

/** What an admin asks for. People are named as admins know them; the record knows them by their ids. */
export async function auditFilter(
  { accounts, serviceAccounts }: Pick<Tx, 'accounts' | 'serviceAccounts'>,
  organizationId: OrganizationId,
  { actor, target, ...rest }: Omit<AuditFilter, 'organizationId'>,
): Promise<AuditFilter> {
  const idOf = async (reference: string | undefined): Promise<string | undefined> => {
    if (reference === undefined || isId('user', reference)) return reference
    const account = await accounts.findByUsername(reference)
    return account?.id ?? (await serviceAccounts.find(organizationId, reference))?.id ?? reference
  }
  return { organizationId, actor: await idOf(actor), target: await idOf(target), ...rest }
}
