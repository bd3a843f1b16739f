import { CLI_CLIENT_ID, type ClientId, type DeviceAuthorizationId, type SessionId, type UserId } from '@muster/contract/ids.ts'
import { requireGood } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import { newId } from '../model/id.ts'
import { networkOf } from '../model/network.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import { requireRefreshLogin } from './refresh-token.ts'
import { sessionLifetimes, startSession } from './session.ts'
import type { DeviceAuthorization } from './store.ts'
import { newUserCode, normalUserCode, shownUserCode } from './user-code.ts'

/** The program whose commands the person types; null for an application on a device. `own` is how ours is typed. */
export const programOf = ({ clientId, clientName, commandLine }: Pick<DeviceAuthorization, 'clientId' | 'clientName' | 'commandLine'>, own: string) =>
  clientId === CLI_CLIENT_ID ? own : commandLine ? clientName : null

/** Ends the login early; null where the client has no such command. Another system's `logout` only deletes its file, its `revoke` reaches us. */
export function endingCommand(device: DeviceAuthorization, own: string): string | null {
  const program = programOf(device, own)
  if (program !== null && device.wantsRefreshToken) return `${program} revoke TOKEN`
  return device.clientId === CLI_CLIENT_ID ? `${own} logout` : null
}

/** S52 */
export const DEVICE_SECONDS = 600
/** With a sign-up on the way (S52). */
export const DEVICE_SECONDS_AT_MOST = 1_800
export const POLL_SECONDS = 5
/** Who keeps the interval may be early by a fifth of it: networks are not even (D05). */
export const POLL_TOLERANCE = 0.8
/** How far `slow_down` may stretch the interval (RFC 8628 section 3.5). */
export const POLL_SECONDS_AT_MOST = 60

/** Above this many pending requests, codes get longer and each network may hold only a few, so that a flood shuts out nobody else (D09). */
export const PENDING_BEFORE_CROWDED = 50_000
export const PENDING_PER_NETWORK = 20

export interface RequestDevice {
  deviceCodeHash: Uint8Array
  clientId: ClientId
  scopes: string[]
  params: Record<string, unknown>
}

/**
 * A device asks for a login. Everybody may ask, so this is not in the audit log: claim, approval and denial are.
 * @returns the code as it is shown
 * @throws Problem too_many_attempts when the caller's network holds too many requests during a flood
 */
export async function requestDevice({ tx, principal }: Context, request: RequestDevice): Promise<{ userCode: string }> {
  const { address, userAgent } = principal.origin
  const network = networkOf(address)
  const crowded = await tx.deviceAuthorizations.hasPending(PENDING_BEFORE_CROWDED)
  if (crowded && (await tx.deviceAuthorizations.lockAndCountPending(network)) >= PENDING_PER_NETWORK)
    throw new Problem('too_many_attempts', 'Too many logins from your network are waiting. Try again in a minute.', { extensions: { retry_after: 60 } })
  for (;;) {
    const userCode = newUserCode(crowded ? 'long' : 'short')
    const device = { id: newId('deviceAuthorization'), ...request, userCode, address, network, userAgent, lifetimeSeconds: DEVICE_SECONDS }
    if (await tx.deviceAuthorizations.insert(device)) return { userCode: shownUserCode(userCode) }
  }
}

/** The code belongs to the browser session that typed it, until that session ends (D01). */
export async function claimDevice(context: Context, { userCode }: { userCode: string }): Promise<{ id: DeviceAuthorizationId }> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const code = normalUserCode(userCode)
  if (code === null) throw new Problem('user_code_unknown')
  const found = await tx.deviceAuthorizations.findByUserCode(code)
  if (!found) throw new Problem('user_code_unknown')
  if (found.claimedBy === live.session.id && isOpen(found)) return { id: found.id }
  if (!(await tx.deviceAuthorizations.claim(found.id, live.session.id))) {
    if (isOpen(found)) throw new Problem('user_code_claimed')
    throw new Problem('device_authorization_ended', undefined, { extensions: { answered: found.state !== 'pending' } })
  }
  await record({
    type: 'device_authorization.claimed',
    target: found.id,
    userId: account.id,
    sessionId: live.session.id,
    clientId: found.clientId,
    organizationId: live.organization?.id ?? null,
  })
  return { id: found.id }
}

const isOpen = ({ state, expired }: DeviceAuthorization): boolean => state === 'pending' && !expired

