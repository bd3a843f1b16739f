import type { Context } from '../command/context.ts'
import { FEDERATED } from '../command/factor-policy.ts'
import type { Accounts } from '../command/services.ts'
import { finishSession, startBrowserSession } from '../credentials/session.ts'
import { previewInvitation } from '../invitations/invitation.ts'
import { type Account, personName } from '../model/account.ts'
import { refuseBlockedDomain } from '../model/admission.ts'
import { emailAddress } from '../model/email.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import { insertIdentity } from '../providers/identity.ts'
import type { ProvenPerson } from '../providers/store.ts'
import { trustedAddressOf } from '../providers/trusted-address.ts'
import { spendCodeEmail } from './code-email.ts'
import { type EnterCode, openSignUp, requireAdmitted, type StartSignUp } from './sign-up.ts'

export interface SignUpWithProvider extends Omit<StartSignUp, 'password'>, Pick<EnterCode, 'replaces'> {
  /** The value of the cookie of the proven person. */
  proven: string
}

/** The person whose provider has answered in this browser. @throws Problem proven_person_not_found */
export async function provenPersonOf({ store }: Pick<Accounts, 'store'>, token: string): Promise<ProvenPerson> {
  const person = await store.reading.provenPersons.find(digest(token))
  if (!person) throw new Problem('proven_person_not_found')
  return person
}

/**
 * An account without a password, linked to the identity. It begins at once with the address that the provider is trusted for, unless an invitation was sent to that
 * address (S8). Any other address is treated like one that was typed: a code is emailed to it, and nothing tells whether it has an account (F20, C06).
 * @returns the account and the value of its session's cookie, or the value of the cookie of the sign-up that waits for its code
 * @throws Problem proven_person_not_found, address_in_use (for a trusted address only), identity_taken, email_invalid, person_name_invalid, and why the address may not
 *   sign up
 */
export async function signUpWithProvider(
  accounts: Accounts,
  principal: Principal,
  { proven, email, givenName: given, familyName: family, invitation, replaces }: SignUpWithProvider,
): Promise<{ account: Account; cookie: string } | { signUp: string }> {
  const { limits, execute } = accounts
  await limits.spend('sign-up by address', principal.origin.address)
  const person = await provenPersonOf(accounts, proven)
  const { typed, canonical } = emailAddress(email)
  await requireAdmitted(accounts, principal, { emailCanonical: canonical, invitation })
  const names = { givenName: personName(given), familyName: family.trim() === '' ? '' : personName(family) }
  const address = { email: typed, emailCanonical: canonical, ...names }
  if (trustedAddressOf(person.email) === canonical && !(await isSentByEmail(accounts, invitation))) {
    const opened = await execute(openAccount, principal, { ...address, tokenHash: digest(proven), replaces })
    await limits.giveBack(['sign-up by address', principal.origin.address]) // as for a sign-up by code, which is completed later
    return opened
  }

  const codeDigits = await spendCodeEmail(limits, principal, canonical)
  const signUp = newOpaqueToken('muster_su')
  await execute(openSignUp, principal, { ...address, tokenHash: digest(signUp), passwordHash: null, identity: person, codeDigits })
  return { signUp }
}

/** Whether the invitation of this browser was sent to one address. Its link does not prove control of the inbox, nor does a provider. */
async function isSentByEmail({ store, keys }: Pick<Accounts, 'store' | 'keys'>, token: string | undefined): Promise<boolean> {
  if (token === undefined) return false
  try {
    return (await previewInvitation(store.reading, keys, token)).invitation.email !== null
  } catch (error) {
    if (error instanceof Problem) return false // the page of the invitation says why it cannot be used
    throw error
  }
}

interface OpenAccount extends Pick<EnterCode, 'replaces'> {
  email: string
  emailCanonical: string
  givenName: string
  familyName: string
  tokenHash: Uint8Array
}

async function openAccount(context: Context, { tokenHash, replaces, ...given }: OpenAccount): Promise<{ account: Account; cookie: string }> {
  const { tx, record, admission } = context
  refuseBlockedDomain(admission, given.emailCanonical)
  const person = await tx.provenPersons.take(tokenHash)
  if (!person) throw new Problem('proven_person_not_found')
  const id = newId('user')
  if (!(await tx.accounts.insert({ id, ...given, passwordHash: null }))) throw new Problem('address_in_use')
  await record({ type: 'account.created', target: id })
  await insertIdentity(context, id, person)
  const account = (await tx.accounts.find(id)) as Account
  if (replaces) await finishSession(context, replaces, 'replaced')
  const { cookie } = await startBrowserSession(context, account, null, { methods: [FEDERATED], provider: person.provider })
  return { account, cookie }
}
