// Decides whether revocations make a credential invalid. The server and the SDK share this code, so both refuse a token for the same reason.
// The SDK's package contains this file, so it may only import types.

/** Shown to a deactivated member (S35). The names are those of the API, because a receiver passes the fields on unchanged. */
export interface DeactivationDetails {
  deactivated_at: string
  contact: string | null
}

export interface RevocationValues {
  user: { belowEpoch: number; reason: 'membership_left' | 'user_deactivated' | 'account_suspended' | 'token_revoked' } & Partial<DeactivationDetails>
  session: { reason: 'token_revoked' }
  token: { reason: 'token_revoked' }
  key: { reason: 'token_revoked' }
  /** Refuses the client's tokens issued up to this time, in seconds. A client from the settings can be added again later (migration 0009). */
  client: { until: number; reason: 'token_revoked' }
  enabled: { epoch: number; barred?: true }
  /**
   * Why the account's earlier credentials are refused. The `user` revocation of the same change refuses them, also at a receiver that does not know this kind.
   * `barred`: the account is refused for another reason.
   */
  account: { suspended: boolean; epoch: number; suspended_at?: string; barred?: true }
  /** The role of a member now. A custom role has an id and a revision. */
  role: { epoch: number; role: string; version: number; role_id?: string; role_revision?: number }
  /** A custom role has this revision now. What an earlier one allowed counts for nothing (P10). */
  role_definition: { revision: number }
  /** The permissions and grants of an API, named by its audience, have this revision now. What an earlier one allowed counts for nothing (P10). */
  catalogue: { revision: number }
  organization: { suspended: boolean; version: number }
  /** Refuses every token that this key signed. */
  signing_key: { reason: 'token_revoked' }
}

export type RevocationKind = keyof RevocationValues

/** A revocation as it was read. A later version may have written its value. */
export interface ReadRevocation {
  kind: RevocationKind
  subject: string
  value: Readonly<Record<string, unknown>>
}

/** Orders the revocations of one subject by strength. Only the strongest is kept, so order and repetition do not matter. */
const strengths: { [K in RevocationKind]: (value: ReadRevocation['value']) => readonly number[] } = {
  user: ({ belowEpoch }) => [Number(belowEpoch)],
  role: ({ epoch, version }) => [Number(epoch), Number(version)],
  role_definition: ({ revision }) => [Number(revision)],
  catalogue: ({ revision }) => [Number(revision)],
  organization: ({ version }) => [Number(version)],
  enabled: ({ epoch }) => [Number(epoch)],
  account: ({ epoch, suspended }) => [Number(epoch), suspended === true ? 0 : 1], // resuming raises no epoch
  client: ({ until }) => [Number(until)],
  session: () => [0],
  token: () => [0],
  key: () => [0],
  signing_key: () => [0],
}

export const isRevocationKind = (kind: string): kind is RevocationKind => Object.hasOwn(strengths, kind)

/** False for a kind or a value of a later version that this version does not know. */
export const isReadable = ({ kind, value }: { kind: string; value: ReadRevocation['value'] }): boolean =>
  isRevocationKind(kind) && strengths[kind](value).every(Number.isFinite)

/** Compares two readable revocations of the same kind and subject. */
export function isStronger({ kind, value }: ReadRevocation, than: ReadRevocation): boolean {
  const [ours, theirs] = [strengths[kind](value), strengths[kind](than.value)]
  const place = ours.findIndex((one, index) => one !== theirs[index])
  return place !== -1 && (ours[place] as number) > (theirs[place] as number)
}

/** The revocations a process knows, in memory. */
export interface KnownRevocations {
  /** The strongest revocation of this subject. */
  strongest(kind: RevocationKind, subject: string): { readonly value: Readonly<Record<string, unknown>> } | undefined
}

/** The fields of a credential that revocations refer to. */
export interface RevocableCredential {
  sub: string
  epoch: number
  /** Null: an account without a username, or a client. */
  organizationId: string | null
  organization: string | null
  sessionId: string | null
  /** The API key. Null: an access token. */
  keyId: string | null
  /** The access token's `jti`. Null: an API key. */
  tokenId: string | null
  clientId: string | null
  /** Seconds since 1970. Null: an API key. */
  issuedAt: number | null
  /** The key that signed the token. Omitted by a verifier that drops the tokens of a withdrawn key instead. */
  signingKeyId?: string
}

export type RevocationRefusal = 'invalid_token' | 'token_revoked' | 'account_suspended' | 'user_deactivated' | 'organization_suspended' | 'membership_left'

export interface RefusedCredential {
  code: RevocationRefusal
  detail?: string
  /** Additional members of the problem: the organization, the contact. */
  extensions?: Record<string, unknown>
}

/**
 * Why a genuine credential is refused by the known revocations, or null: steps 3 to 7 of S36, without a request or a query. A revoked credential stays
 * revoked even if later events are missing here. A suspension can be lifted, so it counts only if `isCurrent`: if no event is missing.
 */
