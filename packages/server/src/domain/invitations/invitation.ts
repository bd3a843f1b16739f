import type { DomainEvents, InvitationKind } from '@muster/contract/events.ts'
import { type InvitationId, isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import { requirePerson } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { requireMultiUser } from '../command/seats.ts'
import { together } from '../command/together.ts'
import type { Account } from '../model/account.ts'
import { newId } from '../model/id.ts'
import type { Invitation, InvitationState, Inviter } from '../model/invitation.ts'
import type { Actor } from '../model/live.ts'
import { base62, formatToken, parseToken, type TokenPrefix } from '../model/opaque-token.ts'
import type { Organization } from '../model/organization.ts'
import type { Origin } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type HeldRole, roleOfEvent } from '../model/role.ts'
import { type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import { findRole } from '../roles/find-role.ts'
import { isStillGiven, isStillGivenBy, notGivenNow, requireMayGrant, requireRoleKnown } from '../roles/grant.ts'
import type { Tx } from '../store.ts'

const DAY = 86_400
/** In seconds, by the database's clock, without tolerance (S16). */
export const invitationLifetimes: Record<InvitationKind, number> = { secret: DAY, link: DAY, email: 7 * DAY }

/** The prefix names the kind, for people and for secret scanners. */
const prefixes = { secret: 'muster_os', link: 'muster_il', email: 'muster_ei' } as const satisfies Record<InvitationKind, TokenPrefix>

/** What a token is made of. */
type MadeInvitation = Pick<Invitation, 'id' | 'version' | 'kind' | 'keyGeneration'>

/** Nothing secret is stored. The token is derived from id, version and an HMAC whenever it is shown (S18). */
export function invitationToken(keys: SecretKeys, { id, version, kind, keyGeneration }: MadeInvitation): string {
  return formatToken(prefixes[kind], `${id.slice(4)}_${version}_${tokenMac(keys.of(keyGeneration), id, version, kind)}`)
}

/** The token in a pasted link, secret or command. Undefined if there is none. */
export const invitationTokenIn = (text: string): string | undefined => /muster_(?:os|il|ei)_[0-9A-Za-z_]+/.exec(text)?.[0] ?? (text.trim() || undefined)

/** The path of a link. The page moves the token into a cookie, so that it appears in no other URL. */
export const joinPath = (token: string): string => `/join?token=${token}`

export const invitationPath = (keys: SecretKeys, invitation: MadeInvitation): string => joinPath(invitationToken(keys, invitation))

// 160 bits of an HMAC: impossible to guess, and short enough to paste.
const tokenMac = (key: RootKey, id: string, version: number, kind: InvitationKind): string =>
  base62(key.mac('invitation', id, version, kind).subarray(0, 20)).padStart(27, '0')

/**
 * Finds the invitation by the id in the token and compares the token in constant time (S18).
 * @throws Problem invitation_not_found if the token is not genuine or was replaced
 */
export async function findByToken(tx: Tx, keys: SecretKeys, token: string): Promise<Invitation> {
  const typed = token.trim()
  const prefix = Object.values(prefixes).find((one) => typed.startsWith(`${one}_`))
  const [suffix = '', version = '', mac = ''] = (prefix && parseToken(prefix, typed)?.split('_')) ?? []
  const id = `inv_${suffix}`
  const invitation = isId('invitation', id) ? await tx.invitations.find(id) : null
  if (!invitation || prefixes[invitation.kind] !== prefix) throw new Problem('invitation_not_found')
  const key = keys.find(invitation.keyGeneration)
  const genuine = key !== null && sameBytes(Buffer.from(mac), Buffer.from(tokenMac(key, invitation.id, invitation.version, invitation.kind)))
  if (!genuine || Number(version) !== invitation.version) throw new Problem('invitation_not_found')
  return invitation
}

/** A wrong token is counted by address. A valid one always passes: it cannot be guessed, and its holder may share an address with a stranger. */
export async function countingWrongTokens<T>(limits: Pick<Limits, 'spend'>, { address }: Origin, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.code === 'invitation_not_found') await limits.spend('invitation token by address', address)
    throw error
  }
}

/** Why an invitation cannot be accepted, or null. `now` is the database's time. */
export function invitationFault({ state, expiresAt }: Pick<Invitation, 'state' | 'expiresAt'>, now: Date): ProblemCode | null {
  const faults = {
    open: null,
    accepted: 'invitation_used',
    declined: 'invitation_declined',
    revoked: 'invitation_revoked',
    expired: 'invitation_expired',
  } as const
  return faults[state] ?? (expiresAt <= now ? 'invitation_expired' : null)
}

