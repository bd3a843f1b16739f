import type { RecentAction } from '@muster/contract/authentication.ts'
import { CLI_CLIENT_ID, type ClientId, type DeviceAuthorizationId, type SessionId, type UserId } from '@muster/contract/ids.ts'
import { type Api, OWN_API } from '../apis/api.ts'
import { type Term, termsOf } from '../apis/term.ts'
import type { Context, Execute } from '../command/context.ts'
import { requirePolicy } from '../command/factor-policy.ts'
import type { CountedSpending, PointOfRequest } from '../command/limits.ts'
import { requireRecent } from '../command/recent.ts'
import { requireValid } from '../command/refused-credential.ts'
import { currentMoment, type Moment, millisecondsSince } from '../model/clock.ts'
import { newId } from '../model/id.ts'
import type { LiveState } from '../model/live.ts'
import { networkOf } from '../model/network.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Store, Tx } from '../store.ts'
import { consentOf, rememberConsent } from './consent.ts'
import { audiencesAsked, grantOfLogin } from './granted-audience.ts'
import { requireRefreshLogin } from './refresh-token.ts'
import { sessionLifetimes, signInOf, startSession } from './session.ts'
import type { DeviceAuthorization } from './store.ts'
import { newUserCode, normalUserCode, shownUserCode } from './user-code.ts'

/** The program name to show in commands. Null for an application on a device. `own` is how people here run Muster's command. */
export const programOf = ({ clientId, clientName, commandLine }: Pick<DeviceAuthorization, 'clientId' | 'clientName' | 'commandLine'>, own: string) =>
  clientId === CLI_CLIENT_ID ? own : commandLine ? clientName : null

/** The command that ends the login early. Null if the client has none. Another system's `logout` only deletes its file; its `revoke` reaches Muster. */
export function endingCommand(device: DeviceAuthorization, own: string): string | null {
  const program = programOf(device, own)
  if (program !== null && device.wantsRefreshToken) return `${program} revoke TOKEN`
  return device.clientId === CLI_CLIENT_ID ? `${own} logout` : null
}

/** S52 */
export const DEVICE_SECONDS = 600
/** The limit while a sign-up is in progress (S52). */
const DEVICE_SECONDS_AT_MOST = 1_800
export const POLL_SECONDS = 5
/** A client that keeps the interval may still be early by a fifth, because networks delay requests unevenly (D05). */
export const POLL_TOLERANCE = 0.8
/** The maximum interval after `slow_down` (RFC 8628 section 3.5). */
export const POLL_SECONDS_AT_MOST = 60

/** Above this many pending requests, codes get longer and each network can hold only a few, so that a flood does not lock out others (D09). */
const PENDING_BEFORE_CROWDED = 50_000
export const PENDING_PER_NETWORK = 20

export interface RequestDevice {
  deviceCodeHash: Uint8Array
  clientId: ClientId
  /** Of the values that the caller has read. Absent: any. */
  clientVersion?: string
  scopes: string[]
  params: Record<string, unknown>
  /** Set for a terminal that asks its person to confirm (F16). */
  confirms?: { sessionId: SessionId; action: RecentAction | null } | undefined
}

/** Whether so many requests are pending that each must be counted. */
export interface PendingRequests {
  /** True if a count of a moment ago says that they are few. */
  areFew(): boolean
  /** Counts them. */
  areMany(): Promise<boolean>
}

/** For this long, and for a tenth of the requests that are missing, a count counts: other processes add requests too. */
const COUNT_MILLISECONDS = 1_000

/** Counts the pending requests only when they could be many, because counting tens of thousands takes longer than a request. */
export function createPendingRequests({ reading }: Pick<Store, 'reading'>): PendingRequests {
  let counted: Moment | undefined
  let left = 0
  let counting: Promise<boolean> | undefined
  const count = async (): Promise<boolean> => {
    const began = currentMoment()
    const missing = PENDING_BEFORE_CROWDED - (await reading.deviceAuthorizations.countPending(PENDING_BEFORE_CROWDED))
    counted = began
    left = Math.floor(missing / 10)
    return missing <= 0
  }
  return {
    areFew() {
      left -= 1
      return left >= 0 && counted !== undefined && millisecondsSince(counted) < COUNT_MILLISECONDS
    },
    areMany() {
      counting ??= count().finally(() => {
        counting = undefined
      })
      return counting
    },
  }
}

