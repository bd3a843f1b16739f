import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { type Names, personName } from '../model/account.ts'

/** A person may change their own names. */
export async function updateNames(context: Context, names: Names): Promise<void> {
  const { account } = await context.account({ unregistered: true })
  await changeNames(context, account.id, names)
}

/** Part of other commands. `organizationId` is set if an admin changes the names. @throws Problem person_name_invalid */
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
