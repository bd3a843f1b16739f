import type { StreamId } from '@muster/contract/ids.ts'
import { EMAIL_CODE_SECONDS } from '../accounts/email-change.ts'
import { RESET_SECONDS } from '../accounts/password-reset.ts'
import { CODE_SECONDS } from '../accounts/sign-up.ts'
import type { Context } from '../command/context.ts'
import type { NewSigningKey } from '../credentials/signing-key.ts'
import type { RootKeyRow, RootKeyStore, SealedValue, SecretState, ValuesLeft } from '../credentials/store.ts'
import { Problem } from '../model/problem.ts'
import { type RootKey, sameBytes } from '../model/secret-keys.ts'

// The secret of the installation can be changed (O8). A root key is announced, read by every process, and then makes new values from one commit on.

/** How many values one transaction changes, so that it is short. */
const AT_ONCE = 500

export interface SecretStatus {
  /**
   * `settled`: one secret. `ready`: the settings have a new secret, which `rotate` puts into use. `rotating`: values of the previous secret are valid until
   * `--finish`. `renewing`: a leaked secret has ended, and what it made is being renewed.
   */
  state: 'settled' | 'ready' | 'rotating' | 'renewing'
  generation: number
  /** The settings of this process have a secret that has never been in use. */
  hasNew: boolean
  switchedAt: Date | null
  left: { what: keyof ValuesLeft; count: number; until: string | null }[]
  processes: { name: string; ready: boolean }[]
}

/** The root keys that a rotation needs. They are sealed before the transaction, because a command does not know the secret. */
export interface Announcement {
  /** The generation that makes new values when this was prepared. */
  from: number
  secretCheck: Uint8Array
  /** Of the next generation. */
  roots: readonly RootKeyRow[]
}

const requireOperator = ({ principal }: Context): void => {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
}

/** True while values of the previous secret are valid. */
export const isRotating = ({ roots, secretCheck, generation, oldestGeneration }: SecretState): boolean =>
  generation > oldestGeneration || roots.some((root) => root.generation <= generation && !sameBytes(root.secretCheck, secretCheck))

/**
 * Stores the next root keys, which make no value yet. Replaces those of a rotation that was interrupted.
 * @throws Problem secret_not_set if the secret was in use before: it may have leaked
 */
export async function announceRootKeys(context: Context, { from, secretCheck, roots, compromised }: Announcement & { compromised: boolean }): Promise<void> {
  requireOperator(context)
  const { tx } = context
  const state = await tx.rootKeys.lock()
  if (state.generation !== from) throw new Problem('secret_rotating')
  if (!compromised && isRotating(state)) throw new Problem('secret_rotating')
  // Another rotation has announced this generation. Processes may have read its root key, and two root keys of one generation are not told apart.
  if (roots.some(({ generation }) => state.roots.some((stored) => stored.generation === generation))) throw new Problem('secret_rotating')
  if (await wasInUse(tx.rootKeys, state, secretCheck))
    throw new Problem('secret_not_set', 'MUSTER_SECRET is a previous secret of this installation. Create a new one.')
  await tx.rootKeys.deleteAnnounced()
  for (const root of roots) await tx.rootKeys.insert(root)
  await tx.rootKeys.announce()
}

/** True for a secret that another one has replaced. */
export async function wasInUse(rootKeys: RootKeyStore, { roots, generation, secretCheck: inUse }: SecretState, secretCheck: Uint8Array): Promise<boolean> {
  if (sameBytes(secretCheck, inUse)) return false
  if (roots.some((root) => root.generation <= generation && sameBytes(root.secretCheck, secretCheck))) return true
  return (await rootKeys.endedAt(secretCheck)) !== null
}

interface Switch extends Announcement {
  generation: number
  /** The lasting root key, sealed with the new secret. It goes on, unless the secret has leaked. */
  lasting: RootKeyRow | null
}

