import type { InvitationId, OrganizationId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Context, Idempotency } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { requireMultiUser } from '../command/seats.ts'
import type { Accounts } from '../command/services.ts'
import { spendAmongStrangers } from '../command/spend.ts'
import { type EmailAddress, emailAddress } from '../model/email.ts'
import { newId } from '../model/id.ts'
import type { Invitation, NamedInvitation } from '../model/invitation.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import { invitationFault, invitationLifetimes, invitationOf } from './invitation.ts'

// Email invitations. The only thing checked about an address is its standing in the caller's own organization. Whether it has an account, and where, is neither
// read nor revealed (S13).

export const ADDRESSES_AT_ONCE = 100

/** Addresses separated by commas, semicolons or newlines, as people paste them (S22). */
export const addressesIn = (text: string): string[] =>
  text
    .split(/[\n\r,;]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '')

/** An invitation as the response shows it and an Idempotency-Key keeps it, with instants as text. */
export interface InvitationView extends Pick<Invitation, 'id' | 'kind' | 'email' | 'role' | 'state' | 'version'> {
  createdBy: string
  createdByName: string
  createdAt: string
  expiresAt: string
  mailedAt: string | null
  acceptedBy: string | null
  endedAt: string | null
}

export const invitationView = ({ id, kind, email, role, state, version, ...rest }: NamedInvitation): InvitationView => ({
  id,
  kind,
  email,
  role,
  state,
  version,
  createdBy: rest.inviter.username,
  createdByName: rest.inviter.name,
  createdAt: rest.createdAt.toISOString(),
  expiresAt: rest.expiresAt.toISOString(),
  mailedAt: rest.mailedAt?.toISOString() ?? null,
  acceptedBy: rest.acceptedByName,
  endedAt: rest.endedAt?.toISOString() ?? null,
})

interface Refused {
  code: ProblemCode
  detail?: string | undefined
  extensions?: Record<string, unknown>
}

export type InviteResult = { status: 'created' | 'open'; invitation: InvitationView } | ({ status: 'refused' } & Refused)

interface Invite {
  organization: string
  emails: readonly string[]
  role: Role
}

export type Invites = Pick<Accounts, 'store' | 'limits' | 'execute'>
type Options = { idempotency?: Idempotency | undefined }

/**
 * Invites each address and returns the results in their order. An address that cannot be invited does not affect the others (S22). Limits are spent before the
 * transaction, only for addresses that get an email, and only for callers who may invite (A17).
 */
export async function inviteByEmail(
  { store, limits, execute }: Invites,
  principal: Principal,
  { organization, emails, role }: Invite,
  options: Options = {},
): Promise<InviteResult[]> {
  const organizationId = await execute(requireInvitePermission, principal, { organization })
  const asked: (EmailAddress | Refused)[] = []
  for (const email of emails) asked.push(await ask(store.reading, limits, principal, organizationId, email))
  return execute(openInvitations, principal, { organization, asked, role }, options)
}

/** Checked before any limit is spent, so that a caller who may not invite uses up none of the organization's points. */
export async function requireInvitePermission(context: Context, { organization: reference }: { organization: string }): Promise<OrganizationId> {
  const { organization } = await context.enter(reference, 'invitations:create')
  requireMultiUser(context, organization)
  return organization.id
}

async function ask(tx: Tx, limits: Limits, principal: Principal, organizationId: OrganizationId, email: string): Promise<EmailAddress | Refused> {
  try {
    const address = emailAddress(email)
    // A member and an open invitation are returned without an email, so they cost nothing.
    const standing = await memberFault(tx, organizationId, address.canonical)
    if (standing) return { code: standing }
    if (!(await tx.invitations.openTo(organizationId, address.canonical))) await spendMail(limits, principal, organizationId, address.canonical)
    return address
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { code, detail, extensions } = error
    return { code, detail, extensions }
  }
}

/**
 * Counts one invitation email by sender, by organization and by address (A17). After ten a day for one address, each organization may send one more, so that
 * others who invite an address cannot keep it from being invited (0031).
 */
async function spendMail(limits: Limits, principal: Principal, organizationId: OrganizationId, emailCanonical: string): Promise<void> {
  const key = `${organizationId}/${emailCanonical}`
  await spendAmongStrangers(limits, {
    own: [
      ['invitation mail by sender', principalId(principal)],
      ['invitation mail by organization', organizationId],
      ['invitation mail by email and organization', key],
    ],
    together: ['invitation mail by email', emailCanonical],
    beyond: ['invitation mail by email and organization beyond', key],
  })
}

