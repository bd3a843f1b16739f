import type { ClientId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { refuse, requireStanding } from '../command/refused-credential.ts'
import type { Accounts } from '../command/services.ts'
import { issueRefreshToken, REFRESH_LOGINS_PER_USER, refusalOfOver, requireRefreshLogin, useRefreshToken } from '../credentials/refresh-token.ts'
import { finishSession, noteSignIn, startSession } from '../credentials/session.ts'
import { newOpaqueToken, parseToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { Session } from '../model/session.ts'
import { refusingSuspended } from './open-session.ts'
import { type Proof, provenAccount, type SignIn, withProvenPassword } from './sign-in.ts'

// Exchanges a password for tokens without a browser, which OAuth 2.1 forbids. It exists for scripts that were written for another system, and is reachable only
// if compatibility with that system is switched on.

export interface SignInWithPassword extends Pick<SignIn, 'identifier' | 'password'> {
  clientId: ClientId
  scopes: readonly string[]
}

/**
 * A login for a machine, by password. Its refresh token does not rotate and ends like any other (S47). Attempts are counted and refused as on the sign-in page.
 * @throws Problem wrong_credentials, too_many_attempts; account_suspended, user_deactivated and organization_suspended only with the right password (S35)
 */
export async function signInWithPassword(
  accounts: Accounts,
  principal: Principal,
  { identifier, password, clientId, scopes }: SignInWithPassword,
): Promise<{ session: Session; refreshToken: string }> {
  await accounts.limits.spend('token by address', principal.origin.address)
  const refreshToken = newOpaqueToken('muster_rt')
  const session = await withProvenPassword(accounts, principal, { identifier, password }, (proof) =>
    accounts.execute(openMachineLogin, principal, { ...proof, clientId, scopes, tokenHash: digest(refreshToken) }),
  )
  return { session, refreshToken }
}

interface OpenMachineLogin extends Proof, Pick<SignInWithPassword, 'clientId' | 'scopes'> {
  tokenHash: Uint8Array
}

async function openMachineLogin(context: Context, { clientId, scopes, tokenHash, ...proof }: OpenMachineLogin): Promise<Session> {
  const { account, membership, needsSecondFactor, lacksApp, refuse } = refusingSuspended(await provenAccount(context, proof))
  await refuse()
  if (needsSecondFactor || lacksApp) throw new Problem('factor_required') // F6
  await makeRoom(context, account.id, clientId)
  await noteSignIn(context, account.id)
  const granted = [...scopes]
  const session = await startSession(context, {
    kind: 'refresh',
    account,
    organizationId: membership?.organizationId ?? null,
    clientId,
    methods: ['pwd'],
    grantPayload: { scopes: granted },
  })
  // Without a payload, the grant names no client to the OAuth library, so its endpoints accept none of these tokens.
  await issueRefreshToken(context, { name: null, tokenHash, sessionId: session.id, userId: account.id, clientId, scopes: granted, payload: {}, rotates: false })
  return session
}

/** A script that sends the password on every run never revokes its tokens. So the client's longest unused token makes room. */
async function makeRoom(context: Context, userId: UserId, clientId: ClientId): Promise<void> {
  const logins = await context.tx.sessions.refreshLogins(userId)
  const unused = logins.length < REFRESH_LOGINS_PER_USER ? undefined : logins.find((login) => login.clientId === clientId)
  if (unused) await finishSession(context, unused.id, 'replaced')
  else await requireRefreshLogin(context.tx, userId)
}

/** Uses the refresh token of such a login. Reasons for a refusal are checked in the order of S36. @throws Problem */
export async function useMachineLogin(
  { store, execute, limits }: Pick<Accounts, 'store' | 'execute' | 'limits'>,
  { origin }: Principal,
  { refreshToken, clientId }: { refreshToken: string; clientId: ClientId },
): Promise<{ sessionId: SessionId; scopes: string[] }> {
  await limits.spend('token by address', origin.address)
  const { reading } = store
  const presented = parseToken('muster_rt', refreshToken) === null ? null : await reading.refreshTokens.present(digest(refreshToken))
  if (presented?.token.clientId !== clientId) throw new Problem('invalid_token')
  const { token, live } = presented
  if (token.over) throw refusalOfOver(token.over)
  await refuse(reading, live, live.session)
  const { account, session } = live
  const principal = {
    kind: 'user',
    userId: account.id,
    sessionId: session.id,
    epoch: session.epoch,
    organizationId: session.organizationId,
    token: null,
    origin,
  } as const
  if (!(await useRefreshToken({ store, execute }, principal, presented))) {
    // The token ended between the two statements. The standing says why.
    await requireStanding(reading, principal)
    throw new Problem('token_expired')
  }
  return { sessionId: session.id, scopes: token.scopes }
}
