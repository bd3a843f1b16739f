import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { nameFault } from '@muster/contract/names.ts'
import type { Context } from '../command/execute.ts'
import { consumeInvitation, findByToken, requireAddress, requireOpen } from '../invitations/invitation.ts'
import { Problem } from '../model/problem.ts'
import { foundOrganization, joinAtRegistration } from '../organizations/membership.ts'
import type { Tx } from '../store.ts'

/** One verified email address with its credentials. Unregistered until it has a username; then a user, for ever. */
export interface Account {
  id: UserId
  email: string
  /** The form in which it is compared with another address (S44). */
  emailCanonical: string
  passwordHash: string
  givenName: string
  familyName: string
  company: string | null
  username: string | null
  epoch: number
  /** Raised with each new password. A new hash of the same password keeps it. */
  passwordVersion: number
  createdAt: Date
  registeredAt: Date | null
}

export interface Names {
  givenName?: string | undefined
  familyName?: string | undefined
  company?: string | null | undefined
}

export interface RegisterUser extends Names {
  username: string
  /** An organization secret or an invitation's token; without one the user stays alone in a personal organization. */
  token?: string | undefined
}

/** Gives the account its username and its first organization (S2, S5, S55). The epoch stays: nobody has to log in again. */
export async function registerUser(context: Context, input: RegisterUser): Promise<{ userId: UserId }> {
  const { tx, record } = context
  const { account } = await context.account({ unregistered: true })
  if (account.username !== null) throw new Problem('already_registered', `You are registered as ${account.username}.`)
  refuseBadName(input.username)

  const inviting = input.token === undefined ? null : await findByToken(tx, context.keys, input.token)
  if (inviting) {
    context.attempt({ attempted: 'invitations:accept', organizationId: inviting.organizationId, target: inviting.id })
    await requireOpen(tx, inviting)
    requireAddress(inviting, account)
    await tx.organizations.lock([inviting.organizationId])
  }
  if (!(await tx.names.take(input.username, { userId: account.id }))) throw new Problem('name_taken')
  await tx.accounts.register(account.id, input.username)
  await changeNames(context, account.id, input)
  await record({ type: 'user.registered', target: account.id, username: input.username })

  const home = await foundOrganization(context, { founderId: account.id, name: input.username, epoch: account.epoch, dormant: inviting !== null })
  if (inviting) {
    const invitation = await consumeInvitation(context, inviting, account.id)
    await joinAtRegistration(context, invitation, account)
  }
  await tx.sessions.setOrganizationWhereNone(account.id, inviting?.organizationId ?? home.id)
  return { userId: account.id }
}

/** A person's names are theirs to change. */
export async function updateNames(context: Context, names: Names): Promise<void> {
  const { account } = await context.account({ unregistered: true })
  await changeNames(context, account.id, names)
}

/** Part of other commands. With the organization when its admin does it. @throws Problem person_name_invalid */
export async function changeNames({ tx, record }: Context, userId: UserId, names: Names, organizationId?: OrganizationId): Promise<void> {
  const fields = (['givenName', 'familyName', 'company'] as const).filter((field) => names[field] !== undefined)
  if (fields.length === 0) return
  const optional = <T extends string | null | undefined>(name: T): T | string => (typeof name === 'string' && name.trim() !== '' ? personName(name) : name)
  await tx.accounts.setNames(userId, {
    givenName: names.givenName === undefined ? undefined : personName(names.givenName),
    familyName: optional(names.familyName)?.trim(),
    company: optional(names.company),
  })
  await record({ type: 'user.names_changed', target: userId, fields, ...(organizationId && { organizationId }) })
}

/** @throws Problem name_invalid or name_reserved (S39, S43) */
export function refuseBadName(name: string): void {
  const fault = nameFault(name)
  if (fault) throw new Problem(fault)
}

/** Up to three names near the one that was wanted, which nobody holds at this moment. */
export async function freeNamesNear({ names }: Pick<Tx, 'names'>, wanted: string): Promise<string[]> {
  const stem = wanted
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 24)
  const free: string[] = []
  for (const name of [stem, `${stem}_dev`, `${stem}1`, `${stem}_2`, `the_${stem}`, `${stem}_hq`]) {
    if (free.length < 3 && nameFault(name) === null && !(await names.holder(name))) free.push(name)
  }
  return free
}

/** A person's name as it is shown: one line, no controls, nothing that turns the text around it. @throws Problem person_name_invalid */
export function personName(text: string): string {
  const name = text.normalize('NFC').replace(/\s+/gu, ' ').trim()
  if (name === '' || [...name].length > 100 || /[\p{Cc}\p{Cs}\p{Cn}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name))
    throw new Problem('person_name_invalid')
  return name
}