/**
 * Requests a login for a device. Anyone can do this, so the request is not in the audit log; claim, approval and denial are.
 * @param point the point that the caller spends, unless it has been spent. The statement that stores the request spends it, so that a login takes one
 * @returns the code as it is displayed
 * @throws Problem too_many_attempts if the limit of the point refuses, or the caller's network holds too many requests during a flood; client_not_found if the
 * client was removed or changed
 */
export async function requestDeviceLogin(
  { store, execute, pending }: { store: Pick<Store, 'reading'>; execute: Execute; pending: PendingRequests },
  principal: Principal,
  request: RequestDevice,
  point?: Pick<PointOfRequest, 'spend' | 'take'>,
): Promise<{ userCode: string }> {
  if (pending.areFew()) return insertDevice(store.reading, principal, request, 'short', point?.take())
  await point?.spend() // before the count, which takes longer than a request
  if (await pending.areMany()) return execute(requestDevice, principal, request)
  return insertDevice(store.reading, principal, request, 'short')
}

/** The same where a flood is possible: the request is counted before it is stored. */
export async function requestDevice({ tx, principal }: Context, request: RequestDevice): Promise<{ userCode: string }> {
  const crowded = (await tx.deviceAuthorizations.countPending(PENDING_BEFORE_CROWDED)) >= PENDING_BEFORE_CROWDED
  if (crowded && (await tx.deviceAuthorizations.lockAndCountPending(networkOf(principal.origin.address))) >= PENDING_PER_NETWORK)
    throw new Problem('too_many_attempts', 'Too many logins from your network are waiting. Try again in a minute.', { extensions: { retry_after: 60 } })
  return insertDevice(tx, principal, request, crowded ? 'long' : 'short')
}

/** Stores the request under a code that no other has. */
export async function insertDevice(
  { deviceAuthorizations }: Pick<Tx, 'deviceAuthorizations'>,
  { origin }: Principal,
  request: RequestDevice,
  length: 'short' | 'long',
  point?: CountedSpending,
): Promise<{ id: DeviceAuthorizationId; userCode: string }> {
  const { address, userAgent } = origin
  for (let unspent = point; ; unspent = undefined) {
    const userCode = newUserCode(length)
    const device = { id: newId('deviceAuthorization'), ...request, userCode, address, network: networkOf(address), userAgent, lifetimeSeconds: DEVICE_SECONDS }
    const { client, made, refusal } = await deviceAuthorizations.insert(device, unspent)
    if (refusal) throw refusal
    if (!client) throw new Problem('client_not_found')
    if (made) return { id: device.id, userCode: shownUserCode(userCode) }
  }
}

/** Claims the code for the browser session that entered it, until that session ends (D01). */
export async function claimDevice(context: Context, { userCode }: { userCode: string }): Promise<{ id: DeviceAuthorizationId }> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const code = normalUserCode(userCode)
  if (code === null) throw new Problem('user_code_unknown')
  const found = await tx.deviceAuthorizations.findByUserCode(code)
  if (!found) throw new Problem('user_code_unknown')
  if (found.confirms !== null && (await tx.sessions.find(found.confirms))?.userId !== account.id) throw new Problem('confirmation_of_another')
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

/** For the approval page, which only the session that entered the code can open. @throws Problem user_code_unknown or user_code_claimed */
export async function deviceOf(tx: Pick<Tx, 'deviceAuthorizations'>, id: DeviceAuthorizationId, sessionId: SessionId): Promise<DeviceAuthorization> {
  const found = await tx.deviceAuthorizations.find(id)
  if (!found) throw new Problem('user_code_unknown')
  if (found.claimedBy !== sessionId) throw new Problem('user_code_claimed')
  return found
}

/**
 * Whether the login outlasts the browser's proof: by a refresh token for a year, or because the client cannot confirm, so that its sessions always count as recent (F15).
 */