/** From this commit on, every process makes new values with the announced root key. Values of the previous one stay valid until `finishRotation`. */
export async function switchSecret(context: Context, { from, generation, secretCheck, roots, lasting }: Switch): Promise<void> {
  requireOperator(context)
  const { tx, record } = context
  await requireAnnounced(context, from, roots)
  if (lasting) await tx.rootKeys.reseal(lasting)
  await tx.rootKeys.switchTo(secretCheck, generation)
  await record({ type: 'secret.rotated', target: 'secret', generation })
  await tx.jobs.send({ name: 'secret', data: {} })
  await tx.rootKeys.announce()
}

/**
 * The secret has leaked. From this commit on, every value of the previous root keys is invalid, on every process: links, codes, cookies and stored responses. The
 * signing keys are withdrawn. The authorizations of pushes and the secrets of authenticator apps live on under the new root key. A job renews open invitations, codes and resets.
 */
export async function replaceLeakedSecret(
  context: Context,
  { from, generation, secretCheck, roots, successors }: Omit<Switch, 'lasting'> & { successors: readonly NewSigningKey[] },
): Promise<void> {
  requireOperator(context)
  const { tx, keys, record } = context
  await tx.signingKeys.lock()
  await requireAnnounced(context, from, roots)
  for (const { kid, alg } of await tx.signingKeys.list()) {
    await tx.signingKeys.remove(kid)
    await record({ type: 'signing_key.withdrawn', target: kid, alg })
  }
  for (const key of successors) {
    await tx.signingKeys.insert({ ...key, afterSeconds: 0 })
    await record({ type: 'signing_key.created', target: key.kid, alg: key.alg })
  }
  const newest = keys.of(generation)
  for (const value of await tx.rootKeys.lastingValues()) {
    const plain = openedOrNull(keys.find(value.keyGeneration), value)
    if (plain === null) await giveUp(context, value, generation)
    else await tx.rootKeys.replaceValue({ ...value, sealed: newest.seal(value.purpose, value.context, plain), keyGeneration: generation })
  }
  await tx.rootKeys.switchTo(secretCheck, generation)
  await tx.rootKeys.endOlder()
  await record({ type: 'secret.compromised', target: 'secret', generation })
  await tx.rootKeys.clearAnswers()
  await tx.jobs.send({ name: 'secret', data: {} })
  await tx.rootKeys.announce()
}

function openedOrNull(key: RootKey | null, { purpose, context, sealed }: SealedValue): string | null {
  try {
    return key?.open(purpose, context, sealed) ?? null
  } catch {
    return null
  }
}

/** No valid root key opens the authorization. A leaked secret is replaced all the same. The receiver sets the authorization again. */
async function endAuthorization({ tx, record }: Context, id: StreamId, keyGeneration: number): Promise<void> {
  const receiver = await tx.receivers.lock(id)
  const status = receiver?.status === 'disabled' ? 'disabled' : 'paused'
  await tx.receivers.change(id, { pushAuthorization: null, keyGeneration, status, statusReason: 'Its authorization could not be decrypted.' })
  if (receiver?.clientId) await record({ type: 'stream.changed', target: receiver.id, clientId: receiver.clientId, fields: ['authorization', 'status'] })
}

/** Another operator has rotated meanwhile, or replaced what was announced. */
async function requireAnnounced({ tx }: Context, from: number, roots: readonly RootKeyRow[]): Promise<void> {
  const state = await tx.rootKeys.lock()
  const stored = (root: RootKeyRow): boolean => state.roots.some(({ sealed }) => sameBytes(sealed, root.sealed))
  if (state.generation !== from || !roots.every(stored)) throw new Problem('secret_rotating')
}

export const countLeft = (left: ValuesLeft): number => Object.values(left).reduce((sum, { count }) => sum + count, 0)

/** Ends the previous secret. @throws Problem secret_in_use while a value of it could still be used */
export async function finishRotation(context: Context): Promise<void> {
  requireOperator(context)
  const { tx, record } = context
  const state = await tx.rootKeys.lock()
  if (!isRotating(state)) return
  const left = await tx.rootKeys.valuesLeft()
  if (countLeft(left) > 0) throw new Problem('secret_in_use', describeLeft(left), { extensions: { left: leftBody(left) } })
  await tx.rootKeys.endOlder()
  await record({ type: 'secret.rotation_finished', target: 'secret', generation: state.generation })
  await tx.jobs.send({ name: 'secret', data: {} }) // renews what a transaction of before commits late
  await tx.rootKeys.announce()
}

