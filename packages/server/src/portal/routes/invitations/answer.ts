import type { FastifyReply, FastifyRequest } from 'fastify'
import { deactivatedProblem } from '../../../domain/command/refused-credential.ts'
import { inviterOf, isFor, maskedAddress, type Preview } from '../../../domain/invitations/invitation.ts'
import { INVITATION_SESSION_SECONDS } from '../../../domain/invitations/invitation-session.ts'
import type { Account } from '../../../domain/model/account.ts'
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
import { cookieName, cookieOptions } from '../../../http/browser-session.ts'
import { type InvitationFacts, joinDeactivatedPage } from '../../pages/index.ts'
import { accountView, deactivationDetails, frameOf, type Portal, seeOther, sendPage } from '../../portal.ts'

export const path = '/join'
const DAY = 86_400
export const useAnother = { action: '/sign-out', hidden: { another: 'yes', continue: path } }

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

/** Accepts or declines the invitation for a deactivated user (S26). */
export function createAnswer(options: Portal) {
  const { config, execute, sessions } = options
  const clearAnswer = (reply: FastifyReply): void => void reply.clearCookie(cookieName(config, 'muster_answer'), cookieOptions(config, 0))
  return async (request: FastifyRequest, reply: FastifyReply, answering: Answering, decision: string | undefined): Promise<FastifyReply> => {
    const principal = answeringPrincipal(answering, request.origin)
    const { id: sessionId } = answering.session
    if (decision === 'decline') {
      await execute(declineAsDeactivated, principal, { sessionId })
      clearAnswer(reply)
      clearToken(options, reply)
      return seeOther(reply, `${path}/declined`)
    }
    if (decision !== 'accept') return seeOther(reply, path)
    const { cookie } = await execute(acceptAsDeactivated, principal, { sessionId })
    clearAnswer(reply)
    clearToken(options, reply)
    sessions.setCookie(reply, cookie)
    return seeOther(reply, `${path}/accepted`)
  }
}

export const setToken = ({ config }: Portal, reply: FastifyReply, token: string): void =>
  void reply.setCookie(cookieName(config, 'muster_invitation'), token, cookieOptions(config, DAY))

export const clearToken = ({ config }: Portal, reply: FastifyReply): void =>
  void reply.clearCookie(cookieName(config, 'muster_invitation'), cookieOptions(config, 0))

/** The invited address is shown unmasked only to a user who is signed in with it (S8). */
export function factsOf({ invitation, organization, inviter }: Preview, account: Pick<Account, 'emailCanonical'> | null): InvitationFacts {
  const { email, expiresAt } = invitation
  const whole = account !== null && isFor(invitation, account)
  return { organization: organization.name, inviter, role: invitation, email: email && (whole ? email : maskedAddress(email)), expiresAt }
}
