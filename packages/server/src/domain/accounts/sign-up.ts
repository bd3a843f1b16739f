import type { SessionId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Context } from '../command/context.ts'
import { FEDERATED } from '../command/factor-policy.ts'
import type { Accounts } from '../command/services.ts'
import { finishSession, startBrowserSession } from '../credentials/session.ts'
import { countingWrongTokens, isFor, previewInvitation } from '../invitations/invitation.ts'
import { type Account, personName } from '../model/account.ts'
import { needsInvitation, refuseBlockedDomain, refuseUnlessAdmitted } from '../model/admission.ts'
import { emailAddress } from '../model/email.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest, type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import { insertIdentity } from '../providers/identity.ts'
import { inboxCode, spendCodeEmail } from './code-email.ts'
import { refuseBadPassword, requirePasswords } from './password.ts'
import type { CodeDigits, SignUp } from './store.ts'

export const CODE_SECONDS = 600
const CODE_TRIES = 5
/** How long the browser may return and request another code. */
export const SIGN_UP_SECONDS = 86_400

export const isCodeUsable = ({ codeExpired, codeTries }: SignUp): boolean => !codeExpired && codeTries < CODE_TRIES

export const signUpCode = (
  keys: SecretKeys,
  { id, codeNumber, codeDigits, keyGeneration }: Pick<SignUp, 'id' | 'codeNumber' | 'codeDigits' | 'keyGeneration'>,
): string => inboxCode(keys.of(keyGeneration), 'sign-up-code', codeDigits, id, codeNumber)

export interface StartSignUp {
  email: string
  /** Null for a person who adds a passkey instead (F2). */
  password: string | null
  givenName: string
  familyName: string
  /** The token of an invitation, for an address that may not sign up without one (O15). It is not used up. */
  invitation?: string | undefined
}

/**
 * Starts a sign-up in this browser and sends a code. Only the job that sends it checks whether the address has an account, so response, work and time are the
 * same for all addresses (C06).
 * @returns the value of the cookie that binds the sign-up to the browser
 */
export async function startSignUp(accounts: Accounts, principal: Principal, input: StartSignUp): Promise<{ cookie: string }> {
  const { limits, hasher, execute } = accounts
  if (input.password !== null) requirePasswords(accounts)
  await limits.spend('sign-up by address', principal.origin.address)
  const { typed, canonical } = emailAddress(input.email)
  await requireAdmitted(accounts, principal, { emailCanonical: canonical, invitation: input.invitation })
  const givenName = personName(input.givenName)
  const familyName = input.familyName.trim() === '' ? '' : personName(input.familyName)
  const { password } = input
  if (password !== null) await refuseBadPassword(accounts, password, [typed, givenName, familyName])
  const codeDigits = await spendCodeEmail(limits, principal, canonical)
  const passwordHash = password === null ? null : await hasher.hash(password)
  const cookie = newOpaqueToken('muster_su')
  await execute(openSignUp, principal, {
    tokenHash: digest(cookie),
    email: typed,
    emailCanonical: canonical,
    passwordHash,
    identity: null,
    givenName,
    familyName,
    codeDigits,
  })
  return { cookie }
}

/**
 * Whether the address may get an account depends on its domain and on an invitation that the visitor holds, and never on an account (C06, O15). An invitation
 * that was sent to somebody else, and an address that was invited, admit nobody by themselves.
 * @throws Problem email_domain_blocked, email_domain_not_admitted, sign_up_by_invitation, or why the invitation cannot be used
 */
export async function requireAdmitted(
  { store, keys, limits, admission }: Accounts,
  { origin }: Principal,
  { emailCanonical, invitation: token }: { emailCanonical: string; invitation: string | undefined },
): Promise<void> {
  const invited = token !== undefined
  refuseUnlessAdmitted(admission, emailCanonical, { invited })
  if (!invited || needsInvitation(admission, emailCanonical) === null) return
  const { invitation } = await countingWrongTokens(limits, origin, () => previewInvitation(store.reading, keys, token))
  if (!isFor(invitation, { emailCanonical })) throw new Problem('invitation_wrong_address', 'The invitation was sent to another address.')
}

