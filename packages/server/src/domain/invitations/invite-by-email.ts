import type { InvitationId, OrganizationId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import { mayDo, requirePerson } from '../command/authorize.ts'
import type { Context, Execute, Idempotency } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { RetryTransaction } from '../command/retry.ts'
import { requireMultiUser } from '../command/seats.ts'
import type { Accounts } from '../command/services.ts'
import { type Spent, spendAmongStrangers } from '../command/spend.ts'
import { isBlocked, refuseBlockedDomain } from '../model/admission.ts'
import { type EmailAddress, emailAddress } from '../model/email.ts'
import { newId } from '../model/id.ts'
import type { Invitation, NamedInvitation } from '../model/invitation.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type HeldCustomRole, type HeldRole, roleOfEvent } from '../model/role.ts'
import { findRole } from '../roles/find-role.ts'
import { isStillGiven, notGivenNow, requireMayGrant } from '../roles/grant.ts'
import type { Tx } from '../store.ts'
import { invitationFault, invitationLifetimes, invitationOf, requireMayInvite, revokeInvitations } from './invitation.ts'

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
  /** Missing in a stored response of an older server version. */
  customRole?: Pick<HeldCustomRole, 'id' | 'name'> | null
  createdBy: string
  createdByName: string
  createdAt: string
  expiresAt: string
  mailedAt: string | null
  acceptedBy: string | null
  endedAt: string | null
}

