import { machineScopes, personScopes } from '@muster/contract/permissions.ts'

export interface ScopedClient {
  clientId: string
  allowed_scopes?: readonly string[]
  takes_any_scope?: boolean
}

/** The scopes that have a meaning in a person's token for Muster's own API. */
export const ownScopes: readonly string[] = personScopes

/** Those of a login that are registered for the client now. Its registration may have been narrowed since (P14). */
export const registeredScopes = (scopes: Iterable<string>, client: ScopedClient): string[] => {
  if (client.takes_any_scope) return [...scopes]
  const allowed = allowedScopes(client, false)
  return [...scopes].filter((scope) => allowed.includes(scope))
}

/** Only scopes that the operator registered (D08): of a machine for a client's own token, otherwise of a person, and permissions of the platform's APIs. */
export function allowedScopes({ allowed_scopes: registered = [] }: ScopedClient, forItself: boolean): string[] {
  const machine: readonly string[] = machineScopes
  if (forItself) return machine.filter((scope) => registered.includes(scope))
  const permissions = registered.filter((scope) => !ownScopes.includes(scope) && !machine.includes(scope))
  return [...ownScopes.filter((scope) => registered.includes(scope)), ...permissions]
}