type SignUpField = Exclude<keyof StartSignUp, 'invitation'>

/** The faults of what a person says about themselves. */
export function personFaults({ email, givenName, familyName }: Pick<StartSignUp, 'email' | 'givenName' | 'familyName'>) {
  const checks = {
    email: () => emailAddress(email),
    givenName: () => personName(givenName),
    familyName: () => familyName.trim() === '' || personName(familyName),
  }
  const faults: { field: keyof typeof checks; problem: Problem }[] = []
  for (const [field, check] of Object.entries(checks) as [keyof typeof checks, () => unknown][]) {
    try {
      check()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      faults.push({ field, problem: error })
    }
  }
  return faults
}

/** All faults at once, by field, so that a person can correct them together. */
export async function faultsOfSignUp(
  accounts: Pick<Accounts, 'strength'>,
  { email, password, givenName, familyName }: StartSignUp,
): Promise<{ field: SignUpField; problem: Problem }[]> {
  const faults: { field: SignUpField; problem: Problem }[] = personFaults({ email, givenName, familyName })
  if (password === null) return faults
  try {
    await refuseBadPassword(accounts, password, [email, givenName, familyName])
    return faults
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    // In the order of the fields on the page.
    return [...faults.filter(({ field }) => field === 'email'), { field: 'password', problem: error }, ...faults.filter(({ field }) => field !== 'email')]
  }
}

type OpenSignUp = Pick<SignUp, 'email' | 'emailCanonical' | 'passwordHash' | 'identity' | 'givenName' | 'familyName' | 'codeDigits'> & { tokenHash: Uint8Array }

/** For a command that has checked everything: keeps the sign-up, and sends its code. */
export async function openSignUp({ tx }: Context, input: OpenSignUp): Promise<void> {
  const id = newId('signUp')
  await tx.signUps.insert({ id, ...input, codeSeconds: CODE_SECONDS, lifetimeSeconds: SIGN_UP_SECONDS })
  await tx.jobs.send({ name: 'mail', data: { template: 'sign_up_code', signUpId: id, number: 1 } })
}

/** The account gets neither a password nor a provider, so its owner adds a passkey right after the code (F2). */
export const isWithPasskey = ({ passwordHash, identity }: Pick<SignUp, 'passwordHash' | 'identity'>): boolean => passwordHash === null && identity === null

/** The sign-up of the browser that holds this cookie. @throws Problem sign_up_not_found */
export async function signUpOf({ store }: Pick<Accounts, 'store'>, cookie: string): Promise<SignUp> {
  const signUp = await store.reading.signUps.findByTokenHash(digest(cookie))
  if (!signUp) throw new Problem('sign_up_not_found')
  return signUp
}

/** Sends a new code, with its own expiry and tries. The previous code becomes invalid. */
export async function resendCode(accounts: Accounts, principal: Principal, { cookie }: { cookie: string }): Promise<void> {
  const { emailCanonical } = await signUpOf(accounts, cookie)
  refuseBlockedDomain(accounts.admission, emailCanonical)
  const codeDigits = await spendCodeEmail(accounts.limits, principal, emailCanonical)
  await accounts.execute(renewCode, principal, { tokenHash: digest(cookie), codeDigits })
}

async function renewCode({ tx }: Context, { tokenHash, codeDigits }: { tokenHash: Uint8Array; codeDigits: CodeDigits }): Promise<void> {
  const signUp = await tx.signUps.renewCode(tokenHash, CODE_SECONDS, codeDigits)
  if (!signUp) throw new Problem('sign_up_not_found')
  await tx.jobs.send({ name: 'mail', data: { template: 'sign_up_code', signUpId: signUp.id, number: signUp.codeNumber } })
}

export interface EnterCode {
  cookie: string
  code: string
  /** The browser's previous session, if any. A sign-in always creates a new session. */
  replaces: SessionId | null
}

