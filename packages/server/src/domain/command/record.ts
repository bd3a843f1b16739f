import type { DomainEvent } from '@muster/contract/events.ts'
import type { DeactivationDetails, RevocationKind } from '@muster/contract/revocation.ts'
import type { Principal } from '../model/principal.ts'
import { type Revocation, revocationOf } from '../model/revocation.ts'
import type { Tx } from '../store.ts'
import { auditEvent } from './audit.ts'

/** Tells the world of a change, in the transaction that makes it: the audit row and, where the table says so, the revocation. Together or not at all. */
export async function record(tx: Tx, principal: Principal, event: DomainEvent, details?: DeactivationDetails): Promise<void> {
  await tx.audit.insert(auditEvent(event, principal))
  const revocation = revocationOf(event, details)
  if (!revocation) return
  const { ended } = principal.origin
  const id = await tx.revocations.insert(revocation, { awaited: ended !== undefined })
  if (id !== null) ended?.push(id)
  else await awaitEnded(tx, principal, revocation.kind, [revocation.subject])
  await informApplications(tx, revocation)
}

/** A revocation that ends an application's session is due to that application too, when it has registered for it. */
async function informApplications(tx: Tx, revocation: Revocation): Promise<void> {
  const { kind, subject } = revocation
  if (kind !== 'session' && kind !== 'user') return
  const sessions = await tx.sessions.takeToInform(kind === 'user' ? { kind, subject, belowEpoch: revocation.value.belowEpoch } : { kind, subject })
  if (sessions.length === 0) return
  const at = (await tx.now()).toISOString()
  for (const sessionId of sessions) await tx.jobs.send({ name: 'backchannel-logout', data: { sessionId, at } })
}

/** Of what had ended before there is nothing to record. Who waits, waits until that has been heard of: a request that is sent again promises no more than the first. */
export async function awaitEnded(
  { revocations }: Pick<Tx, 'revocations'>,
  { origin }: Principal,
  kind: RevocationKind,
  subjects: readonly string[],
): Promise<void> {
  if (origin.ended) origin.ended.push(...(await revocations.standingFor(kind, subjects)))
}
