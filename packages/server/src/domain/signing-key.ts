import type { Context } from './execute.ts'

export interface NewSigningKey {
  /** The key's thumbprint (RFC 7638). */
  kid: string
  alg: 'ES256' | 'RS256'
  publicJwk: Record<string, unknown>
  /** Sealed. */
  privateJwk: Uint8Array
}

/** Makes a key the first of its kind. False when another process has made one meanwhile: then that one counts. */
export async function addFirstSigningKey({ tx, record }: Context, key: NewSigningKey): Promise<boolean> {
  await tx.signingKeys.lock()
  const known = await tx.signingKeys.list()
  if (known.some(({ alg, retiredAt }) => alg === key.alg && retiredAt === null)) return false
  await tx.signingKeys.insert({ ...key, afterSeconds: 0 })
  await record({ type: 'signing_key.created', target: key.kid, alg: key.alg })
  return true
}

/**
 * The next key of its kind: published now, signing after `afterSeconds`, when every verifier has it (E06). The one before signs until then.
 * False when one is on its way already.
 */
export async function rotateSigningKey({ tx, record }: Context, { afterSeconds, ...key }: NewSigningKey & { afterSeconds: number }): Promise<boolean> {
  await tx.signingKeys.lock()
  const now = await tx.now()
  const known = (await tx.signingKeys.list()).filter(({ alg }) => alg === key.alg)
  if (known.some(({ signsFrom, retiredAt }) => retiredAt === null && signsFrom > now)) return false
  for (const { kid, retiredAt } of known) if (retiredAt === null) await tx.signingKeys.retire(kid, afterSeconds)
  await tx.signingKeys.insert({ ...key, afterSeconds })
  await record({ type: 'signing_key.rotated', target: key.kid, alg: key.alg })
  return true
}