const nouns: Record<keyof ValuesLeft, [one: string, many: string]> = {
  invitations: ['open invitation', 'open invitations'],
  codes: ['emailed code', 'emailed codes'],
  resets: ['password reset', 'password resets'],
  sealed: ['encrypted value', 'encrypted values'],
}

function describeLeft(left: ValuesLeft): string {
  const parts = (Object.keys(nouns) as (keyof ValuesLeft)[])
    .filter((what) => left[what].count > 0)
    .map((what) => `${left[what].count} ${nouns[what][left[what].count === 1 ? 0 : 1]}`)
  return `Left: ${parts.join(', ')}.`
}

/** As the API returns it. */
export const leftBody = (left: ValuesLeft): SecretStatus['left'] =>
  (Object.keys(nouns) as (keyof ValuesLeft)[]).map((what) => ({ what, count: left[what].count, until: left[what].until?.toISOString() ?? null }))

/**
 * Seals some values again with the newest root key. Returns how many, so that the caller repeats it until none is left.
 * @throws Error for a signing key that does not open: the operator must withdraw it
 * @throws Problem unavailable while this process lacks a root key
 */
export async function resealValues(context: Context): Promise<number> {
  const { tx, keys } = context
  const generation = await tx.rootKeys.lockNewest()
  const values = await tx.rootKeys.outdatedValues(AT_ONCE)
  for (const value of values) {
    // A process that lacks the root key must not take a value for damaged.
    const plain = openedOrNull(keys.of(value.keyGeneration), value)
    if (plain !== null)
      await tx.rootKeys.replaceValue({ ...value, sealed: keys.of(generation).seal(value.purpose, value.context, plain), keyGeneration: generation })
    else await giveUp(context, value, generation)
  }
  return values.length
}

/** A damaged value must not keep a rotation from ending. Nobody could read it before either. */
async function giveUp(context: Context, value: SealedValue, generation: number): Promise<void> {
  const { table, context: of } = value
  if (table === 'receiver') await endAuthorization(context, of as StreamId, generation)
  else if (table === 'idempotency_key') await context.tx.rootKeys.clearAnswer(of)
  else if (table === 'authenticator')
    await context.tx.rootKeys.replaceValue({ ...value, keyGeneration: generation }) // its codes are refused, and its recovery codes are not
  else throw new Error(`The signing key ${of} could not be decrypted. Withdraw it: muster server keys withdraw ${of}`)
}

/**
 * Renews some open invitations, codes and resets of a secret that has leaked: each gets a new version, and what was emailed is emailed again. Returns how many, so
 * that the caller repeats it until none is left.
 */
export async function renewValues({ tx, record }: Context): Promise<number> {
  await tx.rootKeys.clearAnswers()
  const invitations = await tx.rootKeys.renewInvitations(AT_ONCE)
  for (const { id, organizationId, version, kind } of invitations) {
    await record({ type: 'invitation.replaced', target: id, organizationId, version })
    if (kind === 'email') await tx.jobs.send({ name: 'mail', data: { template: 'invitation', invitationId: id, version } })
  }
  const signUps = await tx.rootKeys.renewSignUps(AT_ONCE, CODE_SECONDS)
  for (const { id, codeNumber } of signUps) await tx.jobs.send({ name: 'mail', data: { template: 'sign_up_code', signUpId: id, number: codeNumber } })
  const changes = await tx.rootKeys.renewEmailChanges(AT_ONCE, EMAIL_CODE_SECONDS)
  for (const emailChangeId of changes) await tx.jobs.send({ name: 'mail', data: { template: 'email_change_code', emailChangeId } })
  const resets = await tx.rootKeys.renewResets(AT_ONCE, RESET_SECONDS)
  for (const passwordResetId of resets) await tx.jobs.send({ name: 'mail', data: { template: 'password_reset', passwordResetId } })
  return invitations.length + signUps.length + changes.length + resets.length
}
