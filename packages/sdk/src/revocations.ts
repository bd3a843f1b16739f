import type { TokenClaims } from './claims.ts'
import { TokenRefused } from './errors.ts'

const kinds = ['user', 'session', 'token', 'key', 'client', 'enabled', 'role', 'organization'] as const
type Kind = (typeof kinds)[number]

/** What ended or is different, as the issuer's signed events carry it. */
export interface Revocation {
  kind: Kind
  subject: string
  value: Readonly<Record<string, unknown>>
  /** Seconds since 1970: from then on no token lives that it is about. */
  expiresAt: number
}

/** Clocks differ: what has run out here may be live for who has another idea of the time. */
const GRACE_SECONDS = 300
const SWEEP_SECONDS = 600

/** The larger, the more it says. Of one subject only what says most is kept, so order and repetition do not matter. */
const strength: Record<Kind, (value: Revocation['value']) => readonly [number, number]> = {
  user: ({ belowEpoch }) => [Number(belowEpoch), 0],
  role: ({ epoch, version }) => [Number(epoch), Number(version)],
  organization: ({ version }) => [Number(version), 0],
  enabled: ({ epoch }) => [Number(epoch), 0],
  client: ({ until }) => [Number(until), 0],
  session: () => [0, 0],
  token: () => [0, 0],
  key: () => [0, 0],
}

/** The id of a key that the issuer withdrew, when the row says that. */
export function withdrawnKeyOf(row: unknown): string | null {
  const { kind, subject } = (row ?? {}) as Record<string, unknown>
  return kind === 'signing_key' && typeof subject === 'string' ? subject : null
}

/** Null: of a kind that came later than this, which says nothing of tokens as they are known here. @throws when it cannot be read: it may be what matters */
export function revocationOf(row: unknown): Revocation | null {
  const { kind, subject, value, expires_at: expiresAt } = (row ?? {}) as Record<string, unknown>
  if (typeof kind === 'string' && typeof subject === 'string' && typeof value === 'object' && value !== null && typeof expiresAt === 'number') {
    if (!kinds.includes(kind as Kind)) return null
    const revocation: Revocation = { kind: kind as Kind, subject, value: value as Revocation['value'], expiresAt }
    if (strength[revocation.kind](revocation.value).every(Number.isFinite)) return revocation
  }
  throw new Error(`A revocation cannot be read (kind: ${String(kind).slice(0, 40)}).`)
}

/** All that ended and can still matter, in memory. Bounded by what was taken away within the longest life of a token. */
export class Revocations {
  readonly #all: Record<Kind, Map<string, Revocation>> = {
    user: new Map(),
    session: new Map(),
    token: new Map(),
    key: new Map(),
    client: new Map(),
    enabled: new Map(),
    role: new Map(),
    organization: new Map(),
  }
  #sweptAt = 0

  get size(): number {
    return kinds.reduce((sum, kind) => sum + this.#all[kind].size, 0)
  }

  apply(revocation: Revocation, nowSeconds: number): void {
    if (nowSeconds - this.#sweptAt >= SWEEP_SECONDS || nowSeconds < this.#sweptAt) this.sweep(nowSeconds)
    const of = this.#all[revocation.kind]
    const known = of.get(revocation.subject)
    if (!known || saysMore(revocation, known)) of.set(revocation.subject, revocation)
    // Said again it may last longer.
    else if (revocation.expiresAt > known.expiresAt) of.set(revocation.subject, { ...known, expiresAt: revocation.expiresAt })
  }

  /** Forgets what no token lives for. */
  sweep(nowSeconds: number): void {
    this.#sweptAt = nowSeconds
    for (const kind of kinds) {
      for (const [subject, { expiresAt }] of this.#all[kind]) {
        if (expiresAt + GRACE_SECONDS < nowSeconds) this.#all[kind].delete(subject)
      }
    }
  }

  /**
   * The order of S36, steps 3 to 6: the first that applies is told. What has ended stays so whatever is not known here; a suspension counts only while
   * all is known. @throws TokenRefused
   */
  requireStanding({ tokenId, sessionId, keyId, clientId, issuedAt, sub, epoch, organizationId, organization }: TokenClaims, isCurrent: boolean): void {
    const all = this.#all
    if ((tokenId !== null && all.token.has(tokenId)) || (sessionId !== null && all.session.has(sessionId)) || (keyId !== null && all.key.has(keyId))) {
      throw new TokenRefused('token_revoked')
    }
    const removed = clientId === null ? undefined : all.client.get(clientId)?.value
    if (removed !== undefined && (issuedAt === null || issuedAt <= Number(removed.until))) throw new TokenRefused('token_revoked')
    const user = all.user.get(sub)?.value
    const dead = user !== undefined && epoch < Number(user.belowEpoch)
    // Reactivation makes nothing alive again, but the reason is another one then.
    const reactivated = dead && Number(all.enabled.get(sub)?.value.epoch ?? -1) >= Number(user.belowEpoch)
    if (dead && user.reason === 'user_deactivated' && !reactivated) throw deactivated(user, organizationId, organization)
    if (isCurrent && organizationId !== null && all.organization.get(organizationId)?.value.suspended === true) throw new TokenRefused('organization_suspended')
    if (dead) throw new TokenRefused(user.reason === 'membership_left' && organizationId !== null ? 'membership_left' : 'token_revoked')
  }

  /** The role that counts now (S32), while all is known. */
  roleOf({ sub, epoch, role }: TokenClaims): TokenClaims['role'] {
    const change = this.#all.role.get(sub)?.value
    return change && change.epoch === epoch && role !== null ? (change.role as TokenClaims['role']) : role
  }
}

function saysMore(one: Revocation, other: Revocation): boolean {
  const [first, second] = strength[one.kind](one.value)
  const [otherFirst, otherSecond] = strength[other.kind](other.value)
  return first > otherFirst || (first === otherFirst && second > otherSecond)
}

/** As much of S35 as is known here: the organization from the token, since when and whom to ask from the event where it says so. */
function deactivated({ deactivated_at: since, contact }: Revocation['value'], organizationId: string | null, organization: string | null): TokenRefused {
  const day = typeof since === 'string' ? ` on ${since.slice(0, 10)}` : ''
  const whom = typeof contact === 'string' ? ` Ask ${contact} to reactivate it.` : ''
  const detail = organization === null ? undefined : `Your account was deactivated in ${organization}${day}.${whom}`
  return new TokenRefused('user_deactivated', detail, {
    ...(organizationId !== null && { organization: { id: organizationId, name: organization } }),
    ...(typeof since === 'string' && { deactivated_at: since }),
    ...(contact !== undefined && { contact }),
  })
}
