import type { UserId } from '@muster/contract/ids.ts'
import { isPersonBarred } from '@muster/contract/problems.ts'
import type { Context } from '../command/context.ts'
import { requiredAcr, requirementAhead } from '../command/factor-policy.ts'
import { deactivatedProblem, suspendedPersonProblem, suspendedProblem } from '../command/refused-credential.ts'
import type { Accounts } from '../command/services.ts'
import { together } from '../command/together.ts'
import { refuseDevice } from '../credentials/device-authorization.ts'
import { finishSession, startBrowserSession } from '../credentials/session.ts'
import { completeDueReset } from '../factors/reset.ts'
import { openInvitationSession } from '../invitations/invitation-session.ts'
import type { Account } from '../model/account.ts'
import type { Membership } from '../model/membership.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { SignIn } from './sign-in.ts'

// The end of every sign-in in a browser: the person has proved who they are, and gets a session or the reason why not.

export interface SignedIn {
  account: Account
  cookie: string
  /** True if the cookie can only answer the invitation, because the account is deactivated (S26). */
  limited: boolean
}

/** How a browser signs in, once the person has proved who they are. */
export interface Opening extends Pick<SignIn, 'replaces' | 'answering'> {
  /** How they did (RFC 8176). */
  methods: readonly string[]
  /** The id of the provider that named them. */
  provider?: string | null | undefined
}

/** Starts the session of a browser, or of the answer to an invitation (S26). @throws Problem user_deactivated or organization_suspended */
export async function openFor(
  context: Context,
  { account, membership, refuse }: ProvenAccount,
  { replaces, answering, methods, provider = null }: Opening,
): Promise<SignedIn> {
  if (membership?.status === 'deactivated' && answering !== undefined) {
    const opened = await openInvitationSession(context, account, { organizationId: membership.organizationId, token: answering, methods })
    if (opened) return { account, cookie: opened.cookie, limited: true }
  }
  await refuse()
  if (replaces) await finishSession(context, replaces, 'replaced')
  const { cookie } = await startBrowserSession(context, account, membership?.organizationId ?? null, { methods, provider })
  return { account, cookie, limited: false }
}

export interface ProvenAccount {
  account: Account
  membership: Membership | null
  /** A sign-in by password requires a second factor (F1), or the emailed code after a reset. */
  needsSecondFactor: boolean
  /** The organization requires a factor, and the person has no app, whose code a script could send (F13). */
  lacksApp: boolean
  /** The organization lets a browser be remembered (F11). */
  mayBeRemembered: boolean
  /** An admin has reset the factors: the next sign-in requires an emailed code (F12). */
  needsCode: boolean
  /** Refuses a person who has proved who they are, with the reason (S35). */
  refuse(): Promise<void>
}

/** Locks the account of a person who is signing in. Null if there is none. */
export async function lockedAccount(context: Context, userId: UserId): Promise<ProvenAccount | null> {
  const { tx, attempt } = context
  attempt({ attempted: 'session:start' })
  const [account, membership, held, reset] = await together(
    tx.accounts.lock(userId),
    tx.memberships.current(userId),
    tx.authenticators.held(userId),
    tx.factorResets.standing(userId),
  )
  if (!account) return null
  const hasReset = reset.isDue && (await completeDueReset(context, userId))
  const needsCode = reset.needsCode || hasReset
  const organization = membership && ((await tx.organizations.find(membership.organizationId))?.organization ?? null)
  const isRequired =
    organization !== null && requirementAhead(organization.factorPolicy).policy !== 'none' && requiredAcr(organization, await tx.now()) !== null
  return {
    account,
    membership,
    needsSecondFactor: needsCode || held.app || ((isRequired || held.always) && held.passkey),
    lacksApp: isRequired && !held.app,
    mayBeRemembered: organization?.factorPolicy.rememberedDevices ?? true,
    needsCode,
    async refuse() {
      if (membership?.status === 'deactivated') throw await deactivatedProblem(tx, { membership: { ...membership, status: 'deactivated' }, organization })
      if (organization?.suspendedAt) throw suspendedProblem(organization, userId)
    },
  }
}

/** @throws Problem account_suspended */
export function refusingSuspended(proven: ProvenAccount): ProvenAccount {
  const { account, membership } = proven
  if (account.suspendedAt) throw suspendedPersonProblem(account, membership && { id: membership.organizationId })
  return proven
}

/** Nobody can approve the code any more after such a refusal, so the terminal stops waiting. */
export async function refuseTerminal(
  { execute }: Pick<Accounts, 'execute'>,
  principal: Principal,
  { error, userCode, userId }: { error: unknown; userCode: string | null | undefined; userId: UserId },
): Promise<void> {
  if (userCode && error instanceof Problem && isPersonBarred(error.code)) await execute(refuseDevice, principal, { userCode, userId })
}