export function refusalByRevocations(known: KnownRevocations, credential: RevocableCredential, isCurrent: boolean): RefusedCredential | null {
  const { sub, epoch, organizationId, sessionId, keyId, tokenId, signingKeyId } = credential
  if (signingKeyId !== undefined && known.strongest('signing_key', signingKeyId)) return { code: 'invalid_token' }
  if (
    (tokenId !== null && known.strongest('token', tokenId)) ||
    (sessionId !== null && known.strongest('session', sessionId)) ||
    (keyId !== null && known.strongest('key', keyId)) ||
    isClientRevoked(known, credential)
  ) {
    return { code: 'token_revoked' }
  }
  const user = known.strongest('user', sub)?.value
  const isBelowEpoch = user !== undefined && epoch < Number(user.belowEpoch)
  const account = isBelowEpoch ? known.strongest('account', sub)?.value : undefined
  if (account?.suspended === true) {
    return { code: 'account_suspended', ...(typeof account.suspended_at === 'string' && { extensions: { suspended_at: account.suspended_at } }) }
  }
  if (isBelowEpoch && user.reason === 'user_deactivated') {
    // After a reactivation, earlier credentials stay invalid (S33), but for another reason.
    const isReactivated = Number(known.strongest('enabled', sub)?.value.epoch ?? -1) >= Number(user.belowEpoch)
    if (!isReactivated) return deactivated(credential, user)
  }
  if (isCurrent && organizationId !== null && known.strongest('organization', organizationId)?.value.suspended === true) {
    return { code: 'organization_suspended' }
  }
  if (isBelowEpoch) return { code: user.reason === 'membership_left' && organizationId !== null ? 'membership_left' : 'token_revoked' }
  return null
}

/** True if the client was removed after the credential was issued to it. */
export function isClientRevoked(known: KnownRevocations, { clientId, issuedAt }: Pick<RevocableCredential, 'clientId' | 'issuedAt'>): boolean {
  const removed = clientId === null ? undefined : known.strongest('client', clientId)?.value
  return removed !== undefined && (issuedAt === null || issuedAt <= Number(removed.until))
}

/**
 * True for a credential of an earlier epoch whose holder still has access, as after their role was lowered (P11). Tokens have ended, and a key may have the new
 * epoch: only the issuer knows.
 */
export function mayHaveNewEpoch(known: KnownRevocations, { sub, epoch, keyId }: Pick<RevocableCredential, 'sub' | 'epoch' | 'keyId'>): boolean {
  const user = keyId === null ? undefined : known.strongest('user', sub)?.value
  return user?.reason === 'token_revoked' && epoch < Number(user.belowEpoch)
}

/** The role that a credential names. A later version may know other roles. */
export interface CredentialRole {
  role: string | null
  /** Of a custom role. */
  roleId: string | null
  /** The revision of a custom role that the permissions of the credential are from. */
  roleRevision: number | null
}

/**
 * The member's current role, and the revision that it has now if it is a custom one. A change takes effect at once, although the token contains the earlier role
 * (S32, P10). Only valid if no event is missing.
 */
export function roleByRevocations(known: KnownRevocations, credential: Pick<RevocableCredential, 'sub' | 'epoch'> & CredentialRole): CredentialRole {
  const change = credential.role === null ? undefined : known.strongest('role', credential.sub)?.value
  const counts = change !== undefined && change.epoch === credential.epoch
  const held = counts ? { role: String(change.role), roleId: textOrNull(change.role_id), roleRevision: numberOrNull(change.role_revision) } : credential
  if (held.roleId === null) return held
  // The highest that is known. An entry for the member may be older than the token.
  const ofCredential = held.roleId === credential.roleId ? credential.roleRevision : null
  const ofRole = numberOrNull(known.strongest('role_definition', held.roleId)?.value.revision)
  return { role: held.role, roleId: held.roleId, roleRevision: Math.max(held.roleRevision ?? 0, ofCredential ?? 0, ofRole ?? 0) }
}

/** The revision of an API's permissions and grants, as far as it is known. Null: it has not changed for as long as a token lives. */
export const catalogueByRevocations = (known: KnownRevocations, audience: string): number | null =>
  numberOrNull(known.strongest('catalogue', audience)?.value.revision)

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)
const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** The detail of the 401 for a deactivated member (S35). */
export function deactivatedDetail(organization: string, { deactivated_at: since, contact }: Partial<DeactivationDetails>): string {
  const day = since === undefined ? '' : ` on ${since.slice(0, 10)}`
  const whom = contact ? ` Ask ${contact} to reactivate it.` : ''
  return `Your account was deactivated in ${organization}${day}.${whom}`
}

/** The details of S35 that the token and the event contain. */
function deactivated(
  { organizationId, organization }: Pick<RevocableCredential, 'organizationId' | 'organization'>,
  value: Readonly<Record<string, unknown>>,
): RefusedCredential {
  const details: Partial<DeactivationDetails> = {
    ...(typeof value.deactivated_at === 'string' && { deactivated_at: value.deactivated_at }),
    ...((typeof value.contact === 'string' || value.contact === null) && { contact: value.contact }),
  }
  return {
    code: 'user_deactivated',
    ...(organization !== null && { detail: deactivatedDetail(organization, details) }),
    extensions: { ...(organizationId !== null && { organization: { id: organizationId, name: organization } }), ...details },
  }
}