export const invitationView = ({ id, kind, email, role, customRole, state, version, ...rest }: NamedInvitation): InvitationView => ({
  id,
  kind,
  email,
  role,
  customRole: customRole && { id: customRole.id, name: customRole.name },
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

export type InviteResult =
  | { status: 'created'; invitation: InvitationView }
  /** Null: the caller may not read invitations. That there is one, they learn as they may invite (P7). */
  | { status: 'open'; invitation: InvitationView | null }
  | ({ status: 'refused' } & Refused)

interface Invite {
  organization: string
  emails: readonly string[]
  /** A name or an id. */
  role: string
}

export type Invites = Pick<Accounts, 'store' | 'limits' | 'execute'>
type Options = { idempotency?: Idempotency | undefined }

/** An address, and why its email is refused by a limit, if it is. */
interface Asked {
  address: EmailAddress
  refusal: Problem | null
  giveBack(): Promise<void>
}

/**
 * Invites each address and returns the results in their order. An address that cannot be invited does not affect the others (S22). Limits are spent before the
 * transaction, and only for callers who may invite (A17). An address that gets no email spends nothing.
 */
export async function inviteByEmail(
  { limits, execute }: Invites,
  principal: Principal,
  { organization, emails, role }: Invite,
  options: Options = {},
): Promise<InviteResult[]> {
  const organizationId = await organizationToCount(execute, principal, organization)
  const asked: (Asked | Refused)[] = []
  for (const email of emails) asked.push(await ask(limits, principal, organizationId, email))
  const mailed = new Set<Asked>()
  try {
    return await execute(openInvitations, principal, { organization, asked, role, mailed }, options)
  } catch (error) {
    mailed.clear()
    throw error
  } finally {
    for (const one of asked) if ('address' in one && !mailed.has(one)) await one.giveBack()
  }
}

/**
 * The organization whose limits are spent. A caller who may not invite there uses up none of them: the command refuses them, and the refusal is recorded. What the
 * request has read of its caller is enough here, because it is read again under the lock.
 */
export async function organizationToCount(execute: Execute, principal: Principal, reference: string): Promise<OrganizationId> {
  const seen = 'seen' in principal ? principal.seen : undefined
  const isTheirs = seen && (reference === seen.organization.id || reference === seen.organization.name)
  if (isTheirs && mayDo(seen, 'invitations:create')) return seen.organization.id
  return execute(requireInvitePermission, principal, { organization: reference })
}

async function requireInvitePermission(context: Context, { organization: reference }: { organization: string }): Promise<OrganizationId> {
  const { organization } = await context.enterShared(reference, 'invitations:create')
  requireMultiUser(context, organization)
  return organization.id
}

async function ask(limits: Limits, principal: Principal, organizationId: OrganizationId, email: string): Promise<Asked | Refused> {
  try {
    const address = emailAddress(email)
    try {
      const { giveBack } = await spendMail(limits, principal, organizationId, address.canonical)
      return { address, refusal: null, giveBack }
    } catch (error) {
      if (error instanceof Problem) return { address, refusal: error, giveBack: async () => {} }
      throw error
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return refused(error)
  }
}

const refused = ({ code, detail, extensions }: Problem): Refused => ({ code, detail, extensions })

/**
 * Counts one invitation email by sender, by organization and by address (A17). After ten a day for one address, each organization may send one more, so that
 * others who invite an address cannot keep it from being invited (0031).
 */
async function spendMail(limits: Limits, principal: Principal, organizationId: OrganizationId, emailCanonical: string): Promise<Spent> {
  const key = `${organizationId}/${emailCanonical}`
  return spendAmongStrangers(limits, {
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
  { organization: reference, asked, role: named, mailed }: { organization: string; asked: readonly (Asked | Refused)[]; role: string; mailed: Set<Asked> },
): Promise<InviteResult[]> {
  mailed.clear()
  const { actor, organization } = await context.enterShared(reference, 'invitations:create')
  const { userId } = requirePerson(actor)
  const role = await findRole(context.tx, organization.id, named)
  await requireMayInvite(context, actor, role)
  requireMultiUser(context, organization)
  const results = new Map<Asked | Refused, InviteResult>()
  // In the order of the addresses, so that two admins who invite the same ones do not wait for each other.
  for (const one of asked.toSorted((a, b) => order(canonicalOf(a), canonicalOf(b)))) {
    if ('code' in one) {
      results.set(one, { status: 'refused', ...one })
      continue
    }
    const result = await openInvitation(context, { organizationId: organization.id, createdBy: userId, role, seesOpen: mayDo(actor, 'invitations:read') }, one)
    if (result.status === 'created') mailed.add(one)
    results.set(one, result)
  }
  return asked.map((one) => results.get(one) as InviteResult)
}

const canonicalOf = (one: Asked | Refused): string => ('address' in one ? one.address.canonical : '')
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Each address has at most one open invitation of an organization. If there is one, it is returned unchanged, with its role (S9), to callers who may read it. The database holds this,
 * because other admins invite at the same time.
 */
async function openInvitation(
  context: Context,
  { organizationId, createdBy, role, seesOpen }: Pick<Invitation, 'organizationId' | 'createdBy'> & { role: HeldRole; seesOpen: boolean },
  { address, refusal }: Asked,
): Promise<InviteResult> {
  const { tx, record, admission } = context
  if (isBlocked(admission, address.canonical)) return { status: 'refused', code: 'email_domain_blocked' }
  const id = newId('invitation')
  const wanted = { id, organizationId, kind: 'email', ...role, createdBy, lifetimeSeconds: invitationLifetimes.email, address } as const
  let invitation = refusal ? null : await tx.invitations.open(wanted)
  if (!invitation) {
    const standing = await memberFault(tx, organizationId, address.canonical)
    if (standing) return { status: 'refused', code: standing }
    const open = await tx.invitations.openTo(organizationId, address.canonical)
    if (open && (await isStillGiven(tx, open))) return { status: 'open', invitation: seesOpen ? await viewOf(tx, open.id) : null }
    if (refusal) return { status: 'refused', ...refused(refusal) }
    // Nobody can accept it, so it must not keep the address from being invited.
    if (open && (await tx.invitations.revoke(open.id))) await revokeInvitations(context, organizationId, [open.id], 'inviter_demoted')
    for (const target of await tx.invitations.expireTo(organizationId, address.canonical)) await record({ type: 'invitation.expired', target, organizationId })
    invitation = await tx.invitations.open(wanted)
  }
  if (!invitation) throw new RetryTransaction() // Another admin's invitation has been accepted or revoked meanwhile.
  await record({ type: 'invitation.created', target: id, organizationId, kind: 'email', ...roleOfEvent(role), expiresAt: invitation.expiresAt.toISOString() })
  await tx.jobs.send({ name: 'mail', data: { template: 'invitation', invitationId: id, version: invitation.version } })
  return { status: 'created', invitation: invitationView(invitation) }
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
  const organizationId = await organizationToCount(execute, principal, reference.organization)
  const invitation = await invitationOf(store.reading, organizationId, reference.id)
  const { emailCanonical } = invitation
  // An ended invitation is refused below and gets no email, so it costs nothing.
  if (emailCanonical !== null && !invitationFault(invitation, await store.reading.now())) await spendMail(limits, principal, organizationId, emailCanonical)
  return execute(renewInvitation, principal, reference, options)
}

async function renewInvitation(context: Context, { organization: reference, id }: InvitationReference): Promise<InvitationView> {
  const { tx, record, admission } = context
  const { actor, organization } = await context.enterShared(reference, 'invitations:create')
  requireMultiUser(context, organization)
  const invitation = await invitationOf(tx, organization.id, id)
  await requireMayGrant(tx, actor, invitation)
  if (invitation.kind !== 'email') throw new Problem('invitation_not_mailed')
  refuseBlockedDomain(admission, invitation.emailCanonical ?? '')
  const standing = await memberFault(tx, organization.id, invitation.emailCanonical ?? '')
  const renewed = standing ? null : await tx.invitations.renew(invitation.id, invitationLifetimes.email)
  if (!renewed) {
    const now = (await tx.invitations.find(invitation.id)) ?? invitation
    throw new Problem(invitationFault(now, await tx.now()) ?? standing ?? 'invitation_not_found')
  }
  if (!(await isStillGiven(tx, renewed))) throw notGivenNow('Invite the person again.')
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
