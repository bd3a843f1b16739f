import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

// A certificate authority for one test. Node can sign but not write certificates, so the few necessary fields are encoded in DER by hand (RFC 5280 section 4.1,
// X.690).

const tlv = (tag: number, ...contents: Buffer[]): Buffer => {
  const content = Buffer.concat(contents)
  if (content.length < 128) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const digits = content.length.toString(16)
  const length = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex') // the shortest form, or Chromium refuses it
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}
const sequence = (...items: Buffer[]): Buffer => tlv(0x30, ...items)
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))
const bits = (content: Buffer): Buffer => tlv(0x03, Buffer.from([0]), content)
const octets = (content: Buffer): Buffer => tlv(0x04, content)
const utcTime = (time: Date): Buffer => tlv(0x17, Buffer.from(`${time.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
const isTrue = tlv(0x01, Buffer.from([0xff]))

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const nameOf = (commonName: string): Buffer => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(commonName)))))

interface Pair {
  publicKey: KeyObject
  privateKey: KeyObject
}

export interface Certificates {
  /** The certificate that clients must trust, as PEM. */
  authority: string
  certificate: string
  key: string
}

/** Creates one certificate for these host names, and the authority that signed it. */
export function makeCertificates(hosts: readonly string[]): Certificates {
  const authority: Pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server: Pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const alternativeNames = sequence(...hosts.map((host) => tlv(0x82, Buffer.from(host))))
  return {
    authority: issue('A test', authority.publicKey, authority.privateKey, sequence(oid('551d13'), isTrue, octets(sequence(isTrue)))),
    certificate: issue(hosts[0] as string, server.publicKey, authority.privateKey, sequence(oid('551d11'), octets(alternativeNames))),
    key: server.privateKey.export({ format: 'pem', type: 'pkcs8' }) as string,
  }
}

function issue(commonName: string, publicKey: KeyObject, signingKey: KeyObject, extension: Buffer): string {
  const [begins, ends] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 86_400_000)]
  const content = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))), // version 3
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    nameOf('A test'),
    sequence(utcTime(begins), utcTime(ends)),
    nameOf(commonName),
    publicKey.export({ format: 'der', type: 'spki' }),
    tlv(0xa3, sequence(extension)),
  )
  const signed = sequence(content, ecdsaWithSha256, bits(sign('sha256', content, signingKey)))
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
