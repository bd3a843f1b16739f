import type { FastifyReply } from 'fastify'
import { isReadyFor, policyInForce } from '../../../domain/command/factor-policy.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { type Portal, seeOther } from '../../portal.ts'
import { withReturnPath } from '../../return-path.ts'

/** Before a page on which the policy of the organization must be met (F13): leads to the confirmation, or to the page where a missing factor is added. */
export async function proveFirst({ store }: Pick<Portal, 'store'>, reply: FastifyReply, { live }: SignedIn, returnPath: string): Promise<FastifyReply> {
  const policy = live.organization ? policyInForce(live.organization.factorPolicy, live.now) : 'none'
  const isReady = isReadyFor(await store.reading.authenticators.held(live.account.id), policy)
  return seeOther(
    reply,
    isReady
      ? `${withReturnPath('/account/confirm', returnPath)}${policy === 'phishing-resistant' ? '&with=passkey' : ''}`
      : withReturnPath('/account/security', returnPath),
  )
}