export const isLasting = ({ wantsRefreshToken, commandLine, builtInClient }: DeviceAuthorization): boolean =>
  builtInClient || (wantsRefreshToken && commandLine)

/**
 * What approval gives a client that is not first-party (P16): all that it asks for, except what the person declined before. They decline nothing here, because
 * the page has no boxes.
 */
export async function decisionOnDevice(
  tx: Pick<Tx, 'consents'>,
  live: Pick<LiveState, 'account' | 'organization'>,
  { clientId, scopes, params }: Pick<DeviceAuthorization, 'clientId' | 'scopes' | 'params'>,
  apis: readonly Api[],
): Promise<{ asked: Term[]; declined: Term[] }> {
  const asked = termsOf(scopes, audiencesAsked(params.audiences, [OWN_API]), apis)
  const before = await consentOf(tx, live, clientId)
  return { asked, declined: asked.filter((term) => before?.declined.includes(term)) }
}

/**
 * Lets the device act as the caller. What the organization requires must have been proved in this browser (F13). The session is created here, at the current epoch
 * (S53). The device gets its tokens at the next poll.
 */
export async function approveDevice(context: Context, { id }: { id: DeviceAuthorizationId }): Promise<{ sessionId: SessionId }> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const device = await deviceOf(tx, id, live.session.id)
  if (!isOpen(device) || device.confirms !== null) throw new Problem('device_authorization_ended')
  requirePolicy(live)
  if (!device.firstParty) {
    const decision = await decisionOnDevice(tx, live, device, await tx.apis.list())
    await rememberConsent(context, live, { clientId: device.clientId, ...decision })
  }
  const organizationId = live.organization?.id ?? null
  const kind = !device.commandLine ? 'application' : device.wantsRefreshToken ? 'refresh' : 'cli'
  if (kind === 'refresh') await requireRefreshLogin(tx, account.id)
  if (isLasting(device)) await requireRecent(tx, live, 'logins:approve')
  const session = await startSession(context, {
    kind,
    account,
    organizationId,
    clientId: device.clientId,
    ...signInOf(live.session),
    grantPayload: grantOfLogin(device.scopes, device.params.audiences),
    lifetimeSeconds: DEVICE_SECONDS_AT_MOST, // until the device redeems it; an unredeemed approval leaves no login for a year
  })
  const approved = await tx.deviceAuthorizations.approve(id, { claimedBy: live.session.id, userId: account.id, sessionId: session.id })
  if (!approved) throw new Problem('device_authorization_ended')
  await record({ type: 'device_authorization.approved', target: id, userId: account.id, sessionId: session.id, clientId: device.clientId, organizationId })
  await tx.jobs.send({ name: 'mail', data: { template: 'login_approved', sessionId: session.id, deviceAuthorizationId: id } })
  return { sessionId: session.id }
}

/**
 * Denies the code of a person who proved their identity but may not log in. Changes nothing if another person's session holds the code. False if the code does
 * not exist.
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

/** Extends the code while a sign-up in the browser that holds it is in progress, up to 30 minutes in all (S52). Ignores an unknown code. */
export async function holdForSignUp({ tx }: { tx: Pick<Tx, 'deviceAuthorizations'> }, { userCode }: { userCode: string }): Promise<void> {
  const code = normalUserCode(userCode)
  if (code !== null) await tx.deviceAuthorizations.hold(code, DEVICE_SECONDS, DEVICE_SECONDS_AT_MOST)
}

/**
 * Redeems the login, once, even if several requests arrive at the same time. The lifetime of the login starts here. The standing is checked before, so that a
 * refused poll gives the reason and uses nothing up (S53).
 */
export async function redeemDevice({ tx, record }: Context, { deviceCodeHash }: { deviceCodeHash: Uint8Array }): Promise<DeviceAuthorization | null> {
  const redeemed = await tx.deviceAuthorizations.redeem(deviceCodeHash)
  if (!redeemed?.sessionId) return null
  const live = await requireValid(tx, await tx.sessions.liveState(redeemed.sessionId, null))
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