/** Creates the account and signs its browser in, in one transaction, if the code is right. @throws Problem code_wrong, code_expired, code_exhausted … */
export async function enterCode(accounts: Accounts, principal: Principal, { cookie, code, replaces }: EnterCode): Promise<SignedUp> {
  const { id } = await signUpOf(accounts, cookie)
  await accounts.limits.spend('mail code try by sign-up', id)
  const outcome = await accounts.execute(tryCode, principal, { tokenHash: digest(cookie), code: code.replace(/[\s-]/g, ''), replaces })
  if ('refused' in outcome) throw new Problem(outcome.refused, outcome.detail)
  // A completed sign-up is not counted, because an office may sign up from one address.
  await accounts.limits.giveBack(['sign-up by address', principal.origin.address])
  return outcome
}

interface SignedUp {
  account: Account
  cookie: string
  addsPasskey: boolean
}

type Outcome = SignedUp | { refused: ProblemCode; detail?: string }

/** A wrong try is returned and not thrown, because an error would roll its count back. */
async function tryCode(context: Context, { tokenHash, code, replaces }: { tokenHash: Uint8Array; code: string; replaces: SessionId | null }): Promise<Outcome> {
  const { tx, keys, record, admission } = context
  const signUp = await tx.signUps.countTry(tokenHash, CODE_TRIES)
  if (!signUp) return { refused: await whyNoTry(context, tokenHash) }
  if (!sameBytes(Buffer.from(code), Buffer.from(signUpCode(keys, signUp)))) return wrong(signUp)
  // The sign-up may have started before the domain was blocked.
  refuseBlockedDomain(admission, signUp.emailCanonical)

  await tx.signUps.remove(signUp.id)
  const { email, emailCanonical, passwordHash, identity, givenName, familyName } = signUp
  const id = newId('user')
  // Only the owner of the inbox gets this far. Another sign-up of theirs was completed first.
  if (!(await tx.accounts.insert({ id, email, emailCanonical, passwordHash, givenName, familyName }))) return { refused: 'address_in_use' }
  await record({ type: 'account.created', target: id })
  if (identity) await insertIdentity(context, id, identity)
  const account = (await tx.accounts.find(id)) as Account
  if (replaces) await finishSession(context, replaces, 'replaced')
  const addsPasskey = isWithPasskey(signUp)
  const { cookie } = await startBrowserSession(context, account, null, {
    methods: [addsPasskey ? 'email' : identity ? FEDERATED : 'pwd'],
    provider: identity?.provider ?? null,
    // The code proves the inbox too, so an email invitation that the person came by needs no second one (S8).
    ...(identity && { confirmedAt: await tx.now(), confirmedMethods: ['email'] }),
  })
  return { account, cookie, addsPasskey }
}

function wrong({ codeTries }: SignUp): Outcome {
  const left = CODE_TRIES - codeTries
  if (left === 0) return { refused: 'code_exhausted' }
  return { refused: 'code_wrong', detail: `The code is incorrect. ${left === 1 ? 'One try is' : `${left} tries are`} left.` }
}

async function whyNoTry({ tx }: Context, tokenHash: Uint8Array): Promise<ProblemCode> {
  const signUp = await tx.signUps.findByTokenHash(tokenHash)
  if (!signUp) return 'sign_up_not_found'
  return signUp.codeExpired ? 'code_expired' : 'code_exhausted'
}

/** "Start over" deletes the sign-up. It is not audited, because nothing existed yet. */
export async function abandonSignUp({ execute }: Accounts, principal: Principal, { cookie }: { cookie: string }): Promise<void> {
  await execute(forgetSignUp, principal, { tokenHash: digest(cookie) })
}

async function forgetSignUp({ tx }: Context, { tokenHash }: { tokenHash: Uint8Array }): Promise<void> {
  const signUp = await tx.signUps.findByTokenHash(tokenHash)
  if (signUp) await tx.signUps.remove(signUp.id)
}
