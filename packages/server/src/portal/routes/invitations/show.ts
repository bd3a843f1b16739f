import type { OrganizationId } from '@muster/contract/ids.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isRecent } from '../../../domain/command/recent.ts'
import { findByToken, isFor, type Preview } from '../../../domain/invitations/invitation.ts'
import type { Invitation } from '../../../domain/model/invitation.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { builtIn, type HeldRole } from '../../../domain/model/role.ts'
import { type MovePlan, movePlan } from '../../../domain/organizations/move-plan.ts'
import { needsInbox } from '../../../domain/organizations/prove-inbox.ts'
import { freeNamesNear } from '../../../domain/organizations/register.ts'
import { previewToken } from '../../../domain/organizations/use-invitation.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { consolePath } from '../../../http/console.ts'
import { confirmFirst } from '../../own-page.ts'
import {
  type InvitationEnd,
  joinAcceptedPage,
  joinEndedPage,
  joinMemberPage,
  joinNewcomerPage,
  joinPage,
  joinStrangerPage,
  joinWrongAddressPage,
} from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { accountView, cliOf, frameOf, invitationTokenOf, type Portal, providersView, sendPage } from '../../portal.ts'
import { withReturnPath } from '../../return-path.ts'
import { takeTyped, typedBy } from '../../typed-form.ts'
import { answeringOf, factsOf, path, sendAnswering, useAnother } from './answer.ts'

/** Typed values and messages for the page. */
export interface Shown {
  username?: string
  owner?: string
  faults?: Fault[]
  transferred?: boolean
  notice?: string | undefined
  status?: number
}

export const typedForm = { path, fields: ['username', 'owner'] }

export const ends: Partial<Record<Problem['code'], InvitationEnd>> = {
  invitation_used: 'used',
  invitation_expired: 'expired',
  invitation_revoked: 'revoked',
  invitation_declined: 'declined',
  invitation_not_found: 'unknown',
  organization_suspended: 'suspended',
}

/** The pages of an invitation, each for a state of the visitor and the invitation. */
export function createShow(options: Portal) {
  const { store, keys, execute, sessions } = options

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
        return sendPage(reply, joinStrangerPage({ frame, invitation: factsOf(preview, null), ...doors, providers: providersView(options, path) }))
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
    if ((await needsInbox(store.reading, invitation, live.account)) && !(await isRecent(store.reading, live))) return confirmFirst(reply, path)
    const target = { action: path, hidden: { invitation: invitation.id, ...typedBy(live) } }
    const token = invitationTokenOf(options, request)
    if (live.account.username === null) {
      const suggestions = faults ? await freeNamesNear(options, username ?? '') : []
      const signingUp = live.now.getTime() - live.account.createdAt.getTime() < 3_600_000
      const newcomer = { frame, target, account, useAnother, invitation: facts, problem: null, value: username, suggestions, faults, signingUp }
      return sendPage(reply, joinNewcomerPage(newcomer), status)
    }
    const plan: MovePlan = await execute(movePlan, principal, { token })
    if (plan.problem?.code === 'already_member') {
      const whose = invitation.kind === 'email' ? 'own' : 'for another'
      return sendPage(
        reply,
        joinMemberPage({ frame, organization: plan.to?.name ?? '', role: plan.from ?? builtIn('member'), invitation: whose, consolePath: consolePath() }),
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
            role: signedIn.live.membership ?? builtIn('member'),
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

  const showAccepted = (request: FastifyRequest, reply: FastifyReply, organization: string, role: HeldRole): FastifyReply =>
    sendPage(reply, joinAcceptedPage({ frame: frameOf(options, request), organization, role, cli: cliOf(options), consolePath: consolePath() }))

  return { show, showEnded, showAccepted, knownBy }
}
