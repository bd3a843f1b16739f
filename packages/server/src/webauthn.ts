import { isIP } from 'node:net'
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import { ALGORITHMS, type WebAuthn } from './domain/factors/webauthn.ts'

// The library checks what is in these texts. Here they only have to be texts, because it would throw errors of JavaScript otherwise.
const encoded = z.string().regex(/^[\w-]*$/)
/** At most 1,023 bytes (WebAuthn). */
const credentialId = encoded.max(1_364)
const credential = { id: credentialId, rawId: credentialId, type: z.literal('public-key'), clientExtensionResults: z.looseObject({}) }
const assertionSchema = z.looseObject({
  ...credential,
  response: z.looseObject({ authenticatorData: encoded, clientDataJSON: encoded, signature: encoded, userHandle: encoded.nullish() }),
})
const creationSchema = z.looseObject({
  ...credential,
  response: z.looseObject({ attestationObject: encoded, clientDataJSON: encoded, transports: z.array(z.string().max(20)).max(10).optional() }),
})

/** Loaded with the first passkey, because it brings certificates of many vendors. */
const library = () => import('@simplewebauthn/server')

/** @returns null where browsers refuse passkeys: at an issuer without TLS other than localhost, and at an IP address (F4) */
export function createWebAuthn(issuer: string): WebAuthn | null {
  const { protocol, hostname, origin } = new URL(issuer)
  if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return null
  if (protocol !== 'https:' && hostname !== 'localhost' && !hostname.endsWith('.localhost')) return null

  /** The library calls this once, before anything else that can fail is checked. */
  const noting = (isOwn: (challenge: string) => boolean) => {
    const noted = { challenge: '' }
    const check = (challenge: string): boolean => {
      noted.challenge = challenge
      return isOwn(challenge)
    }
    return { noted, check }
  }

  return {
    relyingParty: hostname,
    async created(text, isOwn) {
      const response = parsed(creationSchema, text)
      if (!response) return null
      const { noted, check } = noting(isOwn)
      const [{ verifyRegistrationResponse }, { decodeAttestationObject }] = await Promise.all([library(), import('@simplewebauthn/server/helpers')])
      if (!isUnattested(() => decodeAttestationObject(new Uint8Array(Buffer.from(response.response.attestationObject, 'base64url'))))) return null
      const result = await verifyRegistrationResponse({
        response: response as unknown as RegistrationResponseJSON,
        expectedChallenge: check,
        expectedOrigin: origin,
        expectedRPID: hostname,
        requireUserVerification: false,
        supportedAlgorithmIDs: [...ALGORITHMS],
      }).catch(() => null) // it throws for whatever is not as it must be
      if (!result?.verified) return null
      const { credential, credentialDeviceType, userVerified, aaguid } = result.registrationInfo
      return {
        credentialId: Buffer.from(credential.id, 'base64url'),
        publicKey: credential.publicKey,
        counter: credential.counter,
        deviceBound: credentialDeviceType === 'singleDevice',
        aaguid,
        transports: response.response.transports ?? [],
        userVerified,
        challenge: noted.challenge,
      }
    },
    asserted(text) {
      const response = parsed(assertionSchema, text)
      if (!response) return null
      const { userHandle } = response.response
      return { credentialId: Buffer.from(response.id, 'base64url'), userHandle: userHandle ? Buffer.from(userHandle, 'base64url') : null }
    },
    async used(text, { credentialId, publicKey, transports }, isOwn) {
      const response = parsed(assertionSchema, text)
      if (!response) return null
      const { noted, check } = noting(isOwn)
      const { verifyAuthenticationResponse } = await library()
      const result = await verifyAuthenticationResponse({
        response: response as unknown as AuthenticationResponseJSON,
        expectedChallenge: check,
        expectedOrigin: origin,
        expectedRPID: hostname,
        requireUserVerification: false,
        // The counter is compared in the statement that stores it. The library would refuse synchronized passkeys too.
        credential: { id: Buffer.from(credentialId).toString('base64url'), publicKey: new Uint8Array(publicKey), counter: 0, transports: transports as [] },
      }).catch(() => null)
      if (!result?.verified) return null
      const { newCounter: counter, userVerified } = result.authenticationInfo
      return { counter, userVerified, challenge: noted.challenge }
    },
  }
}

interface Attestation {
  get(key: 'fmt'): string
  get(key: 'attStmt'): { get(key: 'x5c'): unknown }
}

/**
 * The page asks for no attestation. The library would check the certificates of any other, and fetch lists of revoked ones from addresses in them.
 */
function isUnattested(decode: () => Attestation): boolean {
  try {
    const attestation = decode()
    const format = attestation.get('fmt')
    return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined)
  } catch {
    return false
  }
}

function parsed<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
