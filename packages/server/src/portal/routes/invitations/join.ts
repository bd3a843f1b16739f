import type { OrganizationId } from '@muster/contract/ids.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { deactivatedProblem } from '../../../domain/command/authorize.ts'
import { findByToken, inviterOf, isFor, maskedAddress, type Preview } from '../../../domain/invitations/invitation.ts'
import { INVITATION_SESSION_SECONDS } from '../../../domain/invitations/invitation-session.ts'
import type { Account } from '../../../domain/model/account.ts'
import type { Invitation } from '../../../domain/model/invitation.ts'
import { Problem } from '../../../domain/model/problem.ts'
import {
  type Answering,
  acceptAsDeactivated,
  answeringBy,
  answeringPrincipal,
  declineAsDeactivated,
  endAnswering,
  planAsDeactivated,
} from '../../../domain/organizations/answer-as-deactivated.ts'
import { type MovePlan, movePlan } from '../../../domain/organizations/move-plan.ts'
import { freeNamesNear } from '../../../domain/organizations/register.ts'
import { declineWithToken, joinWithToken, previewToken, register } from '../../../domain/organizations/use-invitation.ts'
import { transferAllResources } from '../../../domain/resources/resource.ts'
import { cookieName, cookieOptions, type SignedIn } from '../../../http/browser-session.ts'
import { consolePath } from '../../../http/console.ts'
import {
  type InvitationEnd,
  type InvitationFacts,
  joinAcceptedPage,
  joinDeactivatedPage,
  joinDeclinedPage,
  joinEndedPage,
  joinMemberPage,
  joinNewcomerPage,
  joinPage,
  joinStrangerPage,
  joinWrongAddressPage,
} from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { accountView, cliOf, deactivationDetails, faultsOf, fieldsOf, frameOf, invitationTokenOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { withReturnPath } from '../../return-path.ts'
import { isTypedBy, keepTyped, takeTyped, typedBy } from '../../typed-form.ts'

/** Typed values and messages for the page. */
interface Shown {
  username?: string
  owner?: string
  faults?: Fault[]
  transferred?: boolean
  notice?: string | undefined
  status?: number
}

const path = '/join'
const typedForm = { path, fields: ['username', 'owner'] }
const DAY = 86_400
const useAnother = { action: '/sign-out', hidden: { another: 'yes', continue: path } }

const ends: Partial<Record<Problem['code'], InvitationEnd>> = {
  invitation_used: 'used',
  invitation_expired: 'expired',
  invitation_revoked: 'revoked',
  invitation_declined: 'declined',
  invitation_not_found: 'unknown',
  organization_suspended: 'suspended',
}

/**
 * An invitation opened by its link. GET and HEAD change nothing, however often scanners and previews send them (S17). The token moves from
 * the link into a cookie, so that no other URL and no page contains it.
 */
export async function joinRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { config, store, keys, execute, sessions } = options
  const setToken = (reply: FastifyReply, token: string): void =>
    void reply.setCookie(cookieName(config, 'muster_invitation'), token, cookieOptions(config, DAY))
  const clearToken = (reply: FastifyReply): void => void reply.clearCookie(cookieName(config, 'muster_invitation'), cookieOptions(config, 0))
  const clearAnswer = (reply: FastifyReply): void => void reply.clearCookie(cookieName(config, 'muster_answer'), cookieOptions(config, 0))

  app.get(path, page, async (request, reply) => {
    const { token, done } = fieldsOf(request.query)
    if (token !== undefined) {
      setToken(reply, token.slice(0, 300))
      return seeOther(reply, path)
    }
    return show(request, reply, { transferred: done === 'transferred' })
  })

  /** The page for the current state of the visitor and the invitation. */
  const show = async (request: FastifyRequest, reply: FastifyReply, form: Shown = {}): Promise<FastifyReply> => {
    const frame = frameOf(options, request)
    const token = invitationTokenOf(options, request)
    const signedIn = await sessions.signedIn(request)
    const answering = signedIn ? null : await answeringOf(options, request)
    try {
      const preview = await previewToken(options, request, { token })
      if (answering?.invitation.id === preview.invitation.id) return sendAnswering(options, request, reply, answering)
      if (!signedIn) {
        const doors = { signInPath: withReturnPath('/sign-in', path), signUpPath: withReturnPath('/sign-up', path) }
        return sendPage(reply, joinStrangerPage({ frame, invitation: factsOf(preview, null), ...doors }))
      }
      const kept = request.method === 'GET' ? takeTyped(options, request, reply, typedForm, signedIn.live) : null
      return await showSignedIn(request, reply, preview, signedIn, { ...form, ...kept?.fields, notice: kept?.notice })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      return showEnded(request, reply, error, signedIn)
    }
  }

  const showSignedIn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    preview: Preview,
    { principal, live }: SignedIn,
    { username, owner, faults, transferred, notice, status = 200 }: Shown,
  ): Promise<FastifyReply> => {
    const frame = { ...frameOf(options, request), notice }
    const { invitation } = preview
    const account = accountView(live)
    const facts = factsOf(preview, live.account)
    if (!isFor(invitation, live.account)) return sendPage(reply, joinWrongAddressPage({ frame, account, useAnother, invitation: facts }), 403)
    const target = { action: path, hidden: { invitation: invitation.id, ...typedBy(live) } }
    const token = invitationTokenOf(options, request)
    if (live.account.username === null) {
      const suggestions = faults ? await freeNamesNear(store.reading, username ?? '') : []
      const signingUp = live.now.getTime() - live.account.createdAt.getTime() < 3_600_000
      const newcomer = { frame, target, account, useAnother, invitation: facts, problem: null, value: username, suggestions, faults, signingUp }
      return sendPage(reply, joinNewcomerPage(newcomer), status)
    }
    const plan: MovePlan = await execute(movePlan, principal, { token })
    if (plan.problem?.code === 'already_member') {
      const whose = invitation.kind === 'email' ? 'own' : 'for another'
      return sendPage(
        reply,
        joinMemberPage({ frame, organization: plan.to?.name ?? '', role: plan.from?.role ?? 'member', invitation: whose, consolePath: consolePath() }),
      )
    }
    const { blockers, loses } = plan
    const blocked = blockers.length > 0 && {
      blockers,
      owner,
      owners: live.organization ? await possibleOwners(live.organization.id, live.account.id) : [],
      cli: cliOf(options),
      consolePath: consolePath(),
    }
    return sendPage(
      reply,
      joinPage({
        frame,
        target,
        account,
        useAnother,
        invitation: facts,
        blocked: blocked || null,
        transferred,
        problem: plan.problem?.detail ?? null,
        loses,
        faults,
      }),
      status,
    )
  }

  /** Suggestions for the new owner. Other members can be typed. */
  const possibleOwners = async (organizationId: OrganizationId, self: string): Promise<string[]> => {
    const { items } = await store.reading.memberships.page(organizationId, { status: 'active', limit: 50 })
    return items.filter(({ userId }) => userId !== self).map(({ username }) => username)
  }

  const showEnded = async (request: FastifyRequest, reply: FastifyReply, problem: Problem, signedIn: SignedIn | null): Promise<FastifyReply> => {
    const end = ends[problem.code]
    if (!end) throw problem
    const invitation = await knownBy(invitationTokenOf(options, request))
    const found = invitation && (await store.reading.organizations.find(invitation.organizationId))
    // A second click, or the link opened again by the user who accepted it.
    if (invitation?.state === 'accepted' && signedIn && invitation.acceptedBy === signedIn.live.account.id) {
      if (signedIn.live.organization?.id === invitation.organizationId)
        return sendPage(
          reply,
          joinMemberPage({
            frame: frameOf(options, request),
            organization: signedIn.live.organization.name,
            role: signedIn.live.membership?.role ?? 'member',
            invitation: 'accepted',
            consolePath: consolePath(),
          }),
        )
    }
    const frame = frameOf(options, request)
    return sendPage(reply, joinEndedPage({ frame, end, organization: found?.organization.name, signInPath: signedIn ? undefined : '/sign-in' }), problem.status)
  }

  const knownBy = async (token: string): Promise<Invitation | null> => {
    try {
      return await findByToken(store.reading, keys, token)
    } catch {
      return null
    }
  }

  const showAccepted = (request: FastifyRequest, reply: FastifyReply, organization: string, role: 'admin' | 'member'): FastifyReply =>
    sendPage(reply, joinAcceptedPage({ frame: frameOf(options, request), organization, role, cli: cliOf(options), consolePath: consolePath() }))

  app.post(path, page, async (request, reply) => {
    const { decision, username = '', owner = '', invitation: shown } = fieldsOf(request.body)
    const token = invitationTokenOf(options, request)
    const signedIn = await sessions.signedIn(request)
    const opened = signedIn ? null : await answeringOf(options, request)
    // The session is for one invitation. The page may have shown another one since.
    const answering = opened?.invitation.id === shown ? opened : null
    if ((!signedIn && !answering) || (signedIn && !isTypedBy(request, signedIn))) return keepTyped(options, request, reply, typedForm)
    const invitation = await knownBy(token)
    // Another link was opened in this browser since the page was shown. A decision counts only for the invitation that was shown.
    if (invitation && invitation.id !== shown) return seeOther(reply, path)
    try {
      if (answering) return await answer(request, reply, answering, decision)
      const { principal, live } = signedIn as SignedIn
      if (decision === 'decline') {
        await declineWithToken(options, principal, { token })
        clearToken(reply)
        return seeOther(reply, `${path}/declined`)
      }
      if (decision === 'transfer' && live.organization) {
        await execute(transferAllResources, principal, { organization: live.organization.id, owner: owner.trim() })
        return seeOther(reply, `${path}?done=transferred`)
      }
      if (decision !== 'accept') return seeOther(reply, path)
      if (live.account.username === null) {
        await register(options, principal, { username: username.trim(), token })
      } else await joinWithToken(options, principal, { token })
      clearToken(reply)
      return seeOther(reply, `${path}/accepted`)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      // The first of two clicks was accepted, or the state has changed. The page shows the current state.
      if (['membership_left', 'token_revoked', 'token_expired', 'already_member', 'already_registered'].includes(error.code)) return seeOther(reply, path)
      if (error.code in ends) return showEnded(request, reply, error, signedIn)
      if (['move_blocked', 'invitation_wrong_address', 'plan_required', 'seat_limit'].includes(error.code))
        return show(request, reply, { status: error.status })
      const faults = faultsOf(error, {
        name_invalid: 'username',
        name_reserved: 'username',
        name_taken: 'username',
        member_not_found: 'owner',
        owner_not_active: 'owner',
      })
      return show(request, reply, { username: username.slice(0, 30), owner: owner.slice(0, 60), faults, status: error.status })
    }
  })

  const answer = async (request: FastifyRequest, reply: FastifyReply, answering: Answering, decision: string | undefined): Promise<FastifyReply> => {
    const principal = answeringPrincipal(answering, request.origin)
    const { id: sessionId } = answering.session
    if (decision === 'decline') {
      await execute(declineAsDeactivated, principal, { sessionId })
      clearAnswer(reply)
      clearToken(reply)
      return seeOther(reply, `${path}/declined`)
    }
    if (decision !== 'accept') return seeOther(reply, path)
    const { cookie } = await execute(acceptAsDeactivated, principal, { sessionId })
    clearAnswer(reply)
    clearToken(reply)
    sessions.setCookie(reply, cookie)
    return seeOther(reply, `${path}/accepted`)
  }

  app.get(`${path}/accepted`, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn?.live.organization || !signedIn.live.membership) return seeOther(reply, '/')
    return showAccepted(request, reply, signedIn.live.organization.name, signedIn.live.membership.role)
  })

  app.get(`${path}/declined`, page, async (request, reply) => sendPage(reply, joinDeclinedPage({ frame: frameOf(options, request) })))
}

