import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../../domain/model/problem.ts'
import { declineWithToken, joinWithToken, register } from '../../../domain/organizations/use-invitation.ts'
import { transferAllResources } from '../../../domain/resources/resource.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { faultsOf, fieldsOf, invitationTokenOf, type Portal, seeOther } from '../../portal.ts'
import { isTypedBy, keepTyped } from '../../typed-form.ts'
import { answeringOf, clearToken, createAnswer, path } from './answer.ts'
import { type createShow, ends, typedForm } from './show.ts'

/** What the user decided on the page of an invitation. */
export function createDecide(options: Portal, { show, showEnded, knownBy }: ReturnType<typeof createShow>) {
  const { execute, sessions } = options
  const answer = createAnswer(options)

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
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
        clearToken(options, reply)
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
      clearToken(options, reply)
      return seeOther(reply, `${path}/accepted`)
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      // The first of two clicks was accepted, or the state has changed. The page shows the current state.
      if (['membership_left', 'token_revoked', 'token_expired', 'already_member', 'already_registered'].includes(error.code)) return seeOther(reply, path)
      if (error.code === 'insufficient_user_authentication')
        return signedIn ? keepTyped(options, request, reply, typedForm) : show(request, reply, { status: error.status })
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
  }
}
