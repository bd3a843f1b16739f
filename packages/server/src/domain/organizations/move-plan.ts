import type { InvitationKind } from '@muster/contract/events.ts'
import { type InvitationId, isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Context } from '../command/context.ts'
import { requireStanding } from '../command/refused-credential.ts'
import { requireMultiUser, requireSeat } from '../command/seats.ts'
import { SESSIONS_COUNTED } from '../credentials/session.ts'
import { findByToken, invitationFault, isFor } from '../invitations/invitation.ts'
import type { Invitation } from '../model/invitation.ts'
import type { LiveState } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import { type HeldRole, inWords } from '../model/role.ts'
import { isStillGiven, notGivenNow } from '../roles/grant.ts'
import type { Tx } from '../store.ts'
import { type Blocker, heirOfMover, type Mover, moveBlockers, refuseSuspendedHome } from './move.ts'

/** Something that a move ends or leaves behind. */
export interface Loss {
  kind: 'sessions' | 'keys' | 'invitations' | 'resources' | 'role' | 'organization'
  detail: string
  count?: number
}

/** An organization, and the person's role there. */
interface Place extends HeldRole {
  id: OrganizationId
  name: string
}

/** The effects of accepting an invitation, shown beforehand (S24). */
export interface MovePlan {
  /** No blocker and no problem at this moment. */
  possible: boolean
  from: Place | null
  to: Place | null
  invitation: { id: InvitationId; kind: InvitationKind; expiresAt: Date } | null
  /** What the person can resolve, each with its command. */
  blockers: Blocker[]
  /** Another reason for a refusal: the invitation itself, or the inviting organization. */
  problem: { code: ProblemCode; detail: string } | null
  loses: Loss[]
}

/** The plan for an invitation, by token or id. Without one, the plan for leaving. Changes nothing. */
export async function movePlan(
  context: Context,
  { token, invitationId }: { token?: string | undefined; invitationId?: string | undefined },
): Promise<MovePlan> {
  const { tx, keys, principal } = context
  if (principal.kind === 'key') throw new Problem('session_required')
  if (principal.kind !== 'user') throw new Problem('authentication_required')
  const live = await requireStanding(tx, principal)
  const byId = invitationId === undefined ? null : await invitationForMe(tx, live, invitationId)
  return planOf(context, live, token === undefined ? byId : await findByToken(tx, keys, token))
}

/**
 * Only the invited person can use the id of an email invitation, because ids are not secret. Other kinds are shown, because their id is revealed only with the
 * token.
 */
async function invitationForMe(tx: Tx, { account }: LiveState, id: string): Promise<Invitation> {
  const invitation = isId('invitation', id) ? await tx.invitations.find(id) : null
  if (!invitation || !isFor(invitation, account)) throw new Problem('invitation_not_found')
  return invitation
}

type Who = Pick<LiveState, 'account' | 'membership' | 'organization'>

/** Also for a deactivated member, whom nothing of their own blocks (S26). */
export async function planOf({ tx, plans }: Pick<Context, 'tx' | 'plans'>, who: Who, invitation: Invitation | null): Promise<MovePlan> {
  const { account, membership, organization } = who
  const target = invitation && ((await tx.organizations.find(invitation.organizationId))?.organization ?? null)
  if (invitation && !target) throw new Problem('invitation_not_found')
  const from = membership && organization ? { id: organization.id, name: organization.name, role: membership.role, customRole: membership.customRole } : null
  const moves = from !== null && from.id !== target?.id
  const blockers =
    moves && organization && membership?.status === 'active'
      ? await moveBlockers(
          { tx },
          { userId: account.id, organization, role: membership.role, customRole: membership.customRole },
          await tx.memberships.companions(organization.id, account.id),
        )
      : []
  const problem = invitation && target ? await problemOf({ tx, plans }, who, invitation, target) : await problemOfLeaving(tx, who)
  return {
    possible: blockers.length === 0 && !problem,
    from,
    to: invitation && target && { id: target.id, name: target.name, role: invitation.role, customRole: invitation.customRole },
    invitation: invitation && { id: invitation.id, kind: invitation.kind, expiresAt: invitation.expiresAt },
    blockers,
    problem,
    loses: moves && organization && membership ? await losses(tx, account.id, organization, membership) : [],
  }
}

