import type { RecentAction } from '@muster/contract/authentication.ts'
import type { DeviceAuthorizationId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { authenticationSince } from '../command/recent.ts'
import { requireValid } from '../command/refused-credential.ts'
import type { Accounts } from '../command/services.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import { DEVICE_SECONDS, deviceOf, insertDevice } from './device-authorization.ts'

// A terminal has no page to ask its person who they are. So it shows a code, as for a login, and the person confirms in a browser (F16). The confirmation is for the
// session that asked, and creates no other.

export interface RequestedConfirmation {
  id: DeviceAuthorizationId
  userCode: string
  expiresAt: Date
}

interface Request {
  /** The change that was refused. */
  action: RecentAction | null
}

/** An earlier request of the session ends, so one session holds one code. @throws Problem too_many_attempts, or browser_confirms for a browser's session */
export async function requestTerminalConfirmation(
  { execute, limits }: Pick<Accounts, 'execute' | 'limits'>,
  principal: UserPrincipal,
  request: Request,
): Promise<RequestedConfirmation> {
  await limits.spend('confirmation by session', principal.sessionId)
  return execute(requestConfirmation, principal, request)
}

async function requestConfirmation(context: Context, { action }: Request): Promise<RequestedConfirmation> {
  const { tx, principal } = context
  const { live } = await context.account({ unregistered: true })
  const { id: sessionId, clientId } = live.session
  if (clientId === null) throw new Problem('browser_confirms')
  await tx.deviceAuthorizations.endConfirmationsOf(sessionId)
  // Nobody knows the device code, so no token is issued for it.
  const deviceCodeHash = digest(newOpaqueToken('muster_dc'))
  const request = { deviceCodeHash, clientId, scopes: [], params: {}, confirms: { sessionId, action } }
  const { id, userCode } = await insertDevice(tx, principal, request, 'short')
  return { id, userCode, expiresAt: new Date(live.now.getTime() + DEVICE_SECONDS * 1_000) }
}

/**
 * Confirms for the terminal what its person has proved in this browser since the terminal asked.
 * @throws Problem insufficient_user_authentication if they have proved nothing since; device_authorization_ended
 */
export async function approveConfirmation(context: Context, { id }: { id: DeviceAuthorizationId }): Promise<void> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const { confirms, requestedAt } = await deviceOf(tx, id, live.session.id)
  if (confirms === null) throw new Problem('device_authorization_ended')
  const asking = await requireValid(tx, await tx.sessions.liveState(confirms, null))
  if (asking.account.id !== account.id) throw new Problem('confirmation_of_another')
  const proof = await authenticationSince(tx, live, requestedAt)
  if (!proof) throw new Problem('insufficient_user_authentication')
  if (!(await tx.deviceAuthorizations.approve(id, { claimedBy: live.session.id, userId: account.id, sessionId: confirms })))
    throw new Problem('device_authorization_ended')
  await tx.sessions.confirm(confirms, proof)
  const organizationId = live.organization?.id ?? null
  await record({ type: 'session.confirmed', target: confirms, userId: account.id, organizationId, methods: [...proof.methods] })
}
