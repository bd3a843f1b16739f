import { machineScopes, personScopes } from '@muster/contract/permissions.ts'
import { errors } from 'oidc-provider'

export interface ScopedClient {
  clientId: string
  allowed_scopes?: readonly string[]
  takes_any_scope?: boolean
}

/** A person's scopes in a person's token, a machine's in a client's own; of both only those the operator registered (D08). */
export function allowedScopes({ allowed_scopes: registered = [] }: ScopedClient, forItself: boolean): string[] {
  const possible: readonly string[] = forItself ? machineScopes : personScopes
  return possible.filter((scope) => registered.includes(scope))
}

/**
 * RFC 6749 section 3.3: a token without scopes opens nothing, so a request that names none, or one the client lacks, is refused at once
 * and says which scopes there are. A built-in client of another system is excepted: it asks in words of its own.
 * @throws InvalidScope
 */
export function requireScopes(asked: string | undefined, client: ScopedClient, { forItself = false } = {}): void {
  if (client.takes_any_scope) return
  const allowed = allowedScopes(client, forItself)
  const hint = allowed.length > 0 ? `This client may ask for: ${allowed.join(' ')}.` : 'The operator has registered no scope for it.'
  const scopes = (asked ?? '').split(' ').filter(Boolean)
  if (scopes.length === 0) throw invalidScope(`The parameter scope is missing. ${hint}`)
  const other = scopes.find((scope) => !allowed.includes(scope))
  if (other !== undefined) throw invalidScope(`The scope ${other.slice(0, 60)} is not allowed for this client. ${hint}`, other)
}

function invalidScope(description: string, scope?: string): errors.InvalidScope {
  return new errors.InvalidScope(description, scope as never)
}
