import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

// An authenticator in this process (WebAuthn), for tests that need no browser: it signs whatever it is told to.

export interface Ceremony {
  /** base64url */
  challenge: string
  origin: string
  /** The host for which the credential is. */
  relyingParty: string
  userVerified?: boolean
  /** The number that the authenticator reports. */
  counter?: number
}

export interface Authenticator {
  credentialId: Buffer
  /** The response to a request to create a credential, as a browser sends it. */
  create(ceremony: Ceremony & { userHandle: Buffer }): string
  /** The response to a request to sign in. */
  use(ceremony: Ceremony & { userHandle?: Buffer | null; credentialId?: Buffer; signature?: Buffer }): string
}

/** @param synchronized true for a passkey of a password manager, false for one that stays in a security key */
export function anAuthenticator({ synchronized = true, aaguid = Buffer.alloc(16) }: { synchronized?: boolean; aaguid?: Buffer } = {}): Authenticator {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credentialId = randomBytes(32)
  let handle: Buffer | null = null

  const authenticatorData = ({ relyingParty, userVerified = true, counter = 0 }: Ceremony, credential: Buffer = Buffer.alloc(0)): Buffer => {
    const flags = 0x01 | (userVerified ? 0x04 : 0) | (synchronized ? 0x18 : 0) | (credential.length > 0 ? 0x40 : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([createHash('sha256').update(relyingParty).digest(), Buffer.of(flags), count, credential])
  }
  const clientData = (type: 'webauthn.create' | 'webauthn.get', { challenge, origin }: Ceremony): Buffer =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

  return {
    credentialId,
    create(ceremony) {
      handle = ceremony.userHandle
      const length = Buffer.alloc(2)
      length.writeUInt16BE(credentialId.length)
      const credential = Buffer.concat([aaguid, length, credentialId, coseKey(publicKey)])
      const attestationObject = cborMap([
        [cborText('fmt'), cborText('none')],
        [cborText('attStmt'), cborMap([])],
        [cborText('authData'), cborBytes(authenticatorData(ceremony, credential))],
      ])
      return JSON.stringify({
        id: credentialId.toString('base64url'),
        rawId: credentialId.toString('base64url'),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          attestationObject: attestationObject.toString('base64url'),
          clientDataJSON: clientData('webauthn.create', ceremony).toString('base64url'),
          transports: ['internal'],
        },
      })
    },
    use(ceremony) {
      const id = (ceremony.credentialId ?? credentialId).toString('base64url')
      const data = authenticatorData(ceremony)
      const client = clientData('webauthn.get', ceremony)
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()])
      const userHandle = ceremony.userHandle === undefined ? handle : ceremony.userHandle
      return JSON.stringify({
        id,
        rawId: id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          authenticatorData: data.toString('base64url'),
          clientDataJSON: client.toString('base64url'),
          signature: (ceremony.signature ?? sign('sha256', signed, privateKey)).toString('base64url'),
          ...(userHandle && { userHandle: userHandle.toString('base64url') }),
        },
      })
    },
  }
}

/** An ES256 key as COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(key: KeyObject): Buffer {
  const { x = '', y = '' } = key.export({ format: 'jwk' }) as { x?: string; y?: string }
  return cborMap([
    [Buffer.of(0x01), Buffer.of(0x02)],
    [Buffer.of(0x03), Buffer.of(0x26)],
    [Buffer.of(0x20), Buffer.of(0x01)],
    [Buffer.of(0x21), cborBytes(Buffer.from(x, 'base64url'))],
    [Buffer.of(0x22), cborBytes(Buffer.from(y, 'base64url'))],
  ])
}

/** The first bytes of a CBOR value: its kind, and its length below 65,536. */
function cborHead(kind: number, length: number): Buffer {
  if (length < 24) return Buffer.of((kind << 5) | length)
  if (length < 256) return Buffer.of((kind << 5) | 24, length)
  return Buffer.of((kind << 5) | 25, length >> 8, length & 255)
}

const cborBytes = (bytes: Buffer): Buffer => Buffer.concat([cborHead(2, bytes.length), bytes])
const cborText = (text: string): Buffer => Buffer.concat([cborHead(3, text.length), Buffer.from(text)])
const cborMap = (entries: readonly (readonly [key: Buffer, value: Buffer])[]): Buffer => Buffer.concat([cborHead(5, entries.length), ...entries.flat()])
