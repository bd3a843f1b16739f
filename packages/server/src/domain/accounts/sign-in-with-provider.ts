import type { Context } from '../command/context.ts'
import { countSignIn } from '../command/counts.ts'
import { FEDERATED } from '../command/factor-policy.ts'
import type { Accounts } from '../command/services.ts'
import type { Principal } from '../model/principal.ts'
import type { Provider, ProviderPerson } from '../providers/provider.ts'
import { keepProvenPerson } from '../providers/provider-sign-in.ts'
import type { Identity } from '../providers/store.ts'
import { trustedAddressOf } from '../providers/trusted-address.ts'
import type { Tx } from '../store.ts'
import { lockedAccount, refuseTerminal, type SignedIn } from './open-session.ts'
import { openOrAsk } from './second-factor.ts'
import type { HalfSignedIn, SignIn } from './sign-in.ts'

export interface SignInWithProvider extends Pick<SignIn, 'replaces' | 'userCode' | 'answering'> {
  provider: Pick<Provider, 'id' | 'issuer'>
  /** Whom the provider has named. */
  person: ProviderPerson
  returnPath: string | null
}

/** The identity is linked to no account. */
export interface Unlinked {
  /** The value of the cookie that links the identity to an account later. */
  proven: string
  /** The provider proves that the person controls an inbox, and an account has its address. The account is not theirs until they sign in to it (F20). */
  hasAccount: boolean
}

/**
 * Signs a browser in as the account that the identity is linked to. Only issuer and subject count: an address never signs anybody in (F20). A second factor is asked
 * for as after a password.
 * @throws Problem account_suspended, user_deactivated and organization_suspended only with the right identity (S35)
 */
export async function signInWithProvider(
  { store, execute }: Pick<Accounts, 'store' | 'execute'>,
  principal: Principal,
  { provider: { id, issuer }, person, returnPath, userCode, ...opening }: SignInWithProvider,
): Promise<SignedIn | HalfSignedIn | Unlinked> {
  const identity = await store.reading.identities.find({ issuer, subject: person.subject })
  const opened = identity && (await countSignIn(() => openWith(identity)))
  if (opened) return opened
  const proven = await execute(keepProvenPerson, principal, { person, issuer, provider: id, returnPath, sessionId: null })
  return { proven, hasAccount: await hasAccount(store.reading, person) }

  async function openWith(one: Identity) {
    try {
      return await execute(openWithIdentity, principal, { ...opening, identity: one, label: person.label })
    } catch (error) {
      await refuseTerminal({ execute }, principal, { error, userCode, userId: one.userId })
      throw error
    }
  }
}

/** Null if the identity was unlinked a moment ago. */
async function openWithIdentity(
  context: Context,
  { identity: { id, userId, provider }, label, ...opening }: { identity: Identity; label: string } & Pick<SignIn, 'replaces' | 'answering'>,
): Promise<SignedIn | HalfSignedIn | null> {
  const proven = await lockedAccount(context, userId)
  if (!proven || !(await context.tx.identities.use(id, userId, { address: context.principal.origin.address, label }))) return null
  return openOrAsk(context, proven, { ...opening, first: [FEDERATED], provider })
}

/** Said only of an address that the provider is trusted for. Of any other, only the email tells it. */
async function hasAccount({ accounts }: Pick<Tx, 'accounts'>, { email }: Pick<ProviderPerson, 'email'>): Promise<boolean> {
  const canonical = trustedAddressOf(email)
  return canonical !== null && (await accounts.findByEmail(canonical)) !== null
}
