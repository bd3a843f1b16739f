import { machineScopes, personScopes } from '@muster/contract/permissions.ts'

export interface ScopedClient {
  clientId: string
  allowed_scopes?: readonly string[]
  takes_any_scope?: boolean
}

/** Scopes of a person, or of a machine for a client's own token. Only those that the operator registered (D08). */
export function allowedScopes({ allowed_scopes: registered = [] }: ScopedClient, forItself: boolean): string[] {
  const possible: readonly string[] = forItself ? machineScopes : personScopes
  return possible.filter((scope) => registered.includes(scope))
}
