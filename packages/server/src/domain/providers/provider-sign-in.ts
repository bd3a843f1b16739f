import type { Context } from '../command/context.ts'
import { requireRecent } from '../command/recent.ts'
import type { Accounts } from '../command/services.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest, sameBytes } from '../model/secret-keys.ts'
import type { FlowSecrets, Provider, ProviderPerson } from './provider.ts'
import type { ProvenPerson, ProviderSignIn } from './store.ts'

// A sign-in at a provider is a row that the cookie of one browser opens. State, nonce and PKCE verifier are digests of that cookie, so none of them is stored.

/** The browser is back within this time, or starts again. */
export const PROVIDER_SIGN_IN_SECONDS = 600
/** For choosing a name, or signing in to the account to link. */
export const PROVEN_PERSON_SECONDS = 1_800

/** The value of the cookie is unguessable, and cannot be computed from these. */
export function secretsOf(token: string): FlowSecrets {
  const secret = (purpose: string): string => Buffer.from(digest(`provider ${purpose} ${token}`)).toString('base64url')
  return { state: secret('state'), nonce: secret('nonce'), verifier: secret('verifier') }
}

export interface Begun {
  /** The value of the cookie. */
  token: string
  /** The address at the provider that the browser goes to. */
  to: string
}

/**
 * Begins a sign-in at a provider, or a link. Bounded by address, because each begins a row.
 * @throws Problem provider_unavailable, too_many_attempts, or insufficient_user_authentication for a link
 */
export async function beginAtProvider(
  { execute, limits }: Pick<Accounts, 'execute' | 'limits'>,
  principal: Principal,
  { provider, ...asked }: { provider: Provider } & ({ returnPath: string | null } | { link: true }),
): Promise<Begun> {
  await limits.spend('provider by address', principal.origin.address)
  const token =
    'link' in asked
      ? await execute(beginLink, principal, { provider: provider.id })
      : await execute(beginSignIn, principal, { provider: provider.id, returnPath: asked.returnPath })
  return { token, to: await provider.authorizationUrl(secretsOf(token)) }
}

async function beginSignIn({ tx }: Context, asked: Pick<ProviderSignIn, 'provider' | 'returnPath'>): Promise<string> {
  const token = newOpaqueToken('muster_pi')
  await tx.providerSignIns.insert({ ...asked, link: null, tokenHash: digest(token), lifetimeSeconds: PROVIDER_SIGN_IN_SECONDS })
  return token
}

/** For an account that is signed in. */
async function beginLink(context: Context, { provider }: Pick<ProviderSignIn, 'provider'>): Promise<string> {
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(context.tx, live, 'factors:change')
  const token = newOpaqueToken('muster_pi')
  const link = { userId: account.id, sessionId: live.session.id }
  await context.tx.providerSignIns.insert({ provider, returnPath: null, link, tokenHash: digest(token), lifetimeSeconds: PROVIDER_SIGN_IN_SECONDS })
  return token
}

export interface ProviderAnswer {
  /** The value of the browser's cookie. */
  token: string
  /** From the address that the provider sent the browser to. */
  state: string
  provider: string
}

/** Takes the answer of a provider. Null if this browser did not start the sign-in, or it has ended: a state of another browser ends nothing. */
export async function takeProviderSignIn({ tx }: Context, { token, state, provider }: ProviderAnswer): Promise<ProviderSignIn | null> {
  if (!sameBytes(Buffer.from(state), Buffer.from(secretsOf(token).state))) return null
  return tx.providerSignIns.take(digest(token), provider)
}

/** OpenID Connect Core section 2 bounds a subject, RFC 5321 an address. Neither has control characters. */
const isStorable = (text: string): boolean => text !== '' && text.length <= 255 && !/\p{Cc}/u.test(text)

/**
 * Asks the provider who signed in. Only sign-ins that nobody finished are counted, because an office may sign in from one address.
 * @throws Problem provider_unavailable or provider_refused
 */
export async function personAt(
  { limits }: Pick<Accounts, 'limits'>,
  { origin }: Principal,
  { provider, query, token }: { provider: Provider; query: string; token: string },
): Promise<ProviderPerson> {
  const person = await provider.personOf(query, secretsOf(token))
  if (!isStorable(person.subject) || (person.email && !isStorable(person.email.address))) throw new Problem('provider_refused')
  await limits.giveBack(['provider by address', origin.address])
  return person
}

/** Keeps whom a provider has named, until the person links the identity to a new or an existing account. @returns the value of the cookie */
export async function keepProvenPerson(
  { tx }: Context,
  { person, ...rest }: Pick<ProvenPerson, 'issuer' | 'provider' | 'returnPath' | 'sessionId'> & { person: ProviderPerson },
): Promise<string> {
  const token = newOpaqueToken('muster_pp')
  await tx.provenPersons.insert({ ...rest, ...person, tokenHash: digest(token), lifetimeSeconds: PROVEN_PERSON_SECONDS })
  return token
}

/** The person links the identity to no account. @returns where they go on. Null: nowhere in particular */
export async function dropProvenPerson({ tx }: Context, { token }: { token: string }): Promise<string | null> {
  return (await tx.provenPersons.take(digest(token)))?.returnPath ?? null
}
