import type { Context } from '../../command/context.ts'
import { requirementAhead } from '../../command/factor-policy.ts'
import { requireRecentCaller } from '../../command/recent.ts'
import { finishKey } from '../../credentials/api-key.ts'
import { finishSession } from '../../credentials/session.ts'
import type { Organization } from '../../model/organization.ts'
import type { Page, PageRequest } from '../../model/page.ts'
import { Problem } from '../../model/problem.ts'
import type { Tx } from '../../store.ts'
import type { UnreadyCredential } from '../store.ts'

// API keys and refresh tokens that do not rotate are checked when they are created. Those from before the policy stay valid until an admin ends them (F13).

/** The valid credentials that were created in sessions which had not proved what the organization requires, or will require. */
export async function listUnreadyCredentials(
  { unreadyCredentials }: Pick<Tx, 'unreadyCredentials'>,
  { id, factorPolicy }: Pick<Organization, 'id' | 'factorPolicy'>,
  page: PageRequest,
): Promise<Page<UnreadyCredential>> {
  const { policy } = requirementAhead(factorPolicy)
  return policy === 'none' ? { items: [], nextCursor: null } : unreadyCredentials.page(id, policy, page)
}

/** @throws Problem credential_not_found if the credential is not in the list, or insufficient_user_authentication */
export async function endUnreadyCredential(context: Context, { organization: reference, id }: { organization: string; id: string }): Promise<void> {
  const { id: organizationId, factorPolicy } = await enterToEnd(context, reference)
  const { policy } = requirementAhead(factorPolicy)
  const found = policy === 'none' ? null : await context.tx.unreadyCredentials.find(organizationId, policy, id)
  if (!found) throw new Problem('credential_not_found')
  await finish(context, found)
}

export interface EndUnreadyCredentials {
  organization: string
  atMost: number
  /** True for the first of several calls, so that a long list is not refused halfway. */
  askRecent: boolean
}

/** Ends the first ones of the list, the credential of the caller last. */
export async function endUnreadyCredentials(
  context: Context,
  { organization: reference, atMost, askRecent }: EndUnreadyCredentials,
): Promise<{ ended: number; isLast: boolean }> {
  const { principal } = context
  const organization = await enterToEnd(context, reference, { askRecent })
  const { items } = await listUnreadyCredentials(context.tx, organization, { limit: atMost + 1 })
  const isOwn = (one: UnreadyCredential): boolean => one.kind === 'refresh_token' && principal.kind === 'user' && one.sessionId === principal.sessionId
  const others = items.filter((one) => !isOwn(one)).slice(0, atMost)
  const ending = others.length > 0 ? others : items
  for (const credential of ending) await finish(context, credential)
  return { ended: ending.length, isLast: ending.length === items.length }
}

async function enterToEnd(context: Context, reference: string, { askRecent = true } = {}): Promise<Organization> {
  const { organization } = await context.enter(reference, 'organization:security')
  if (askRecent) await requireRecentCaller(context, 'credentials:revoke')
  return organization
}

const finish = (context: Context, credential: UnreadyCredential): Promise<boolean> =>
  credential.kind === 'key' ? finishKey(context, credential.id, 'revoked') : finishSession(context, credential.sessionId, 'signed_out_by_admin')
