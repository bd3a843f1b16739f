import type { OperatorTokenId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken, parseToken } from '../model/opaque-token.ts'
import { ROOT } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { OperatorToken } from './store.ts'

// Named tokens of the operator (O12). Each may do everything that root may, except create and revoke tokens.

/** The hash of a well-formed token. Null for anything else, which needs no query. */
export const operatorTokenHash = (bearer: string): Uint8Array | null => (parseToken('muster_op', bearer) === null ? null : digest(bearer))

export interface CreatedOperatorToken {
  id: OperatorTokenId
  name: string
  /** Shown only in this response. */
  token: string
  createdAt: string
  expiresAt: string | null
}

/** A name is used once, because the audit log names the token. */
export async function createOperatorToken(
  context: Context,
  { name, lifetimeDays }: { name: string; lifetimeDays?: number | undefined },
): Promise<CreatedOperatorToken> {
  requireRoot(context)
  const { tx, record } = context
  const token = newOpaqueToken('muster_op')
  const made =
    name === ROOT ? null : await tx.operatorTokens.insert({ id: newId('operatorToken'), name, tokenHash: digest(token), lifetimeDays: lifetimeDays ?? null })
  if (!made) throw new Problem('operator_token_name_taken')
  const expiresAt = made.expiresAt?.toISOString() ?? null
  await record({ type: 'operator_token.created', target: made.id, name, expiresAt })
  return { id: made.id, name, token, createdAt: made.createdAt.toISOString(), expiresAt }
}

/** From the response on, every process refuses the token. Revoking again changes nothing. */
export async function revokeOperatorToken(context: Context, { name }: { name: string }): Promise<OperatorToken> {
  requireRoot(context)
  const { tx, record } = context
  if (name === ROOT) throw new Problem('operator_token_is_root')
  const token = await tx.operatorTokens.find(name)
  if (!token) throw new Problem('operator_token_not_found')
  if (await tx.operatorTokens.revoke(token.id)) await record({ type: 'operator_token.revoked', target: token.id, name })
  return (await tx.operatorTokens.find(name)) ?? token
}

/** A token that leaks must not be able to create its successor, or to revoke those of others. */
function requireRoot({ principal }: Context): void {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  if (principal.tokenId !== null) throw new Problem('operator_root_required')
}
