import type { ClientId, RefreshTokenId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Context, Execute } from '../command/context.ts'
import { refusalOf } from '../command/refused-credential.ts'
import { newId } from '../model/id.ts'
import type { LiveState } from '../model/live.ts'
import type { Origin, UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Store, Tx } from '../store.ts'
import { oneLine } from './api-key.ts'
import { finishSession, isWorthNoting } from './session.ts'
import type { RefreshToken, RefreshTokenUse, RegisteredClient, UsedRefreshToken } from './store.ts'

/** An unused token counts as revoked, an expired one as expired (S36, steps 2 and 3). */
export const refusalOfOver = (over: 'expired' | 'idle'): Problem =>
  over === 'expired'
    ? new Problem('token_expired')
    : new Problem('token_revoked', `The refresh token expired because it was not used for ${REFRESH_IDLE_SECONDS / 86_400} days.`)

/** 30 × 24 h after the last successful use (S47). */
const REFRESH_IDLE_SECONDS = 30 * 86_400

/** The limit of tokens that do not rotate: enough for every pipeline of a person, and a bound for a person who never revokes one. */
export const REFRESH_LOGINS_PER_USER = 50

/** For a command that has locked the account. @throws Problem refresh_token_limit */
export async function requireRefreshLogin({ sessions }: Pick<Tx, 'sessions'>, userId: UserId): Promise<void> {
  const { length } = await sessions.refreshLogins(userId)
  if (length < REFRESH_LOGINS_PER_USER) return
  throw new Problem('refresh_token_limit', `You have ${length} refresh tokens. The maximum is ${REFRESH_LOGINS_PER_USER}.`, {
    extensions: { limit: REFRESH_LOGINS_PER_USER },
  })
}

/**
 * For this long after its successor was issued, a second use is taken for a retry: it is refused, and the family stays valid. A later use means that the token
 * was copied (E08).
 */
export const REUSE_LEEWAY_SECONDS = 10

export const isReuse = ({ consumedAt }: Pick<RefreshToken, 'consumedAt'>, now: Date): boolean =>
  consumedAt !== null && now.getTime() - consumedAt.getTime() > REUSE_LEEWAY_SECONDS * 1000

const NAME_CHARACTERS = 60

/** The name of a refresh token. The requester chooses it, and the approval page and the list show it. @throws Problem description_invalid */
export function refreshTokenName(text: string): string {
  const name = oneLine(text)
  if ([...name].length > NAME_CHARACTERS)
    throw new Problem('description_invalid', `The name of a refresh token can have at most ${NAME_CHARACTERS} characters.`)
  return name
}

export interface IssueRefreshToken {
  name: string | null
  tokenHash: Uint8Array
  sessionId: SessionId
  userId: UserId
  clientId: ClientId
  scopes: string[]
  payload: Record<string, unknown>
  rotates: boolean
}

/** @throws Problem token_revoked if the session has ended */
export async function issueRefreshToken({ tx, principal, record }: Context, input: IssueRefreshToken): Promise<RefreshToken> {
  const first = (await tx.refreshTokens.countOf(input.sessionId)) === 0
  const token = await tx.refreshTokens.insert({ id: newId('refreshToken'), ...input, address: principal.origin.address, idleSeconds: REFRESH_IDLE_SECONDS })
  if (!token) throw new Problem('token_revoked')
  const { id, userId, sessionId, clientId, organizationId } = token
  if (first) await record({ type: 'refresh_token.issued', target: id, userId, sessionId, clientId, organizationId })
  return token
}

type Used = Pick<RefreshToken, 'id' | 'userId' | 'organizationId' | 'sessionId'>

/**
 * False if the token can no longer be used. The first use is recorded, and each use from another address than the one before (S57). All other uses, which are
 * nearly all, record nothing and are one statement.
 */
export async function useRefreshToken(
  { store, execute }: { store: Pick<Store, 'reading'>; execute: Execute },
  principal: UserPrincipal,
  { token, live }: { token: Used; live: LiveState },
): Promise<boolean> {
  const { refreshTokens, sessions } = store.reading
  const { origin } = principal
  if (!(await refreshTokens.useAgain(token.id, usedFrom(origin)))) return execute(rememberUse, principal, token)
  if (isWorthNoting({ now: live.now, lastUsedAt: live.session.lastUsedAt })) await sessions.touch(token.sessionId, origin.address)
  return true
}