export const inviterOf = async (tx: Tx, { createdBy }: Pick<Invitation, 'createdBy'>): Promise<Inviter> => {
  const account = await tx.accounts.find(createdBy)
  return { username: account?.username ?? '', name: account ? `${account.givenName} ${account.familyName}`.trim() : '' }
}

export interface Preview {
  invitation: Invitation
  organization: Organization
  inviter: Inviter
}

/**
 * Shows the invitation behind a token. No login is needed, and nothing changes (S5, S17).
 * @throws Problem with the reason why the invitation cannot be accepted
 */
export async function previewInvitation(tx: Tx, keys: SecretKeys, token: string): Promise<Preview> {
  const invitation = await findByToken(tx, keys, token)
  await requireOpen(tx, invitation)
  const found = await tx.organizations.find(invitation.organizationId)
  if (!found) throw new Problem('invitation_not_found')
  if (found.organization.suspendedAt) throw new Problem('organization_suspended')
  return { invitation, organization: found.organization, inviter: await inviterOf(tx, invitation) }
}

/** @throws Problem with the reason why it can no longer be accepted */
export async function requireOpen(tx: Tx, invitation: Invitation): Promise<void> {
  refuseUnlessOpen(invitation, await tx.now())
  if (!(await isStillGiven(tx, invitation))) throw notGivenNow()
}

/** At a time that was read from the database. @throws Problem with the reason why it can no longer be accepted */
export function refuseUnlessOpen(invitation: Invitation, now: Date): void {
  const fault = invitationFault(invitation, now)
  if (fault) throw new Problem(fault)
}

/** An email invitation is for the owner of the address only (S8). The address of an account is always verified. */
export function isFor({ kind, emailCanonical }: Pick<Invitation, 'kind' | 'emailCanonical'>, account: Pick<Account, 'emailCanonical'>): boolean {
  return kind !== 'email' || emailCanonical === account.emailCanonical
}

/** @throws Problem invitation_wrong_address with both addresses, the invited one masked (S8) */
export function requireAddress(invitation: Invitation, account: Pick<Account, 'email' | 'emailCanonical'>): void {
  if (isFor(invitation, account)) return
  const invited = maskedAddress(invitation.email ?? '')
  throw new Problem('invitation_wrong_address', `It was sent to ${invited}. You are logged in as ${account.email}.`, {
    extensions: { invited, yours: account.email },
  })
}

/** Enough for the owner to recognize the address, and too little to write to it: `b•••@example.com`. */
export function maskedAddress(email: string): string {
  const at = email.lastIndexOf('@')
  return `${[...email.slice(0, at)][0] ?? ''}•••${email.slice(at)}`
}

/**
 * Accepts the invitation for this user in one statement, so that only one of two concurrent callers succeeds (S14). The caller has locked its organization, so
 * that neither the inviter's role nor a definition changes meanwhile.
 * @throws Problem with the reason why it could not be accepted
 */
export async function consumeInvitation(
  { tx, record }: Context,
  { id, version, organizationId, createdBy }: Pick<Invitation, 'id' | 'version' | 'organizationId' | 'createdBy'>,
  userId: UserId,
): Promise<Invitation> {
  const [taken, inviter] = await together(tx.invitations.accept(id, version, userId), tx.memberships.member(organizationId, createdBy))
  if (!taken) throw await whyNotTaken(tx, { id, version })
  if (!(await isStillGivenBy(tx, inviter, taken))) throw notGivenNow()
  await record({ type: 'invitation.accepted', target: id, organizationId: taken.organizationId, userId })
  return taken
}

export interface CreatedSecret extends HeldRole {
  id: InvitationId
  kind: 'secret' | 'link'
  /** The token, to paste or as part of a link. */
  secret: string
  createdAt: string
  expiresAt: string
}

/** Creates a single-use organization secret or invite link. Its holder may join, once, within 24 hours. */
export async function createSecret(
  context: Context,
  { organization: reference, role: asked, kind = 'secret' }: { organization: string; role: string; kind?: 'secret' | 'link' },
): Promise<CreatedSecret> {
  const { actor, organization } = await context.enterShared(reference, 'invitations:create')
  const { userId } = requirePerson(actor)
  const role = await findRole(context.tx, organization.id, asked)
  await requireMayInvite(context, actor, role)
  return makeSecret(context, organization, { kind, role, createdBy: userId })
}

