import { personScopes } from '@muster/contract/permissions.ts'
import { type Api, EVERYTHING, OWN_API, scopesOf } from './api.ts'

/** One scope at one API, as a consent stores it (P16): `apps:deploy https://deploy.example.com`. A scope of Muster's own API, or about the person, is its name alone. */
export type Term = string

export const termOf = (scope: string, audience: string): Term => (audience === OWN_API ? scope : `${scope} ${audience}`)

export function partsOf(term: Term): { scope: string; audience: string } {
  const [scope = '', audience = OWN_API] = term.split(' ')
  return { scope, audience }
}

/** About the person, whatever the API. */
const identityScopes: readonly string[] = personScopes.filter((scope) => scope !== EVERYTHING)

/** The application learns the person's id with every token, so this cannot be declined alone. */
export const isOptional = (term: Term): boolean => term !== 'openid'

/** The terms of a request: what its scopes mean at the APIs that it names. A scope that means nothing there is not asked for. */
export function termsOf(scopes: readonly string[], audiences: readonly string[], apis: readonly Pick<Api, 'audience' | 'permissions'>[]): Term[] {
  const meaningAt = (audience: string): readonly string[] => {
    if (audience === OWN_API) return [EVERYTHING]
    const api = apis.find((one) => one.audience === audience)
    return api ? scopesOf(api) : []
  }
  const terms = audiences.flatMap((audience) => scopes.filter((scope) => meaningAt(audience).includes(scope)).map((scope) => termOf(scope, audience)))
  return [...new Set([...scopes.filter((scope) => identityScopes.includes(scope)), ...terms])]
}