type Target = NonNullable<Who['organization']>

/** The reason for refusing an accept at this moment, apart from blockers. */
async function problemOf(
  { tx, plans }: Pick<Context, 'tx' | 'plans'>,
  { account, organization }: Who,
  invitation: Invitation,
  target: Target,
): Promise<MovePlan['problem']> {
  const fault = invitationFault(invitation, await tx.now())
  if (fault) return asProblem(new Problem(fault))
  if (!(await isStillGiven(tx, invitation))) return asProblem(notGivenNow())
  if (!isFor(invitation, account)) return asProblem(new Problem('invitation_wrong_address'))
  if (organization?.id === target.id) return asProblem(new Problem('already_member', `You are already a member of ${target.name}.`))
  if (target.suspendedAt) return asProblem(new Problem('organization_suspended'))
  return problemIn(async () => {
    requireMultiUser({ plans }, target)
    await requireSeat({ tx, plans }, target)
  })
}

/** The reason for refusing to leave without an invitation at this moment, apart from blockers. */
async function problemOfLeaving({ organizations }: Pick<Tx, 'organizations'>, { account, organization }: Who): Promise<MovePlan['problem']> {
  if (!organization) return null
  if (organization.personal) return asProblem(new Problem('personal_organization'))
  return problemIn(async () => refuseSuspendedHome(await organizations.personalOf(account.id)))
}

async function problemIn(attempt: () => Promise<void>): Promise<MovePlan['problem']> {
  try {
    await attempt()
    return null
  } catch (error) {
    if (error instanceof Problem) return asProblem(error)
    throw error
  }
}

const asProblem = ({ code, message }: Problem): { code: ProblemCode; detail: string } => ({ code, detail: message })

const counted = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`

/** The credentials that end by the epoch, and the things left behind (S2, S19, S32). */
async function losses(tx: Tx, userId: UserId, organization: Target, held: HeldRole): Promise<Loss[]> {
  const alone = !(await tx.memberships.companions(organization.id, userId)).others
  const sessions = await tx.sessions.countAlive(userId, SESSIONS_COUNTED)
  const invitations = await tx.invitations.countOpen(organization.id, alone ? null : userId)
  const keys = await tx.apiKeys.countAlive({ userId })
  const resources = await countPassedOn(tx, { userId, organization, role: held.role, customRole: held.customRole })
  const lost: Loss[] = [{ kind: 'organization', detail: lostOrganization(organization, alone) }]
  if (held.role !== 'member' && !alone) lost.push({ kind: 'role', detail: `You are no longer ${inWords(held)} of ${organization.name}.` })
  if (sessions > 1)
    lost.push({
      kind: 'sessions',
      count: sessions - 1,
      detail: `${counted(sessions - 1, 'other login')} of yours, on ${sessions === 2 ? 'a terminal or in a browser, ends' : 'terminals and in browsers, end'}.`,
    })
  if (keys > 0) lost.push({ kind: 'keys', count: keys, detail: `${counted(keys, 'API key')} of yours ${keys === 1 ? 'stops' : 'stop'} working.` })
  if (invitations > 0)
    lost.push({
      kind: 'invitations',
      count: invitations,
      detail: `${counted(invitations, 'open invitation')} to ${organization.name} ${invitations === 1 ? 'is' : 'are'} revoked.`,
    })
  if (resources > 0)
    lost.push({
      kind: 'resources',
      count: resources,
      detail: `${counted(resources, 'resource')} of yours ${resources === 1 ? 'passes' : 'pass'} to an admin of ${organization.name}.`,
    })
  return lost
}

/** The resources of a person who may not transfer them (P9). Those of others block the move, and the page for deactivated members says that theirs pass on. */
async function countPassedOn(tx: Tx, mover: Mover): Promise<number> {
  const heir = await heirOfMover({ tx }, mover)
  return heir === null ? 0 : (await tx.resources.list(mover.organization.id, { ownerId: mover.userId })).length
}

function lostOrganization({ name, personal }: Target, alone: boolean): string {
  if (personal) return `Your personal organization ${name} becomes dormant and keeps its name. It is restored if you return.`
  if (alone) return `${name} is left without members. Its name stays held, and only the operator of this cloud can revive it.`
  return `You are no longer in ${name}. You'll need a new invitation to return.`
}
