import type { EndReason } from '@muster/contract/events.ts'
import { type FactorResetId, isId, type UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { record } from '../command/record.ts'
import { finishAllKeys } from '../credentials/api-key.ts'
import { finishAllSessions } from '../credentials/session.ts'
import { base62, formatToken, parseToken } from '../model/opaque-token.ts'
import { systemPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import { removeLastPassword } from './last-way-in.ts'
import type { FactorReset } from './store.ts'

// The reset of a person's factors (F12): how it takes force, and how the person stops it. Who may ask for it is decided in `organizations/`.

export interface RemovedFactors {
  passkeys: number
  authenticator: boolean
  /** Of other providers. */
  identities: number
  endedSessions: number
}

/** For a command that has locked the account and checked the caller: removes every factor, and ends every session and remembered browser. */
export async function removeFactors(context: Context, userId: UserId, reason: EndReason): Promise<RemovedFactors> {
  const { tx } = context
  const passkeys = await tx.passkeys.removeAllOf(userId)
  const authenticator = await tx.authenticators.remove(userId)
  await tx.authenticators.setRecoveryCodes(userId, [])
  const identities = await tx.identities.removeAllOf(userId)
  await tx.pendingSignIns.endAllOf(userId)
  await removeLastPassword(context, userId)
  const endedSessions = await finishAllSessions(context, userId, null, reason)
  return { passkeys, authenticator, identities, endedSessions }
}

/**
 * For a command that has locked the account: lets a reset take force whose time has come. One statement decides, so that several servers, a confirmation and a stop
 * at the same moment lead to one outcome. The keys end too. False if there is none.
 */
export async function completeReset(context: Context, userId: UserId): Promise<boolean> {
  const { tx } = context
  const reset = await tx.factorResets.complete(userId)
  if (!reset) return false
  const removed = await removeFactors(context, userId, 'factors_reset')
  const endedKeys = await finishAllKeys(context, userId, 'factors_reset')
  await context.record({ type: 'factors.reset', target: userId, userId, ...removed, endedKeys, organizationId: reset.organizationId })
  await tellMember(tx, reset.id, 'completed')
  return true
}

/** The same for a reset that waited its day, at the member's sign-in or by a timer: nobody in particular does it. */
export const completeDueReset = (context: Context, userId: UserId): Promise<boolean> =>
  completeReset({ ...context, principal: systemPrincipal, record: (event) => record(context.tx, systemPrincipal, event) }, userId)

/** For the timer. */
export async function completeDue(context: Context, { userId }: { userId: UserId }): Promise<void> {
  await context.tx.accounts.lock(userId)
  await completeDueReset(context, userId)
}

/** The member is told of the request, its end and its effect. The link to stop it is derived when the email is sent. */
export const tellMember = (tx: Pick<Tx, 'jobs'>, factorResetId: FactorResetId, change: 'requested' | 'stopped' | 'completed'): Promise<void> =>
  tx.jobs.send({ name: 'mail', data: { template: 'factor_reset', change, factorResetId } })

/** By the member, in a session. @throws Problem factor_reset_not_found */
export async function stopOwnReset(context: Context): Promise<void> {
  const { account } = await context.account({ unregistered: true })
  const reset = await context.tx.factorResets.findOpen(account.id)
  if (!reset) throw new Problem('factor_reset_not_found')
  await stopReset(context, reset)
}

/** By the link in the email. It stops the reset and does nothing else, so a thief of the inbox gains nothing. @throws Problem factor_reset_not_found */
export async function stopResetByLink(context: Context, { token }: { token: string }): Promise<void> {
  const reset = await resetOfLink(context.tx, context.keys, token)
  if (!reset) throw new Problem('factor_reset_not_found')
  await context.tx.accounts.lock(reset.userId)
  await stopReset(context, reset)
}

/** For a command that has locked the account and checked the caller. @throws Problem factor_reset_not_found if it took force or was stopped meanwhile */
export async function stopReset({ tx, record }: Context, { id, userId, organizationId }: FactorReset): Promise<void> {
  if (!(await tx.factorResets.stop(id))) throw new Problem('factor_reset_not_found')
  await record({ type: 'factors.reset_stopped', target: userId, userId, organizationId })
  await tellMember(tx, id, 'stopped')
}

const linkMac = (key: RootKey, id: FactorResetId): string => base62(key.mac('factor-reset', id)).padStart(43, '0')

/** The secret part of the link. It is not stored. */
export const resetLinkToken = ({ lasting }: SecretKeys, id: FactorResetId): string => formatToken('muster_fr', `${id.slice(4)}_${linkMac(lasting, id)}`)

/** The open reset that a link stops. Changes nothing. Null if the link is not valid, or the reset is over. */
export async function resetOfLink({ factorResets }: Pick<Tx, 'factorResets'>, { everyLasting }: SecretKeys, token: string): Promise<FactorReset | null> {
  const [suffix = '', mac = ''] = parseToken('muster_fr', token.trim())?.split('_') ?? []
  const id = `frs_${suffix}`
  if (!isId('factorReset', id) || !everyLasting.some((key) => sameBytes(Buffer.from(mac), Buffer.from(linkMac(key, id))))) return null
  const reset = await factorResets.find(id)
  return reset?.open ? reset : null
}
