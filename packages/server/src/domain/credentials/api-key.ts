import type { KeyEndReason } from '@muster/contract/events.ts'
import { type ApiKeyId, isId, type OrganizationId, type ServiceAccountId, type UserId } from '@muster/contract/ids.ts'
import { actorOf } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import { requirePolicy } from '../command/factor-policy.ts'
import { requireRecent } from '../command/recent.ts'
import { together } from '../command/together.ts'
import type { ApiKey } from '../model/api-key.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken, parseToken } from '../model/opaque-token.ts'
import type { KeyHolder } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import { strongestAuthentication } from '../model/session.ts'
import type { Tx } from '../store.ts'
import { type KeyTerms, scopeOfNewKey } from './key-scope.ts'
import type { ListedKey } from './store.ts'

export const KEYS_PER_USER = 25
export const KEYS_PER_SERVICE_ACCOUNT = 25

/** The hash of a well-formed key. Null if the checksum is wrong, so that a typing error needs no query. */
export function keyHash(bearer: string): Uint8Array | null {
  if (parseToken('muster_uk', bearer) === null && parseToken('muster_sk', bearer) === null) return null
  return digest(bearer)
}

/** Whether a credential has the prefix of a key. */
export const looksLikeKey = (bearer: string): boolean => bearer.startsWith('muster_uk_') || bearer.startsWith('muster_sk_')

export const holderOf = ({ userId, serviceAccountId }: Pick<ApiKey, 'userId' | 'serviceAccountId'>): KeyHolder =>
  userId === null ? { kind: 'service_account', id: serviceAccountId as ServiceAccountId } : { kind: 'user', id: userId }

export interface CreatedKey {
  id: ApiKeyId
  /** Shown only in this response. */
  key: string
  description: string
  scope: readonly string[] | null
  createdAt: string
  expiresAt: string | null
}

/** Creates a key of the caller. Requires a session: a key cannot create keys. */
export async function createKey(context: Context, { description, ...terms }: KeyTerms & { description: string }): Promise<CreatedKey> {
  const { account, live } = await context.account()
  const organizationId = live.organization?.id
  if (!organizationId) throw new Problem('user_not_registered')
  requirePolicy(live) // also for a session that is not asked otherwise: one of a script, or of CI (F13)
  await requireRecent(context.tx, live, 'keys:create')
  const holder = { kind: 'user', id: account.id } as const
  const creator = actorOf(live)
  const scope = await scopeOfNewKey(context.tx, terms, { creator, holder: creator })
  const { methods } = strongestAuthentication(live.session)
  return issueKey(context, { ...terms, scope, holder, organizationId, epoch: account.epoch, description, createdBy: account.id, methods })
}

/** For a command that has locked the row of the holder or the organization, and read the epoch there. */
export async function issueKey(
  { tx, record }: Context,
  {
    holder,
    organizationId,
    epoch,
    description,
    scope,
    expiresInDays,
    createdBy,
    methods,
  }: KeyTerms & { holder: KeyHolder; organizationId: OrganizationId; epoch: number; description: string; createdBy: UserId; methods: readonly string[] },
): Promise<CreatedKey> {
  const said = oneLine(description)
  const [userId, serviceAccountId] = holder.kind === 'user' ? [holder.id, null] : [null, holder.id]
  const most = holder.kind === 'user' ? KEYS_PER_USER : KEYS_PER_SERVICE_ACCOUNT
  const key = newOpaqueToken(holder.kind === 'user' ? 'muster_uk' : 'muster_sk')
  // Counted before it is inserted. A refusal rolls it back.
  const [allowed, alive, made] = await together(
    scope === null ? tx.organizations.keyPolicy(organizationId) : null,
    tx.apiKeys.countAlive(holder.kind === 'user' ? { userId: holder.id } : { serviceAccountId: holder.id }),
    tx.apiKeys.insert({
      id: newId('apiKey'),
      tokenHash: storedHash(key, scope),
      organizationId,
      userId,
      serviceAccountId,
      epoch,
      description: said,
      scope,
      expiresInDays,
      createdBy,
      methods,
    }),
  )
  if (allowed === 'scoped') throw new Problem('key_scope_required')
  if (alive >= most) throw new Problem('key_limit', `There are ${alive} keys. The maximum is ${most}.`, { extensions: { limit: most } })
  const expiresAt = made.expiresAt?.toISOString() ?? null
  await record({ type: 'key.created', target: made.id, organizationId, holderId: holder.id, description: said, scope, expiresAt })
  return { id: made.id, key, description: said, scope, createdAt: made.createdAt.toISOString(), expiresAt }
}

