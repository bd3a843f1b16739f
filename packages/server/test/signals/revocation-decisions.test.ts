import {
  type CredentialRole,
  isClientRevoked,
  type KnownRevocations,
  type ReadRevocation,
  type RevocableCredential,
  type RevocationRefusal,
  refusalByRevocations,
  roleByRevocations,
} from '@muster/contract/revocation.ts'
import { Revocations } from '@muster/sdk/revocations.ts'
import { RevocationLog } from '@muster/server/signals/revocation-log.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

// A server process and the SDK keep revocations in two forms. Both must refuse the same credentials, for the same reason, in any order of arrival.

const HOUR = 3_600_000
const subjects = (prefix: string): fc.Arbitrary<string> => fc.integer({ min: 0, max: 2 }).map((n) => `${prefix}_${n}`)
const small = fc.integer({ min: 0, max: 3 })
const reason = fc.constant('token_revoked' as const)
const of = (kind: ReadRevocation['kind'], subject: fc.Arbitrary<string>, value: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<ReadRevocation> =>
  fc.record({ kind: fc.constant(kind), subject, value })

// What is written once for each epoch or version has one value: the database counts them.
const details = { deactivated_at: '2026-01-02T03:04:05.000Z', contact: 'ada' }
const roleOfVersion = [
  { role: 'admin' },
  { role: 'custom', role_id: 'role_1', role_revision: 1 },
  { role: 'viewer' },
  { role: 'custom', role_id: 'role_1', role_revision: 2 },
]
const reasons = ['membership_left', 'user_deactivated', 'token_revoked', 'user_deactivated'] as const
const revocation: fc.Arbitrary<ReadRevocation> = fc.oneof(
  of(
    'user',
    subjects('usr'),
    small.map((belowEpoch) => ({ belowEpoch, reason: reasons[belowEpoch], ...(belowEpoch === 3 && details) })),
  ),
  of('enabled', subjects('usr'), fc.record({ epoch: small })),
  of('account', subjects('usr'), fc.record({ epoch: small, suspended: fc.boolean() })),
  of(
    'role',
    subjects('usr'),
    fc.record({ epoch: small, version: small }).map(({ epoch, version }) => ({ epoch, version, ...roleOfVersion[version] })),
  ),
  of('role_definition', subjects('role'), fc.record({ revision: small })),
  of(
    'organization',
    subjects('org'),
    small.map((version) => ({ version, suspended: version % 2 === 1 })),
  ),
  of('client', subjects('cli'), fc.record({ until: small, reason })),
  ...(['session', 'token', 'key'] as const).map((kind) => of(kind, subjects(kind), fc.record({ reason }))),
)

const heldRole: fc.Arbitrary<CredentialRole> = fc.oneof(
  fc.constantFrom('admin', 'member', null).map((role) => ({ role, roleId: null, roleRevision: null })),
  fc.record({ role: fc.constant('custom'), roleId: subjects('role'), roleRevision: small }),
)
const credentialAlone: fc.Arbitrary<RevocableCredential> = fc.record({
  sub: subjects('usr'),
  epoch: small,
  organizationId: fc.option(subjects('org')),
  organization: fc.constantFrom('acme', null),
  sessionId: fc.option(subjects('session')),
  keyId: fc.option(subjects('key')),
  tokenId: fc.option(subjects('token')),
  clientId: fc.option(subjects('cli')),
  issuedAt: fc.option(small),
})
const credential = fc.tuple(credentialAlone, heldRole).map(([alone, role]) => ({ ...alone, ...role }))

/** A second reading of S36, steps 3 to 7, from all revocations and not only the strongest. */
function expected(all: readonly ReadRevocation[], credential: RevocableCredential, isCurrent: boolean): RevocationRefusal | null {
  const about = (kind: ReadRevocation['kind'], subject: string | null): any[] =>
    all.filter((one) => one.kind === kind && one.subject === subject).map(({ value }) => value)
  const last = (values: any[], field: string): any => values.toSorted((one, other) => one[field] - other[field]).at(-1)
  const { sub, epoch, organizationId, sessionId, keyId, tokenId, clientId, issuedAt } = credential
  const ended = [about('token', tokenId), about('session', sessionId), about('key', keyId)].some((values) => values.length > 0)
  if (ended || about('client', clientId).some(({ until }) => issuedAt === null || issuedAt <= until)) return 'token_revoked'
  const user = last(about('user', sub), 'belowEpoch')
  const isEnded = user !== undefined && epoch < user.belowEpoch
  const suspensions = about('account', sub).filter((one, _, all) => one.epoch === last(all, 'epoch').epoch)
  if (isEnded && suspensions.length > 0 && suspensions.every(({ suspended }) => suspended)) return 'account_suspended'
  if (isEnded && user.reason === 'user_deactivated' && !about('enabled', sub).some((value) => value.epoch >= user.belowEpoch)) return 'user_deactivated'
  if (isCurrent && organizationId !== null && last(about('organization', organizationId), 'version')?.suspended) return 'organization_suspended'
  if (!isEnded) return null
  return user.reason === 'membership_left' && organizationId !== null ? 'membership_left' : 'token_revoked'
}

/** A second reading of P10: the newest role of the member, and the highest revision of a custom role that anything names. */
function expectedRole(all: readonly ReadRevocation[], { sub, epoch, role, roleId, roleRevision }: RevocableCredential & CredentialRole): CredentialRole {
  if (role === null) return { role, roleId, roleRevision }
  const newest = all
    .filter(({ kind, subject }) => kind === 'role' && subject === sub)
    .map(({ value }) => value as { epoch: number; version: number; role: string; role_id?: string; role_revision?: number })
    .toSorted((one, other) => one.epoch - other.epoch || one.version - other.version)
    .at(-1)
  const held =
    newest?.epoch === epoch ? { role: newest.role, roleId: newest.role_id ?? null, roleRevision: newest.role_revision ?? null } : { role, roleId, roleRevision }
  if (held.roleId === null) return held
  const edits = all.filter(({ kind, subject }) => kind === 'role_definition' && subject === held.roleId).map(({ value }) => Number(value.revision))
  return { ...held, roleRevision: Math.max(held.roleRevision ?? 0, held.roleId === roleId ? (roleRevision ?? 0) : 0, ...edits) }
}

function inServer(all: readonly ReadRevocation[]): KnownRevocations {
  const log = new RevocationLog()
  for (const [n, one] of all.entries()) {
    const id = BigInt(n + 1)
    log.add({ ...one, value: { ...one.value }, id, xid: id, at: new Date(), expiresAt: new Date(Date.now() + HOUR), awaited: n % 3 === 0 })
  }
  log.tidy()
  return log
}

function inSdk(all: readonly ReadRevocation[]): KnownRevocations {
  const revocations = new Revocations()
  const now = Math.floor(Date.now() / 1_000)
  for (const one of all) revocations.apply({ ...one, expiresAt: now + 3_600 }, now)
  return revocations
}

describe('a server process and the SDK, given the same revocations', () => {
  const arrivals = fc
    .array(revocation, { maxLength: 25 })
    .chain((all) =>
      fc.record({ server: fc.shuffledSubarray(all, { minLength: all.length }), sdk: fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }) }),
    )

  test('refuse a credential for the same reason, which is the one of S36', () => {
    fc.assert(
      fc.property(arrivals, credential, fc.boolean(), ({ server, sdk }, one, isCurrent) => {
        const refusal = refusalByRevocations(inServer(server), one, isCurrent)
        expect(refusal?.code ?? null).toBe(expected(server, one, isCurrent))
        expect(refusalByRevocations(inSdk(sdk), one, isCurrent)).toEqual(refusal)
      }),
      { numRuns: 3_000 },
    )
  })

  test('give a credential the role of P10, and the same end of its client', () => {
    fc.assert(
      fc.property(arrivals, credential, ({ server, sdk }, one) => {
        const [ours, theirs] = [inServer(server), inSdk(sdk)]
        const { role, roleId, roleRevision } = roleByRevocations(ours, one)
        expect({ role, roleId, roleRevision }).toEqual(expectedRole(server, one))
        expect(roleByRevocations(theirs, one)).toEqual(roleByRevocations(ours, one))
        expect(isClientRevoked(theirs, one)).toBe(isClientRevoked(ours, one))
      }),
      { numRuns: 1_000 },
    )
  })

  test('name the organization, time and contact for a deactivated member (S35)', () => {
    const deactivation: ReadRevocation = { kind: 'user', subject: 'usr_1', value: { belowEpoch: 2, reason: 'user_deactivated', ...details } }
    const one = {
      ...fc.sample(credential, 1)[0],
      sub: 'usr_1',
      epoch: 1,
      organizationId: 'org_1',
      organization: 'acme',
      sessionId: null,
    } as RevocableCredential
    for (const known of [inServer([deactivation]), inSdk([deactivation])]) {
      expect(refusalByRevocations(known, one, true)).toEqual({
        code: 'user_deactivated',
        detail: 'Your account was deactivated in acme on 2026-01-02. Ask ada to reactivate it.',
        extensions: { organization: { id: 'org_1', name: 'acme' }, ...details },
      })
    }
  })
})
