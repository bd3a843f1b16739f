import type { UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'
import { type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import type { Store } from '../store.ts'
import { type ChallengeFor, isOwnChallenge, newChallenge, spendChallenge } from './challenge.ts'
import type { Passkey } from './store.ts'
import type { UsedCredential, WebAuthn } from './webauthn.ts'

/** What a check of a passkey needs outside of a transaction. */
export interface Checking {
  store: Store
  keys: SecretKeys
  /** Null where passkeys are not possible (F4). */
  webauthn: WebAuthn | null
}

/** People look for their security key. */
export const PASSKEY_MILLISECONDS = 300_000

export const passkeyReference = ({ credentialId, transports }: Pick<Passkey, 'credentialId' | 'transports'>) => ({
  type: 'public-key',
  id: Buffer.from(credentialId).toString('base64url'),
  transports,
})

/** The request for one of a person's passkeys, for the browser (WebAuthn section 5.5). Null if they have none, or passkeys are not possible. */
export async function passkeyRequestOf({ store, keys, webauthn }: Checking, userId: UserId, about: ChallengeFor): Promise<Record<string, unknown> | null> {
  const passkeys = webauthn ? await store.reading.passkeys.list(userId) : []
  if (!webauthn || passkeys.length === 0) return null
  return {
    challenge: newChallenge(keys, about, await store.reading.now()),
    rpId: webauthn.relyingParty,
    userVerification: 'preferred',
    allowCredentials: passkeys.map(passkeyReference),
    timeout: PASSKEY_MILLISECONDS,
  }
}

/** A signature that is right for the passkey. The command that locks the account takes it. */
export interface CheckedPasskey {
  passkey: Passkey
  used: UsedCredential
}

/**
 * Checks the signature, and that the passkey belongs to the account that the authenticator names. The refusal is the same for an unknown passkey and a wrong signature.
 * @throws Problem passkey_refused
 */
export async function checkAssertion({ store, keys, webauthn }: Checking, response: string, about: ChallengeFor): Promise<CheckedPasskey> {
  const asserted = webauthn?.asserted(response) ?? null
  const passkey = asserted && (await store.reading.passkeys.findByCredential(asserted.credentialId))
  if (!webauthn || !asserted || !passkey) throw new Problem('passkey_refused')
  const handle = await store.reading.passkeys.findHandle(passkey.userId)
  if (asserted.userHandle && !(handle && sameBytes(asserted.userHandle, handle))) throw new Problem('passkey_refused')
  const used = await webauthn.used(response, passkey, (challenge) => isOwnChallenge(keys, about, challenge))
  if (!used) throw new Problem('passkey_refused')
  return { passkey, used }
}

/**
 * Under the lock on the account: spends the challenge and stores the use. A falling counter is returned and not thrown, because an error would roll back its event and
 * its email.
 * @throws Problem passkey_expired, or passkey_refused if the challenge was used before or the passkey has been removed
 */
export async function takePasskey(context: Context, { passkey, used }: CheckedPasskey): Promise<{ copied: boolean; methods: string[] }> {
  const { tx, principal, record } = context
  await spendChallenge(context, used.challenge)
  const { id: target, userId, name } = passkey
  const outcome = await tx.passkeys.use(target, { counter: used.counter, address: principal.origin.address })
  if (outcome === 'removed') throw new Problem('passkey_refused')
  const copied = outcome === 'copied'
  if (copied && (await tx.passkeys.noteCopied(target))) {
    await record({ type: 'passkey.copied', target, userId, name })
    const at = (await tx.now()).toISOString()
    await tx.jobs.send({ name: 'mail', data: { template: 'passkey', change: 'copied', userId, passkey: name, at, address: principal.origin.address } })
  }
  // A passkey is another factor, so a locked authenticator app is open again (F7).
  if (!copied) await tx.authenticators.forgetFailures(userId)
  return { copied, methods: methodsOf(passkey, used) }
}

/** Whether a passkey that is used together with these methods may be enough to sign in from now on (F2). */
export const vouchForPasskey = (methods: readonly string[]): boolean => methods.includes('pwd') || methods.includes('email')

/** RFC 8176: a key in hardware or in software; the person was there; and was checked, which makes it two factors. */
const methodsOf = ({ deviceBound }: Passkey, { userVerified }: UsedCredential): string[] => [
  deviceBound ? 'hwk' : 'swk',
  'user',
  ...(userVerified ? ['mfa'] : []),
]
