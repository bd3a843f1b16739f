import type { ClientId } from '@muster/contract/ids.ts'
import { isOptional, type Term } from '../apis/term.ts'
import type { Context } from '../command/context.ts'
import type { LiveState } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import { isClientId } from './client.ts'
import { finishSessionsOfClient } from './session.ts'
import type { Consent } from './store.ts'

// What people let clients do that are not first-party (P16).

/** The consent for the organization in which the person is now. One for another organization does not count. */
export async function consentOf(
  { consents }: Pick<Tx, 'consents'>,
  { account, organization }: Pick<LiveState, 'account' | 'organization'>,
  clientId: ClientId,
): Promise<Consent | null> {
  const consent = await consents.find(account.id, clientId)
  return consent !== null && consent.organizationId === organization?.id ? consent : null
}

/** Whether the person has decided about all of these. A wider request is asked again. */
export const coversRequest = (consent: Consent | null, terms: readonly Term[]): boolean =>
  consent !== null && terms.every((term) => consent.granted.includes(term) || consent.declined.includes(term))

export interface Decision {
  clientId: ClientId
  /** The terms of the request. */
  asked: readonly Term[]
  /** Those among them that the person declined. */
  declined?: readonly Term[]
}

/** Remembers what the caller lets a client do. What they decided about other terms before stays. @throws Problem user_not_registered or consent_empty */
export async function giveConsent(context: Context, decision: Decision): Promise<void> {
  const { live } = await context.account({ unregistered: true })
  await rememberConsent(context, live, decision)
}

/** For a command that has locked the account. */
export async function rememberConsent(
  { tx, record }: Pick<Context, 'tx' | 'record'>,
  live: Pick<LiveState, 'account' | 'organization'>,
  { clientId, asked, declined = [] }: Decision,
): Promise<void> {
  if (!live.organization) throw new Problem('user_not_registered')
  const client = await tx.clients.find(clientId)
  if (!client || client.removedAt) throw new Problem('client_not_found')
  const refused = declined.filter((term) => asked.includes(term) && isOptional(term))
  const allowed = asked.filter((term) => !refused.includes(term))
  if (allowed.length === 0) throw new Problem('consent_empty')
  const before = await consentOf(tx, live, clientId)
  const merged = (earlier: readonly Term[] = [], now: readonly Term[], without: readonly Term[]) => [
    ...new Set([...earlier.filter((term) => !without.includes(term)), ...now]),
  ]
  const { id: userId } = live.account
  const organizationId = live.organization.id
  const granted = merged(before?.granted, allowed, refused)
  await tx.consents.put({ userId, clientId, organizationId, granted, declined: merged(before?.declined, refused, allowed) })
  await record({ type: 'consent.given', target: clientId, userId, organizationId, name: client.name, granted })
}

/**
 * Ends what the caller let a client do: the consent and, of all its sessions, the tokens. A code that was issued before starts no session.
 * @throws Problem application_not_found
 */
export async function revokeConsent(context: Context, { clientId }: { clientId: ClientId }): Promise<{ ended: number }> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const client = isClientId(clientId) ? await tx.clients.find(clientId) : null
  if (!client || !(await tx.consents.remove(account.id, clientId))) throw new Problem('application_not_found')
  const ended = await finishSessionsOfClient(context, account.id, clientId)
  await record({ type: 'consent.revoked', target: clientId, userId: account.id, organizationId: live.organization?.id ?? null, name: client.name })
  return { ended }
}
