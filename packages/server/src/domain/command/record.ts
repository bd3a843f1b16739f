import type { DomainEvent } from '@muster/contract/events.ts'
import type { DeactivationDetails, RevocationKind } from '@muster/contract/revocation.ts'
import type { Principal } from '../model/principal.ts'
import { type Revocation, revocationsOf } from '../model/revocation.ts'
import type { Tx } from '../store.ts'
import { auditEvent } from './audit.ts'

/** Records a change in its transaction: the audit event and the revocations that the table of `revocation.ts` gives for it. Both are committed, or neither. */
export async function record(tx: Tx, principal: Principal, event: DomainEvent, details?: DeactivationDetails): Promise<void> {
  await tx.audit.insert(auditEvent(event, principal))
  for (const revocation of revocationsOf(event, details)) {
    if (!(await tx.revocations.insert(revocation, principal.origin.ended))) await awaitEnded(tx, principal, revocation.kind, [revocation.subject])
    // A membership starts after the end of the one before, of which they have been informed.
    if (event.type !== 'membership.started') await informApplications(tx, revocation)
  }
}

/** A revocation of an application's session is also sent to that application, if it has registered a logout URI. */
async function informApplications(tx: Tx, revocation: Revocation): Promise<void> {
  const { kind, subject } = revocation
  if (kind !== 'session' && kind !== 'user') return
  const sessions = await tx.sessions.takeToInform(kind === 'user' ? { kind, subject, belowEpoch: revocation.value.belowEpoch } : { kind, subject })
  if (sessions.length === 0) return
  const at = (await tx.now()).toISOString()
  for (const sessionId of sessions) await tx.jobs.send({ name: 'backchannel-logout', data: { sessionId, at } })
}

/** With `Prefer: wait`, a repeated request waits for the original revocation. */
export async function awaitEnded(
  { revocations }: Pick<Tx, 'revocations'>,
  { origin }: Principal,
  kind: RevocationKind,
  subjects: readonly string[],
): Promise<void> {
  if (origin.ended) origin.ended.push(...(await revocations.standingFor(kind, subjects)))
}
