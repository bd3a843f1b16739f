import { randomBytes } from 'node:crypto'
import type { PasskeyId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { requireRecent } from '../command/recent.ts'
import type { Accounts } from '../command/services.ts'
import { newId } from '../model/id.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { visibleLine } from '../model/visible-line.ts'
import { isOwnChallenge, spendChallenge } from './challenge.ts'
import { endAtFactorChange } from './change.ts'
import { requireReady } from './demanded.ts'
import { refuseLastWayIn } from './last-way-in.ts'
import { productOf } from './products.ts'
import type { Passkey } from './store.ts'
import type { Checking } from './use-passkey.ts'
import type { CreatedCredential } from './webauthn.ts'

export const PASSKEY_LIMIT = 20

/** What the authenticator is asked to create a passkey for. */
export interface PasskeyRequest {
  /** The account, as the authenticator keeps it: 64 random bytes, so that it reveals nothing (F3). */
  handle: Uint8Array
  /** The passkeys that the account has. An authenticator with one of them creates no second. */
  existing: Passkey[]
}

/** @throws Problem insufficient_user_authentication or passkey_limit */
export async function requestPasskey(context: Context): Promise<PasskeyRequest> {
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(context.tx, live, 'factors:change')
  const existing = await context.tx.passkeys.list(account.id)
  if (existing.length >= PASSKEY_LIMIT) throw new Problem('passkey_limit')
  const { passkeys } = context.tx
  return { handle: (await passkeys.findHandle(account.id)) ?? (await passkeys.handle(account.id, randomBytes(64))), existing }
}

export interface AddPasskey {
  /** The response of the browser, as JSON. */
  response: string
  /** Empty for the name of the product. */
  name: string
}

/**
 * Registers a passkey for the caller's account. It changes nothing about how the account signs in by password (F1).
 * @throws Problem passkey_refused, passkey_unverified, passkey_expired, passkey_taken, passkey_limit, passkey_name_invalid or insufficient_user_authentication
 */
export async function addPasskey(
  accounts: Checking & Pick<Accounts, 'execute'>,
  principal: UserPrincipal,
  { response, name }: AddPasskey,
): Promise<Passkey['name']> {
  const { webauthn, keys, execute } = accounts
  const about = { purpose: 'add', browser: principal.sessionId } as const
  const created = await webauthn?.created(response, (challenge) => isOwnChallenge(keys, about, challenge))
  if (!created) throw new Problem('passkey_refused', 'The new passkey could not be verified, so it was not added.')
  // A key that does not verify its user could not be used to sign in.
  if (!created.userVerified) throw new Problem('passkey_unverified', undefined)
  return execute(insertPasskey, principal, { created, name })
}

async function insertPasskey(context: Context, { created, name: typed }: { created: CreatedCredential; name: string }): Promise<string> {
  const { tx, principal, record } = context
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(tx, live, 'factors:change')
  const existing = await tx.passkeys.list(account.id)
  if (existing.length >= PASSKEY_LIMIT) throw new Problem('passkey_limit')
  await spendChallenge(context, created.challenge)
  const name = typed.trim() === '' ? freeName(productOf(created.aaguid) ?? 'Passkey', existing) : passkeyName(typed)
  const { userVerified: verifiesUser, challenge: _, ...credential } = created
  const id = newId('passkey')
  const added = await tx.passkeys.insert({ ...credential, id, userId: account.id, verifiesUser, name, address: principal.origin.address })
  if (!added) throw new Problem('passkey_taken')
  await endAtFactorChange(tx, account.id)
  await record({ type: 'passkey.added', target: id, userId: account.id, name, deviceBound: created.deviceBound })
  await tellOwner(context, 'added', name)
  // Creating it has proved it.
  await tx.sessions.confirm(live.session.id, { methods: [created.deviceBound ? 'hwk' : 'swk', 'user', 'mfa'] })
  return name
}

/** "Bitwarden", then "Bitwarden 2". */
function freeName(name: string, existing: readonly Passkey[]): string {
  const taken = new Set(existing.map((one) => one.name))
  let number = 1
  while (taken.has(number === 1 ? name : `${name} ${number}`)) number += 1
  return number === 1 ? name : `${name} ${number}`
}

/** @throws Problem passkey_name_invalid */
function passkeyName(text: string): string {
  const name = visibleLine(text, 60)
  if (name === null) throw new Problem('passkey_name_invalid')
  return name
}

/** @throws Problem passkey_not_found or passkey_name_invalid */
export async function renamePasskey({ account, tx, record }: Context, { id, name: typed }: { id: PasskeyId; name: string }): Promise<void> {
  const { account: owner } = await account({ unregistered: true })
  const name = passkeyName(typed)
  if (!(await tx.passkeys.rename(id, owner.id, name))) throw new Problem('passkey_not_found')
  await record({ type: 'passkey.renamed', target: id, userId: owner.id, name })
}

/** The passkey starts no session from now on. Sessions that it has started go on. @throws Problem passkey_not_found, last_way_in or insufficient_user_authentication */
export async function removePasskey(context: Context, { id }: { id: PasskeyId }): Promise<void> {
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(context.tx, live, 'factors:change')
  const removed = await context.tx.passkeys.remove(id, account.id)
  if (!removed) throw new Problem('passkey_not_found')
  await refuseLastWayIn(context, account.id)
  await requireReady(context.tx, live)
  await endAtFactorChange(context.tx, account.id)
  await context.record({ type: 'passkey.removed', target: id, userId: account.id, name: removed.name })
  await tellOwner(context, 'removed', removed.name)
}

/** A thief who adds a way in is noticed by the owner (C16). */
async function tellOwner({ tx, principal }: Context, change: 'added' | 'removed', passkey: string): Promise<void> {
  if (principal.kind !== 'user') return
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'passkey', change, userId: principal.userId, passkey, at, address: principal.origin.address } })
}
