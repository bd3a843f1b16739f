import { machineScopes, personScopes } from '@muster/contract/permissions.ts'
import { errors } from 'oidc-provider'

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

/**
 * RFC 6749 section 3.3. A token without scopes is useless, so a request without scopes, or with one that the client lacks, is refused
 * with the list of allowed scopes. Built-in clients of other systems are exempt: they request their own scopes.
 * @throws InvalidScope
 */
export function requireScopes(asked: string | undefined, client: ScopedClient, { forItself = false } = {}): void {
  if (client.takes_any_scope) return
  const allowed = allowedScopes(client, forItself)
  const hint = allowed.length > 0 ? `This client may request: ${allowed.join(' ')}.` : 'No scopes are registered for this client.'
  const scopes = (asked ?? '').split(' ').filter(Boolean)
  if (scopes.length === 0) throw invalidScope(`The parameter scope is missing. ${hint}`)
  const other = scopes.find((scope) => !allowed.includes(scope))
  if (other !== undefined) throw invalidScope(`The scope ${other.slice(0, 60)} is not allowed for this client. ${hint}`, other)
}

function invalidScope(description: string, scope?: string): errors.InvalidScope {
  return new errors.InvalidScope(description, scope as never)
}
