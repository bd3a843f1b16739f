import type { UserId } from '@muster/contract/ids.ts'
import type { NameFault } from '@muster/contract/names.ts'
import { changeNames } from '../accounts/person-names.ts'
import type { Context } from '../command/context.ts'
import { meetsPolicy, requirePolicy } from '../command/factor-policy.ts'
import type { Limits } from '../command/limits.ts'
import { finishSession } from '../credentials/session.ts'
import { consumeInvitation, findByToken, requireAddress, requireOpen } from '../invitations/invitation.ts'
import type { Account, Names } from '../model/account.ts'
import { type Admission, refuseUnlessAdmitted } from '../model/admission.ts'
import type { Invitation } from '../model/invitation.ts'
import type { LiveState } from '../model/live.ts'
import { faultOfName, refuseBadName } from '../model/names.ts'
import type { Organization } from '../model/organization.ts'
import type { Origin } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Store } from '../store.ts'
import { foundOrganization, startMembership } from './membership.ts'
import { requireInbox } from './prove-inbox.ts'

export interface RegisterUser extends Names {
  username: string
  /** An organization secret or an invitation's token; without one the user stays alone in a personal organization. */
  token?: string | undefined
}

/** Gives the account its username and its first organization (S2, S5, S55). The epoch stays: nobody has to log in again. */
export async function registerUser(context: Context, input: RegisterUser): Promise<{ userId: UserId }> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  if (account.username !== null) throw new Problem('already_registered', `You are registered as ${account.username}.`)
  refuseUnlessAdmitted(context.admission, account.emailCanonical, { invited: input.token !== undefined })
  refuseBadName(context.admission, input.username)

  const inviting = input.token === undefined ? null : await findByToken(tx, context.keys, input.token)
  if (inviting) {
    context.attempt({ attempted: 'invitations:accept', organizationId: inviting.organizationId, target: inviting.id })
    await requireOpen(tx, inviting)
    requireAddress(inviting, account)
    await requireInbox(tx, inviting, live)
    await tx.organizations.lock([inviting.organizationId])
  }
  if (!(await tx.names.take(input.username, { userId: account.id }))) throw new Problem('name_taken')
  await tx.accounts.register(account.id, input.username)
  await changeNames(context, account.id, input)
  await record({ type: 'user.registered', target: account.id, username: input.username })

  const home = await foundOrganization(context, { founderId: account.id, name: input.username, epoch: account.epoch, dormant: inviting !== null })
  const organization = (await tx.organizations.find(inviting?.organizationId ?? home.id))?.organization
  if (!organization) throw new Problem('invitation_not_found')
  if (inviting) {
    const invitation = await consumeInvitation(context, inviting, account.id)
    await joinAtRegistration(context, { invitation, organization }, account)
  }
  await checkRefreshLogins(context, { ...live, organization })
  await tx.sessions.setOrganizationWhereNone(account.id, organization.id)
  return { userId: account.id }
}

/**
 * A refresh token that does not rotate is checked when it begins to act in an organization, and not again (F13). The caller's is refused, and others end, because nobody is there to
 * confirm for them.
 */
async function checkRefreshLogins(context: Context, live: LiveState): Promise<void> {
  if (live.session.kind === 'refresh') requirePolicy(live)
  for (const session of await context.tx.sessions.refreshLogins(live.account.id))
    if (!meetsPolicy({ ...live, session })) await finishSession(context, session.id, 'revoked')
}

/** Why a name is not free, or null. Anyone may ask, so that a form can answer before it is sent; each address has a limit. */
export async function usernameFault(
  { store, limits, admission }: { store: Store; limits: Limits; admission: Admission },
  { address }: Origin,
  name: string,
): Promise<NameFault | 'name_taken' | null> {
  await limits.spend('username by address', address)
  return faultOfName(admission, name) ?? ((await store.reading.names.holder(name)) ? 'name_taken' : null)
}

/** Up to three names near the one that was wanted, which nobody holds at this moment. */
export async function freeNamesNear({ store, admission }: { store: Pick<Store, 'reading'>; admission: Admission }, wanted: string): Promise<string[]> {
  const stem = wanted
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 24)
  const { names } = store.reading
  const free: string[] = []
  for (const name of [stem, `${stem}_dev`, `${stem}1`, `${stem}_2`, `the_${stem}`, `${stem}_hq`]) {
    if (free.length < 3 && faultOfName(admission, name) === null && !(await names.holder(name))) free.push(name)
  }
  return free
}

/** The first membership of someone who registers with an invitation (S5). The epoch stays. */
async function joinAtRegistration(
  context: Context,
  { invitation, organization }: { invitation: Invitation; organization: Organization },
  account: Pick<Account, 'id' | 'epoch'>,
): Promise<void> {
  await startMembership(context, {
    organization,
    userId: account.id,
    role: invitation,
    reason: 'accepted',
    epoch: account.epoch,
    invitation,
  })
}