/** Of a key with a scope, the hash is hashed again. So a server process of an earlier version, which knows no scopes, does not find the key and refuses it (E70). */
const storedHash = (key: string, scope: KeyTerms['scope']): Uint8Array => (scope === null ? digest(key) : digest(digest(key)))

/** A description that a person gave: one line, without invisible characters. @throws Problem description_invalid */
export function oneLine(text: string): string {
  const line = text.normalize('NFC').replace(/\s+/gu, ' ').trim()
  if (line === '' || [...line].length > 200 || /[\p{Cc}\p{Cs}\p{Cn}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(line))
    throw new Problem('description_invalid')
  return line
}

/** A key of the caller or, with `organization`, any key of it, for admins. Another key does not exist for the caller. */
export interface KeyReference {
  id: string
  organization?: string | undefined
}

export async function renameKey(context: Context, { description, ...reference }: KeyReference & { description: string }): Promise<ListedKey> {
  const key = await keyOf(context, reference)
  const said = oneLine(description)
  // The description of an ended key cannot change: its holder could write into the audit log of an organization they have left (B01).
  if (!(await context.tx.apiKeys.rename(key.id, said))) throw new Problem('key_not_found')
  if (said === key.description) return key
  await context.record({ type: 'key.renamed', target: key.id, organizationId: key.organizationId, holderId: holderOf(key).id, description: said })
  return { ...key, description: said }
}

/** Revokes a key. The key is refused from the response on. Revoking an ended key changes nothing. */
export async function revokeKey(context: Context, reference: KeyReference): Promise<{ ended: number }> {
  const key = await keyOf(context, reference)
  return { ended: (await finishKey(context, key.id, 'revoked')) ? 1 : 0 }
}

/** The key itself authorizes its revocation (S48). */
export async function revokePresentedKey(context: Context, { tokenHash }: { tokenHash: Uint8Array }): Promise<void> {
  const live = await context.tx.apiKeys.live({ tokenHash })
  if (live) await finishKey(context, live.key.id, 'revoked')
}

/** Part of other commands: ends a key without a permission check. False if it had already ended, by itself or by the epoch; then nothing is recorded. */
export async function finishKey(
  { tx, record, awaitEnded }: Pick<Context, 'tx' | 'record' | 'awaitEnded'>,
  id: ApiKeyId,
  reason: KeyEndReason,
): Promise<boolean> {
  const ended = await tx.apiKeys.end(id, reason)
  if (ended) await record({ type: 'key.ended', target: id, organizationId: ended.organizationId, holderId: holderOf(ended).id, reason })
  else await awaitEnded('key', [id])
  return ended !== null
}

/** Ends all valid keys of a user, on request at a password change. Returns the number of keys. */
export async function finishAllKeys(context: Pick<Context, 'tx' | 'record' | 'awaitEnded'>, userId: UserId, reason: KeyEndReason): Promise<number> {
  const { items } = await context.tx.apiKeys.pageAlive({ userId }, { limit: KEYS_PER_USER })
  for (const { id } of items) await finishKey(context, id, reason)
  return items.length
}

/** The valid keys of service accounts that this member created and could have copied: they stay valid without the member (S37). */
export async function copyableKeys({ apiKeys }: Pick<Tx, 'apiKeys'>, organizationId: OrganizationId, createdBy: UserId): Promise<ListedKey[]> {
  const keys: ListedKey[] = []
  let cursor: string | undefined
  do {
    const page = await apiKeys.pageAlive({ organizationId, createdBy, holder: 'service_account' }, { limit: 100, cursor })
    keys.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return keys
}

async function keyOf(context: Context, { id, organization: reference }: KeyReference): Promise<ListedKey> {
  const { tx } = context
  const mine = reference === undefined ? (await context.account()).account.id : null
  const organizationId = reference === undefined ? null : (await context.enter(reference, 'keys:manage')).organization.id
  const key = isId('apiKey', id) ? await tx.apiKeys.find(id) : null
  if (!key || (mine === null ? key.organizationId !== organizationId : key.userId !== mine)) throw new Problem('key_not_found')
  return key
}
