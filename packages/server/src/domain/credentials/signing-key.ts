import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

export interface NewSigningKey {
  /** The key's thumbprint (RFC 7638). */
  kid: string
  alg: 'ES256' | 'RS256'
  publicJwk: Record<string, unknown>
  /** Sealed. */
  privateJwk: Uint8Array
  keyGeneration: number
}

/** It was sealed before this transaction, so the secret may have been switched meanwhile. */
async function requireNewest(tx: Tx, { keyGeneration }: NewSigningKey): Promise<void> {
  if (keyGeneration !== (await tx.rootKeys.lockNewest())) throw new Problem('unavailable', 'The secret is being replaced.', { extensions: { retry_after: 1 } })
}

/** Stores the first key of its kind. False if another process stored one meanwhile; that one is used. */
export async function addFirstSigningKey({ tx, record }: Context, key: NewSigningKey): Promise<boolean> {
  await tx.signingKeys.lock()
  const known = await tx.signingKeys.list()
  if (known.some(({ alg, retiredAt }) => alg === key.alg && retiredAt === null)) return false
  await requireNewest(tx, key)
  await tx.signingKeys.insert({ ...key, afterSeconds: 0 })
  await record({ type: 'signing_key.created', target: key.kid, alg: key.alg })
  return true
}

/**
 * Adds the next key of its kind. It is published now and signs after `afterSeconds`, when every verifier has it (E06). The current key signs until then. False
 * if a next key already exists.
 */
export async function rotateSigningKey({ tx, record }: Context, { afterSeconds, ...key }: NewSigningKey & { afterSeconds: number }): Promise<boolean> {
  await tx.signingKeys.lock()
  const now = await tx.now()
  const known = (await tx.signingKeys.list()).filter(({ alg }) => alg === key.alg)
  if (known.some(({ signsFrom, retiredAt }) => retiredAt === null && signsFrom > now)) return false
  for (const { kid, retiredAt } of known) if (retiredAt === null) await tx.signingKeys.retire(kid, afterSeconds)
  await requireNewest(tx, key)
  await tx.signingKeys.insert({ ...key, afterSeconds })
  await record({ type: 'signing_key.rotated', target: key.kid, alg: key.alg })
  return true
}

/**
 * Withdraws a key: every token it signed is invalid at once. The next key of its kind signs from now on: the one published in advance, if any. `successor` is
 * used only if no other key of this kind is left.
 */
export async function withdrawSigningKey(
  { tx, principal, record }: Context,
  { kid, successor }: { kid: string; successor: NewSigningKey },
): Promise<{ alg: NewSigningKey['alg'] }> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  await tx.signingKeys.lock()
  const now = await tx.now()
  const keys = await tx.signingKeys.list()
  const withdrawn = keys.find((key) => key.kid === kid)
  if (!withdrawn || withdrawn.alg !== successor.alg) throw new Problem('signing_key_not_found')
  const { alg } = withdrawn
  await tx.signingKeys.remove(kid)
  const inUse = keys.filter((key) => key.kid !== kid && key.alg === alg && (key.retiredAt === null || key.retiredAt > now))
  const isSigning = inUse.some(({ signsFrom, retiredAt }) => retiredAt === null && signsFrom <= now)
  // The key published in advance or, if that one is withdrawn, the key that it would have replaced.
  const next = inUse.find(({ retiredAt }) => retiredAt === null) ?? inUse.at(-1)
  if (next && !isSigning) await tx.signingKeys.promote(next.kid)
  if (!next) {
    await requireNewest(tx, successor)
    await tx.signingKeys.insert({ ...successor, afterSeconds: 0 })
  }
  await record({ type: 'signing_key.withdrawn', target: kid, alg })
  if (!next) await record({ type: 'signing_key.created', target: successor.kid, alg })
  return { alg }
}