/** For the approval page: shown to nobody but the session that typed the code. @throws Problem user_code_unknown or user_code_claimed */
export async function deviceOf(tx: Pick<Tx, 'deviceAuthorizations'>, id: DeviceAuthorizationId, sessionId: SessionId): Promise<DeviceAuthorization> {
  const found = await tx.deviceAuthorizations.find(id)
  if (!found) throw new Problem('user_code_unknown')
  if (found.claimedBy !== sessionId) throw new Problem('user_code_claimed')
  return found
}

/** Lets the device act as the caller: its session is made here, at the epoch of this moment (S53). The tokens wait for the next poll. */
export async function approveDevice(context: Context, { id }: { id: DeviceAuthorizationId }): Promise<{ sessionId: SessionId }> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const device = await deviceOf(tx, id, live.session.id)
  if (!isOpen(device)) throw new Problem('device_authorization_ended')
  const organizationId = live.organization?.id ?? null
  const kind = !device.commandLine ? 'application' : device.wantsRefreshToken ? 'refresh' : 'cli'
  if (kind === 'refresh') await requireRefreshLogin(tx, account.id)
  const session = await startSession(context, {
    kind,
    account,
    organizationId,
    clientId: device.clientId,
    grantPayload: { scopes: device.scopes },
    lifetimeSeconds: DEVICE_SECONDS_AT_MOST, // until the device takes its tokens: one that never comes leaves no login for a year
  })
  const approved = await tx.deviceAuthorizations.approve(id, { claimedBy: live.session.id, userId: account.id, sessionId: session.id })
  if (!approved) throw new Problem('device_authorization_ended')
  await record({ type: 'device_authorization.approved', target: id, userId: account.id, sessionId: session.id, clientId: device.clientId, organizationId })
  await tx.jobs.send({ name: 'mail', data: { template: 'login_approved', sessionId: session.id, deviceAuthorizationId: id } })
  return { sessionId: session.id }
}

/**
 * Somebody who has proven who they are may not log in, with this code on their way: it is denied in their name. Changes nothing for a code that
 * somebody else's session holds. False when there is no such code.
 */
export async function refuseDevice({ tx, record }: Context, { userCode, userId }: { userCode: string; userId: UserId }): Promise<boolean> {
  const code = normalUserCode(userCode)
  const device = code === null ? null : await tx.deviceAuthorizations.findByUserCode(code)
  if (!device) return false
  if (!(await tx.deviceAuthorizations.refuse(device.id, userId))) return true
  const membership = await tx.memberships.current(userId)
  await record({
    type: 'device_authorization.denied',
    target: device.id,
    userId,
    clientId: device.clientId,
    organizationId: membership?.organizationId ?? null,
  })
  return true
}

export async function denyDevice(context: Context, { id }: { id: DeviceAuthorizationId }): Promise<void> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const device = await deviceOf(tx, id, live.session.id)
  if (device.state === 'denied') return
  if (!(await tx.deviceAuthorizations.deny(id, { claimedBy: live.session.id, userId: account.id }))) throw new Problem('device_authorization_ended')
  await record({
    type: 'device_authorization.denied',
    target: id,
    userId: account.id,
    clientId: device.clientId,
    organizationId: live.organization?.id ?? null,
  })
}

/** While a sign-up by the browser that holds this code is on the way the code's end waits, 30 minutes in all (S52). Changes nothing for a code that is none. */
export async function holdForSignUp({ tx }: { tx: Pick<Tx, 'deviceAuthorizations'> }, { userCode }: { userCode: string }): Promise<void> {
  const code = normalUserCode(userCode)
  if (code !== null) await tx.deviceAuthorizations.hold(code, DEVICE_SECONDS, DEVICE_SECONDS_AT_MOST)
}

/**
 * The device takes its tokens: once, whoever else asks at the same moment. What the approval promised begins to run here.
 * The standing is looked at before, so that a refused poll says why and burns nothing (S53).
 */
export async function redeemDevice({ tx, record }: Context, { deviceCodeHash }: { deviceCodeHash: Uint8Array }): Promise<DeviceAuthorization | null> {
  const redeemed = await tx.deviceAuthorizations.redeem(deviceCodeHash)
  if (!redeemed?.sessionId) return null
  const live = await requireGood(tx, await tx.sessions.liveState(redeemed.sessionId, null))
  const { address, userAgent } = redeemed
  await tx.sessions.restart(redeemed.sessionId, { lifetimeSeconds: sessionLifetimes[live.session.kind], address, userAgent })
  await record({
    type: 'device_authorization.redeemed',
    target: redeemed.id,
    userId: live.account.id,
    sessionId: redeemed.sessionId,
    clientId: redeemed.clientId,
    organizationId: live.session.organizationId,
  })
  return redeemed
}
