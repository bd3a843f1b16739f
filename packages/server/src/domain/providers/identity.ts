import type { IdentityId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { requireRecent } from '../command/recent.ts'
import { endAtFactorChange } from '../factors/change.ts'
import { refuseLastWayIn } from '../factors/last-way-in.ts'
import { newId } from '../model/id.ts'
import type { LiveState } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { ProviderIdentity } from './provider.ts'
import type { ProvenPerson } from './store.ts'
import { trustedAddressOf } from './trusted-address.ts'

export const IDENTITY_LIMIT = 20

/**
 * Links the identity that this browser has proved to the caller's account. From now on, it signs the caller in.
 * @returns the person, whose address and return path say what follows
 * @throws Problem proven_person_not_found, identity_taken, identity_limit or insufficient_user_authentication
 */
export async function linkIdentity(context: Context, { token }: { token: string }): Promise<ProvenPerson> {
  const { tx } = context
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(tx, live, 'factors:change')
  const person = await tx.provenPersons.take(digest(token))
  if (!person || !isOwn(person, live)) throw new Problem('proven_person_not_found')
  if ((await tx.identities.list(account.id)).length >= IDENTITY_LIMIT) throw new Problem('identity_limit')
  await insertIdentity(context, account.id, person)
  await endAtFactorChange(tx, account.id)
  await tellOwner(context, account.id, 'linked', person)
  // The address at the provider belongs to the same person, if the provider proves it. They learn of the link there too.
  const trusted = trustedAddressOf(person.email)
  if (trusted !== null && trusted !== account.emailCanonical) await tellOwner(context, account.id, 'linked', person, trusted)
  return person
}

/**
 * The session that began links what it proved. A sign-in that found the address taken is linked to the account of that address only: the browser may be shared, and
 * somebody else may have signed in at the provider.
 */
const isOwn = ({ sessionId, email }: ProvenPerson, { session, account }: Pick<LiveState, 'session' | 'account'>): boolean =>
  sessionId === null ? trustedAddressOf(email) === account.emailCanonical : sessionId === session.id

/** For a command that has locked or created the account. @throws Problem identity_taken */
export async function insertIdentity(context: Context, userId: UserId, { provider, issuer, subject, label }: ProviderIdentity): Promise<void> {
  const { tx, principal, record } = context
  const id = newId('identity')
  if (!(await tx.identities.insert({ id, userId, provider, issuer, subject, label, address: principal.origin.address }))) throw new Problem('identity_taken')
  await record({ type: 'identity.linked', target: id, userId, provider, issuer })
}

/** Sessions that were started with it go on. @throws Problem identity_not_found, last_way_in or insufficient_user_authentication */
export async function unlinkIdentity(context: Context, { id }: { id: IdentityId }): Promise<void> {
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(context.tx, live, 'factors:change')
  const removed = await context.tx.identities.remove(id, account.id)
  if (!removed) throw new Problem('identity_not_found')
  await refuseLastWayIn(context, account.id)
  await endAtFactorChange(context.tx, account.id)
  await context.tx.pendingSignIns.endAllOf(account.id) // one of them may have begun with this identity
  await context.record({ type: 'identity.unlinked', target: id, userId: account.id, provider: removed.provider, issuer: removed.issuer })
  await tellOwner(context, account.id, 'unlinked', removed)
}

/** A thief who adds a way in is noticed by the owner (C16). */
async function tellOwner(
  { tx, principal }: Context,
  userId: UserId,
  change: 'linked' | 'unlinked',
  { provider, label }: Pick<ProviderIdentity, 'provider' | 'label'>,
  to?: string,
): Promise<void> {
  const at = (await tx.now()).toISOString()
  const { address } = principal.origin
  await tx.jobs.send({ name: 'mail', data: { template: 'identity', change, userId, provider, label, at, address, ...(to !== undefined && { to }) } })
}