/**
 * Uses a token that does not rotate, found by its hash: the statement that counts the use also checks it and reads what the new access token needs. Null
 * if it is refused, and for a token that rotates.
 */
export async function usePlainRefreshToken(
  { store: { reading }, execute }: { store: Pick<Store, 'reading'>; execute: Execute },
  origin: Origin,
  plain: PlainUse,
): Promise<UsedRefreshToken | null> {
  const used = await reading.refreshTokens.useAgainBy(plain.tokenHash, plain.client, usedFrom(origin))
  if (used) {
    if (isWorthNoting({ now: used.live.now, lastUsedAt: used.live.session.lastUsedAt })) await reading.sessions.touch(used.live.session.id, origin.address)
    return used
  }
  // Read for the record, which names the person. Whether the token may be used is decided by the statement that counts the use.
  const presented = await reading.refreshTokens.present(plain.tokenHash)
  if (!presented || presented.token.rotates || refusalOf(presented.live, presented.live.session)) return null
  const { session, account } = presented.live
  const principal = { kind: 'user', userId: account.id, sessionId: session.id, epoch: session.epoch, organizationId: session.organizationId } as const
  return execute(rememberPlainUse, { ...principal, token: null, origin }, plain)
}

interface PlainUse {
  tokenHash: Uint8Array
  client: Pick<RegisteredClient, 'id' | 'version'>
}

async function rememberPlainUse(context: Context, { tokenHash, client }: PlainUse): Promise<UsedRefreshToken | null> {
  const used = await context.tx.refreshTokens.useBy(tokenHash, client, usedFrom(context.principal.origin))
  if (!used) return null
  const { session, account } = used.live
  await recordUse(context, { id: used.id, userId: account.id, organizationId: session.organizationId, sessionId: session.id }, used)
  return used
}

async function rememberUse(context: Context, token: Used): Promise<boolean> {
  const used = await context.tx.refreshTokens.use(token.id, usedFrom(context.principal.origin))
  if (used) await recordUse(context, token, used)
  return used !== null
}

async function recordUse({ tx, principal, record }: Context, token: Used, { first, elsewhere }: { first: boolean; elsewhere: boolean }): Promise<void> {
  const event = { target: token.id, userId: token.userId, organizationId: token.organizationId }
  if (first) await record({ type: 'refresh_token.first_used', ...event })
  if (elsewhere) await record({ type: 'refresh_token.used_elsewhere', ...event })
  await tx.sessions.touch(token.sessionId, principal.origin.address)
}

const usedFrom = ({ address }: Origin): RefreshTokenUse => ({ address, idleSeconds: REFRESH_IDLE_SECONDS })

/**
 * Ends the family of a token that was used after its successor was issued. The token was copied, and nobody can tell which client is honest (RFC 9700 section
 * 4.14.2).
 */
export async function endReusedFamily(context: Context, token: Pick<RefreshToken, 'id' | 'userId' | 'sessionId' | 'organizationId'>): Promise<void> {
  const ended = await finishSession(context, token.sessionId, 'revoked')
  if (!ended) return
  await context.record({
    type: 'refresh_token.reused',
    target: token.id,
    userId: token.userId,
    sessionId: token.sessionId,
    organizationId: token.organizationId,
  })
}

/** The token itself authorizes its revocation, with its session and access tokens (S48). */
export async function revokeRefreshToken(context: Context, { tokenHash }: { tokenHash: Uint8Array }): Promise<void> {
  const token = await context.tx.refreshTokens.findByHash(tokenHash)
  if (token) await finishSession(context, token.sessionId, 'revoked')
}

/** Revokes a refresh token of the caller, by id. Another person's token does not exist for the caller. */
export async function endRefreshToken(context: Context, { refreshTokenId }: { refreshTokenId: RefreshTokenId }): Promise<{ ended: number }> {
  const { account } = await context.account({ unregistered: true })
  const token = await context.tx.refreshTokens.find(refreshTokenId)
  if (token?.userId !== account.id) throw new Problem('refresh_token_not_found')
  return { ended: (await finishSession(context, token.sessionId, 'revoked')) ? 1 : 0 }
}

/** The valid ones, newest first. */
export const listRefreshTokens = (tx: Pick<Tx, 'refreshTokens'>, userId: UserId): Promise<RefreshToken[]> => tx.refreshTokens.listAlive(userId)