async function openInvitations(
  context: Context,
  { organization: reference, asked, role }: { organization: string; asked: readonly (EmailAddress | Refused)[]; role: Role },
): Promise<InviteResult[]> {
  const { actor, organization } = await context.enter(reference, 'invitations:create')
  requireMultiUser(context, organization)
  const results: InviteResult[] = []
  for (const one of asked) {
    if ('code' in one) results.push({ status: 'refused', ...one })
    else results.push(await openInvitation(context, { organizationId: organization.id, createdBy: actor.userId, address: one, role }))
  }
  return results
}

/**
 * Each address has at most one open invitation of an organization. If there is one, it is returned unchanged, with its role (S9). Under the lock on the
 * organization.
 */
async function openInvitation(
  context: Context,
  { organizationId, createdBy, address, role }: Pick<Invitation, 'organizationId' | 'createdBy' | 'role'> & { address: EmailAddress },
): Promise<InviteResult> {
  const { tx, record } = context
  const standing = await memberFault(tx, organizationId, address.canonical)
  if (standing) return { status: 'refused', code: standing }
  const open = await tx.invitations.openTo(organizationId, address.canonical)
  if (open) return { status: 'open', invitation: await viewOf(tx, open.id) }
  for (const target of await tx.invitations.expireTo(organizationId, address.canonical)) await record({ type: 'invitation.expired', target, organizationId })
  const id = newId('invitation')
  const lifetimeSeconds = invitationLifetimes.email
  const invitation = await tx.invitations.insert({ id, organizationId, kind: 'email', role, createdBy, lifetimeSeconds, address })
  await record({ type: 'invitation.created', target: id, organizationId, kind: 'email', role, expiresAt: invitation.expiresAt.toISOString() })
  await tx.jobs.send({ name: 'mail', data: { template: 'invitation', invitationId: id, version: invitation.version } })
  return { status: 'created', invitation: await viewOf(tx, id) }
}

/** A member needs no invitation (S10), and an invitation never reactivates a deactivated one (S11). A former member can be invited again (S12). */
async function memberFault(tx: Tx, organizationId: OrganizationId, emailCanonical: string): Promise<'already_member' | 'member_deactivated' | null> {
  const status = await tx.memberships.statusOfAddress(organizationId, emailCanonical)
  if (status === 'active') return 'already_member'
  return status === 'deactivated' ? 'member_deactivated' : null
}

/** An invitation of an organization, by name or id. */
export interface InvitationReference {
  organization: string
  id: string
}

/** A new link, valid for seven days; the previous link stops working (S9). */
export async function resendInvitation(
  { store, limits, execute }: Invites,
  principal: Principal,
  reference: InvitationReference,
  options: Options = {},
): Promise<InvitationView> {
  const organizationId = await execute(requireInvitePermission, principal, reference)
  const invitation = await invitationOf(store.reading, organizationId, reference.id)
  const { emailCanonical } = invitation
  // An ended invitation is refused below and gets no email, so it costs nothing.
  if (emailCanonical !== null && !invitationFault(invitation, await store.reading.now())) await spendMail(limits, principal, organizationId, emailCanonical)
  return execute(renewInvitation, principal, reference, options)
}

async function renewInvitation(context: Context, { organization: reference, id }: InvitationReference): Promise<InvitationView> {
  const { tx, record } = context
  const { organization } = await context.enter(reference, 'invitations:create')
  requireMultiUser(context, organization)
  const invitation = await invitationOf(tx, organization.id, id)
  if (invitation.kind !== 'email') throw new Problem('invitation_not_mailed')
  const standing = await memberFault(tx, organization.id, invitation.emailCanonical ?? '')
  const renewed = standing ? null : await tx.invitations.renew(invitation.id, invitationLifetimes.email)
  if (!renewed) {
    const now = (await tx.invitations.find(invitation.id)) ?? invitation
    throw new Problem(invitationFault(now, await tx.now()) ?? standing ?? 'invitation_not_found')
  }
  const { version } = renewed
  await record({ type: 'invitation.resent', target: renewed.id, organizationId: organization.id, version, expiresAt: renewed.expiresAt.toISOString() })
  await tx.jobs.send({ name: 'mail', data: { template: 'invitation', invitationId: renewed.id, version } })
  return viewOf(tx, renewed.id)
}

async function viewOf(tx: Tx, id: InvitationId): Promise<InvitationView> {
  const named = await tx.invitations.named(id)
  if (!named) throw new Problem('invitation_not_found')
  return invitationView(named)
}