/** The invited address is shown unmasked only to a user who is signed in with it (S8). */
function factsOf({ invitation, organization, inviter }: Preview, account: Pick<Account, 'emailCanonical'> | null): InvitationFacts {
  const { role, email, expiresAt } = invitation
  const whole = account !== null && isFor(invitation, account)
  return { organization: organization.name, inviter, role, email: email && (whole ? email : maskedAddress(email)), expiresAt }
}

/** The invitation session of a deactivated user (S26), from the cookie of the browser. */
export async function answeringOf({ config, store }: Portal, request: FastifyRequest): Promise<Answering | null> {
  const cookie = request.cookies[cookieName(config, 'muster_answer')]
  return cookie?.startsWith('muster_is_') ? answeringBy(store.reading, cookie) : null
}

/** The 401 of S35 with the two buttons of the invitation (S26). `cookie` is set after the password was entered. */
export async function sendAnswering(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  answering: Answering,
  cookie?: string,
): Promise<FastifyReply> {
  const { store, execute, config } = options
  const frame = frameOf(options, request)
  const { account, membership, organization, session, invitation } = answering
  if (cookie !== undefined) reply.setCookie(cookieName(config, 'muster_answer'), cookie, cookieOptions(config, INVITATION_SESSION_SECONDS))
  const inviting = (await store.reading.organizations.find(invitation.organizationId))?.organization
  const inviter = await inviterOf(store.reading, invitation)
  if (!inviting) throw new Problem('invitation_not_found')
  const told = await deactivationDetails(options, (await deactivatedProblem(store.reading, { membership, organization })).extensions)
  const plan = await execute(planAsDeactivated, answeringPrincipal(answering, request.origin), { sessionId: session.id })
  const page = joinDeactivatedPage({
    frame,
    target: { action: path, hidden: { invitation: invitation.id } },
    account: accountView(answering),
    useAnother,
    invitation: factsOf({ invitation, organization: inviting, inviter }, account),
    deactivated: { organization: organization?.name ?? '', since: membership?.statusAt ?? frame.now, contact: told?.contact ?? null },
    expiresAt: session.expiresAt,
    problem: plan.problem?.detail ?? null,
  })
  return sendPage(reply, page, 401)
}

/** Ends the invitation session, to use another account. */
export async function leaveAnswering(options: Portal, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const answering = await answeringOf(options, request)
  if (answering) await options.execute(endAnswering, answeringPrincipal(answering, request.origin), { sessionId: answering.session.id })
  reply.clearCookie(cookieName(options.config, 'muster_answer'), cookieOptions(options.config, 0))
}
