import type { EndReason, SessionKind } from '@muster/contract/events.ts'
import type { ClientId, OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { record } from '../command/record.ts'
import { together } from '../command/together.ts'
import type { Account } from '../model/account.ts'
import { newId } from '../model/id.ts'
import type { LiveState } from '../model/live.ts'
import { networkOf } from '../model/network.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { Session } from '../model/session.ts'
import type { Tx } from '../store.ts'

const DAY = 86_400

/** The lifetime of each kind in seconds: S46 for a plain login, S47 for a refresh token. Absolute: no use extends it. */
export const sessionLifetimes: Record<SessionKind, number> = {
  browser: 14 * DAY,
  cli: DAY,
  refresh: 365 * DAY,
  application: 30 * DAY,
}

/** A browser session that is not used for this long ends before its lifetime does (F18). */
export const BROWSER_IDLE_SECONDS = 7 * DAY

export const ACCESS_TOKEN_SECONDS = DAY

/** The lifetime of a new access token. It never outlives its session. */
export function accessTokenSeconds({ session, now }: Pick<LiveState, 'session' | 'now'>): number {
  const left = Math.floor((session.expiresAt.getTime() - now.getTime()) / 1000)
  return Math.max(1, Math.min(ACCESS_TOKEN_SECONDS, left))
}

/** The most valid sessions of each kind that a person has, for `application` of each application (S61). Refresh tokens have a limit of their own (S47). */
export const sessionLimits: Record<Exclude<SessionKind, 'refresh'>, number> = {
  browser: 200,
  cli: 200,
  application: 50,
}

/** A person who has many more sessions, from before there was a limit, loses them a few at a time, so that no login takes long. */
const ENDED_AT_ONCE = 10

/** Sessions are counted up to this number. It is more than a person with a few applications can have. */
export const SESSIONS_COUNTED = 1_000

/** A use is stored at most once a minute, so that a read request need not write. */
export const isWorthNoting = ({ now, lastUsedAt }: { now: Date; lastUsedAt: Date | null }): boolean =>
  lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > 60_000

export interface StartSession {
  /** Set if the id was needed before the session started. */
  id?: SessionId
  kind: SessionKind
  account: Pick<Account, 'id' | 'epoch'>
  organizationId: OrganizationId | null
  clientId?: ClientId | null
  grantPayload?: Record<string, unknown>
  tokenHash?: Uint8Array
  /** How the person proved who they are (RFC 8176), and when if not now. */
  methods?: readonly string[]
  /** The id of the provider that signed them in. */
  provider?: string | null
  authenticatedAt?: Date
  confirmedAt?: Date | null
  confirmedMethods?: readonly string[]
  /** Overrides the lifetime of the kind. */
  lifetimeSeconds?: number
}

/** How and when the person proved who they are, for a session that another one gives: the device or application proves nothing of its own (F14). */
export const signInOf = ({ methods, authenticatedAt, confirmedAt, confirmedMethods }: LiveState['session']) =>
  ({ methods, authenticatedAt, confirmedAt, confirmedMethods }) satisfies Partial<StartSession>

/** For a command that has locked the account and checked the person: creates the session at the epoch that was read together with the status. */
export async function startSession({ tx, principal }: Context, { kind, account, organizationId, clientId = null, ...rest }: StartSession): Promise<Session> {
  const starting = tx.sessions.insert({
    id: newId('session'),
    kind,
    userId: account.id,
    organizationId,
    epoch: account.epoch,
    clientId,
    address: principal.origin.address,
    userAgent: principal.origin.userAgent,
    lifetimeSeconds: kind === 'browser' ? BROWSER_IDLE_SECONDS : sessionLifetimes[kind],
    ...rest,
  })
  const [session, oldest] = await together(starting, oldestBeyondLimit(tx, { userId: account.id, kind, clientId }))
  const who = whoBegan(principal, session)
  await record(tx, who, {
    type: 'session.started',
    target: session.id,
    userId: account.id,
    kind,
    clientId,
    organizationId,
    ...(rest.methods && { methods: [...rest.methods] }),
  })
  for (const id of oldest) {
    const ended = await tx.sessions.end(id, 'session_limit')
    if (ended) await record(tx, who, { type: 'session.ended', target: id, userId: account.id, reason: 'session_limit', organizationId: ended.organizationId })
  }
  return session
}

/** The oldest sessions of a kind beyond the limit (S61), which end. */
async function oldestBeyondLimit(
  { sessions }: Pick<Tx, 'sessions'>,
  { userId, kind, clientId }: { userId: UserId; kind: SessionKind; clientId: ClientId | null },
): Promise<SessionId[]> {
  if (kind === 'refresh') return []
  return sessions.oldestBeyond({ userId, kind, clientId: kind === 'application' ? clientId : null }, { keep: sessionLimits[kind], atOnce: ENDED_AT_ONCE })
}

/** Nobody was signed in before, so the event names the person who has just signed in. */
function whoBegan(principal: Principal, { id: sessionId, userId, epoch, organizationId }: Session): Principal {
  return principal.kind === 'anonymous' ? { kind: 'user', userId, sessionId, epoch, organizationId, token: null, origin: principal.origin } : principal
}

/** Creates a browser session. Returns the value of its cookie, which is stored nowhere else. */
export async function startBrowserSession(
  context: Context,
  account: Pick<Account, 'id' | 'epoch'>,
  organizationId: OrganizationId | null,
  proof: Pick<StartSession, 'provider' | 'authenticatedAt' | 'confirmedAt' | 'confirmedMethods'> & { methods: readonly string[] },
): Promise<{ session: Session; cookie: string }> {
  const cookie = newOpaqueToken('muster_bs')
  const starting = startSession(context, { kind: 'browser', account, organizationId, tokenHash: digest(cookie), ...proof })
  const [session] = await together(starting, noteSignIn(context, account.id))
  return { session, cookie }
}

/** From now on, this network's guesses at the password do not count as a stranger's. */
export const noteSignIn = ({ tx, principal }: Context, userId: UserId): Promise<void> => tx.accounts.noteNetwork(userId, networkOf(principal.origin.address))

/** Ends a session of the caller. Another person's session does not exist for the caller. Ending an ended session changes nothing. */
export async function endSession(context: Context, { sessionId, reason }: { sessionId: SessionId; reason: EndReason }): Promise<{ ended: number }> {
  const { principal } = context
  const isOwn = principal.kind === 'user' && principal.sessionId === sessionId
  const { account } = await context.account({ unregistered: true, thirdParty: isOwn })
  const session = await context.tx.sessions.find(sessionId)
  if (session?.userId !== account.id) throw new Problem('session_not_found')
  return { ended: (await finishSession(context, sessionId, reason)) ? 1 : 0 }
}

/** Ends all of the caller's sessions except the current one. */
export async function endOtherSessions(context: Context): Promise<{ ended: number }> {
  const { account, live } = await context.account({ unregistered: true })
  return { ended: await finishAllSessions(context, account.id, live.session.id, 'ended_by_user') }
}

/** Part of other commands: ends a session without a permission check. False if it had already ended, by itself or by the epoch; then nothing is recorded. */
export async function finishSession({ tx, record, awaitEnded }: Context, sessionId: SessionId, reason: EndReason): Promise<boolean> {
  const ended = await tx.sessions.end(sessionId, reason)
  if (ended) await record({ type: 'session.ended', target: ended.id, userId: ended.userId, reason, organizationId: ended.organizationId })
  else await awaitEnded('session', [sessionId])
  return ended !== null
}

export async function finishAllSessions(
  { tx, principal, record, awaitEnded }: Context,
  userId: UserId,
  except: SessionId | null,
  reason: EndReason,
): Promise<number> {
  await together(tx.invitationSessions.endAllOf(userId), tx.rememberedDevices.endAllOf(userId))
  if (principal.origin.ended) await awaitEnded('session', await tx.sessions.endedOf(userId))
  const ended = await tx.sessions.endAllOf(userId, except, reason)
  for (const session of ended) await record({ type: 'session.ended', target: session.id, userId, reason, organizationId: session.organizationId })
  return ended.length
}

/**
 * Ends what a client has of a person: all its sessions, and with them its tokens. Each has a revocation of its own, which every verifier of every version understands.
 * They are at most 50 (S61).
 */
export async function finishSessionsOfClient({ tx, record }: Context, userId: UserId, clientId: ClientId): Promise<number> {
  const ended = await tx.sessions.endAllOfClient(userId, clientId, 'access_revoked')
  for (const session of ended)
    await record({ type: 'session.ended', target: session.id, userId, reason: 'access_revoked', organizationId: session.organizationId })
  return ended.length
}

/** Revokes one access token. Its session continues (S48, S49). */
export async function revokeAccessToken({ tx, record, awaitEnded }: Context, token: { sessionId: SessionId; jti: string; expiresAt: Date }): Promise<void> {
  const session = await tx.sessions.find(token.sessionId)
  if (!session) return
  // Locked first, so that two concurrent revocations of a token are recorded once (I6).
  await tx.accounts.lock(session.userId)
  const live = await tx.sessions.liveState(token.sessionId, token.jti)
  if (live?.tokenRevoked) await awaitEnded('token', [token.jti])
  if (!live || live.tokenRevoked) return
  await record({
    type: 'token.revoked',
    target: token.sessionId,
    userId: live.account.id,
    jti: token.jti,
    expiresAt: token.expiresAt.toISOString(),
    organizationId: live.session.organizationId,
  })
}
