import type { DomainEvent } from '@muster/contract/events.ts'
import { isId, type OrganizationId } from '@muster/contract/ids.ts'
import { newId } from '../model/id.ts'
import { actorKindOf, operatorId, type Principal, principalId, ROOT } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { eventTypes } from '../model/revocation.ts'
import type { Tx } from '../store.ts'
import type { AuditEvent, AuditFilter } from './store.ts'

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

export interface RequestedEvents extends Omit<AuditFilter, 'organizationId' | 'actor' | 'target'> {
  /** A name, or an id. */
  actor?: string | undefined
  target?: string | undefined
}

/**
 * Turns the names an admin knows into the ids that events have. Several people, machines, clients or resources (`application/shop`) may have had a name at
 * different times: all of them match, so that nobody hides another's actions by taking their name.
 */
export async function auditFilter(
  { accounts, serviceAccounts, clients, resources, operatorTokens }: Pick<Tx, 'accounts' | 'serviceAccounts' | 'clients' | 'resources' | 'operatorTokens'>,
  organizationId: OrganizationId,
  { actor, target, ...rest }: RequestedEvents,
): Promise<AuditFilter> {
  refuseUnknownAction(rest.action)
  const idsOf = async (reference: string | undefined): Promise<string[] | undefined> => {
    if (reference === undefined) return undefined
    if (isId('user', reference)) return [reference]
    // With any token. Older events name no token.
    if (reference === 'operator') return [reference, ...[ROOT, ...(await operatorTokens.names())].map(operatorId)]
    const account = await accounts.findByUsername(reference)
    const machines = await serviceAccounts.everNamed(organizationId, reference)
    const [kind = '', name, ...more] = reference.split('/')
    const things = name === undefined || more.length > 0 ? [] : await resources.everNamed(organizationId, kind, name)
    return [reference, ...(account ? [account.id] : []), ...machines, ...(await clients.everNamed(reference)), ...things]
  }
  return { organizationId, actor: await idsOf(actor), target: await idsOf(target), ...rest }
}

/** A misspelled action must not look like an empty result. @throws Problem invalid_request */
function refuseUnknownAction(action: string | undefined): void {
  if (action === undefined || eventTypes.some((type) => type === action || type.startsWith(`${action}.`))) return
  const errors = [{ field: 'action', message: 'There is no such action.' }]
  throw new Problem('invalid_request', `action: There is no such action. Use one of: ${eventTypes.join(', ')}.`, { extensions: { errors } })
}