/** For a command that has locked the organization and checked the permission to invite. */
export async function requireMayInvite(context: Context, actor: Actor, role: HeldRole): Promise<void> {
  await requireMayGrant(context.tx, actor, role)
  await requireRoleKnown(context.tx, role)
  if (role.role === 'admin') await requireRecentCaller(context, 'members:promote')
}

/** For a command that has locked the organization and checked the permission. */
export async function makeSecret(
  context: Context,
  organization: Organization,
  { kind, role, createdBy }: { kind: 'secret' | 'link'; role: HeldRole; createdBy: UserId },
): Promise<CreatedSecret> {
  const { tx, keys, record } = context
  requireMultiUser(context, organization)
  const { id: organizationId } = organization
  const invitation = await tx.invitations.insert({
    id: newId('invitation'),
    organizationId,
    kind,
    ...role,
    createdBy,
    lifetimeSeconds: invitationLifetimes[kind],
  })
  const expiresAt = invitation.expiresAt.toISOString()
  await record({ type: 'invitation.created', target: invitation.id, organizationId, kind, ...roleOfEvent(role), expiresAt })
  return { id: invitation.id, kind, ...role, secret: invitationToken(keys, invitation), createdAt: invitation.createdAt.toISOString(), expiresAt }
}

/**
 * An invitation of the caller's organization. Another organization's does not exist (B01).
 * @throws Problem invitation_not_found, with the next step for an admin
 */
export async function invitationOf({ invitations }: Pick<Tx, 'invitations'>, organizationId: OrganizationId, id: string): Promise<Invitation> {
  const invitation = isId('invitation', id) ? await invitations.find(id) : null
  if (invitation?.organizationId !== organizationId)
    throw new Problem('invitation_not_found', undefined, { extensions: { next: 'List them.', command: 'muster invitation list' } })
  return invitation
}

/** Revokes an invitation. Of a concurrent accept and revoke, the first commit wins (S15). Revoking a revoked or expired invitation changes nothing. */
export async function revokeInvitation(
  context: Context,
  { organization: reference, id }: { organization: string; id: string },
): Promise<{ state: InvitationState }> {
  const { tx, enter } = context
  const { organization } = await enter(reference, 'invitations:revoke')
  const invitation = await invitationOf(tx, organization.id, id)
  if (await tx.invitations.revoke(invitation.id)) {
    await revokeInvitations(context, organization.id, [invitation.id], 'revoked')
    return { state: 'revoked' }
  }
  const now = await tx.invitations.find(invitation.id)
  if (now?.state === 'accepted') throw new Problem('already_accepted')
  const state = now?.state ?? invitation.state
  return { state: state === 'open' ? 'expired' : state } // still open but not revocable: it has expired
}

/** Declines the invitation for everyone who holds it (S20). Declining again changes nothing. */
export async function declineInvitation(context: Context, { token }: { token: string }): Promise<{ state: 'declined' }> {
  const { account } = await context.account({ unregistered: true })
  const invitation = await findByToken(context.tx, context.keys, token)
  context.attempt({ attempted: 'invitations:decline', organizationId: invitation.organizationId, target: invitation.id })
  if (invitation.state === 'declined') return { state: 'declined' }
  await requireOpen(context.tx, invitation)
  requireAddress(invitation, account)
  return finishDeclined(context, invitation, account.id)
}

/** Part of a decline by any kind of session. One statement, so that a concurrent accept either succeeds or fails as a whole. */
export async function finishDeclined({ tx, record }: Context, { id, version, organizationId }: Invitation, userId: UserId): Promise<{ state: 'declined' }> {
  if (await tx.invitations.decline(id, version)) {
    await record({ type: 'invitation.declined', target: id, organizationId, userId })
    return { state: 'declined' }
  }
  throw await whyNotTaken(tx, { id, version })
}

/** The invitation was accepted, ended or resent meanwhile. */
async function whyNotTaken(tx: Tx, { id, version }: Pick<Invitation, 'id' | 'version'>): Promise<Problem> {
  const now = await tx.invitations.find(id)
  return new Problem((now?.version === version && invitationFault(now, await tx.now())) || 'invitation_not_found')
}

/** Records the invitations that a statement has revoked. */
export async function revokeInvitations(
  { record }: Context,
  organizationId: OrganizationId,
  ids: readonly InvitationId[],
  cause: DomainEvents['invitation.revoked']['cause'],
): Promise<void> {
  for (const target of ids) await record({ type: 'invitation.revoked', target, organizationId, cause })
}
