import type { DomainEvents, InvitationKind } from '@muster/contract/events.ts'
import { type InvitationId, isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Context } from './execute.ts'
import { newId } from './id.ts'
import { base62, dressToken, undressToken } from './opaque-token.ts'
import { requireMultiUser } from './plan.ts'
import { Problem } from './problem.ts'
import { type SecretKeys, sameBytes } from './secret-keys.ts'
import type { Tx } from './store.ts'

export type InvitationState = 'open' | 'accepted' | 'declined' | 'revoked' | 'expired'

export interface Invitation {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  state: InvitationState
  role: Role
  /** Raised by a resend, which makes every older token of it worthless (S18). */
  version: number
  createdBy: UserId
  createdAt: Date
  expiresAt: Date
  acceptedBy: UserId | null
}

const DAY = 86_400
/** In seconds, by the database's clock, without grace (S16). */
export const invitationLifetimes: Record<InvitationKind, number> = { secret: DAY, link: DAY, email: 7 * DAY }

/** Nothing secret is stored: the token is made anew from id, version and an HMAC whenever it is shown (S18). */
export function invitationToken(keys: SecretKeys, { id, version, kind }: Pick<Invitation, 'id' | 'version' | 'kind'>): string {
  return dressToken('muster_os', `${id.slice(4)}_${version}_${tokenMac(keys, id, version, kind)}`)
}

// 160 bits of an HMAC: not to be guessed, and short enough to be pasted.
const tokenMac = (keys: SecretKeys, id: string, version: number, kind: InvitationKind): string =>
  base62(keys.mac('invitation', id, version, kind).subarray(0, 20)).padStart(27, '0')

/** Looks the token up by its id and compares in constant time (S18). @throws Problem invitation_not_found when it was not made here, or another has replaced it */
export async function findByToken(tx: Tx, keys: SecretKeys, token: string): Promise<Invitation> {
  const [suffix = '', version = '', mac = ''] = undressToken('muster_os', token.trim())?.split('_') ?? []
  const id = `inv_${suffix}`
  const invitation = isId('invitation', id) ? await tx.invitations.find(id) : null
  if (!invitation) throw new Problem('invitation_not_found')
  const genuine = sameBytes(Buffer.from(mac), Buffer.from(tokenMac(keys, invitation.id, invitation.version, invitation.kind)))
  if (!genuine || Number(version) !== invitation.version) throw new Problem('invitation_not_found')
  return invitation
}

/** Why an invitation cannot be accepted, or null. `now` is the database's. */
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

/** What a token leads to, without taking it: no login needed, nothing changes (S5, S17). */
export async function previewInvitation(tx: Tx, keys: SecretKeys, token: string): Promise<{ invitation: Invitation; organizationName: string }> {
  const invitation = await findByToken(tx, keys, token)
  const fault = invitationFault(invitation, await tx.now())
  if (fault) throw new Problem(fault)
  const found = await tx.organizations.find(invitation.organizationId)
  if (!found) throw new Problem('invitation_not_found')
  return { invitation, organizationName: found.organization.name }
}

export const organizationOfToken = ({ tx, keys }: Context, token: string): Promise<Invitation> => findByToken(tx, keys, token)

/** Takes the invitation for this user, in one statement: two callers cannot both win (S14). @throws Problem that says why it could not be taken */
export async function consumeInvitation({ tx, record }: Context, { id, version }: Pick<Invitation, 'id' | 'version'>, userId: UserId): Promise<Invitation> {
  const taken = await tx.invitations.accept(id, version, userId)
  if (!taken) {
    const now = await tx.invitations.find(id)
    throw new Problem(now ? (invitationFault(now, await tx.now()) ?? 'invitation_not_found') : 'invitation_not_found')
  }
  await record({ type: 'invitation.accepted', target: id, organizationId: taken.organizationId, userId })
  return taken
}

export interface CreatedSecret {
  id: InvitationId
  role: Role
  secret: string
  createdAt: string
  expiresAt: string
}

/** A single-use organization secret: whoever holds it may join, once, for 24 hours. */
export async function createSecret(context: Context, { organization: reference, role }: { organization: string; role: Role }): Promise<CreatedSecret> {
  const { tx, keys, enter, record } = context
  const { actor, organization } = await enter(reference, 'invitations:create')
  requireMultiUser(organization)
  const invitation = await tx.invitations.insert({
    id: newId('invitation'),
    organizationId: organization.id,
    kind: 'secret',
    role,
    createdBy: actor.userId,
    lifetimeSeconds: invitationLifetimes.secret,
  })
  const expiresAt = invitation.expiresAt.toISOString()
  await record({ type: 'invitation.created', target: invitation.id, organizationId: organization.id, kind: 'secret', role, expiresAt })
  return { id: invitation.id, role, secret: invitationToken(keys, invitation), createdAt: invitation.createdAt.toISOString(), expiresAt }
}

/** The first commit wins against an accept (S15). Revoking what is revoked or over changes nothing. */
export async function revokeInvitation(
  context: Context,
  { organization: reference, id }: { organization: string; id: string },
): Promise<{ state: InvitationState }> {
  const { tx, enter } = context
  const { organization } = await enter(reference, 'invitations:revoke')
  const invitation = isId('invitation', id) ? await tx.invitations.find(id) : null
  if (invitation?.organizationId !== organization.id) throw new Problem('invitation_not_found')
  if (await tx.invitations.revoke(invitation.id)) {
    await revokeInvitations(context, organization.id, [invitation.id], 'revoked')
    return { state: 'revoked' }
  }
  const now = await tx.invitations.find(invitation.id)
  if (now?.state === 'accepted') throw new Problem('already_accepted')
  return { state: now?.state ?? invitation.state }
}

/** Tells of invitations that a statement has revoked. */
export async function revokeInvitations(
  { record }: Context,
  organizationId: OrganizationId,
  ids: readonly InvitationId[],
  cause: DomainEvents['invitation.revoked']['cause'],
): Promise<void> {
  for (const target of ids) await record({ type: 'invitation.revoked', target, organizationId, cause })
}
