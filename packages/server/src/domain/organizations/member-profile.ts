import { changeNames } from '../accounts/person-names.ts'
import type { Context } from '../command/context.ts'
import type { Names } from '../model/account.ts'
import { type ChangedRole, changeRole } from './change-role.ts'
import { type MemberReference, memberOf } from './membership.ts'

export interface ChangeMember extends MemberReference {
  /** A name or an id. */
  role?: string | undefined
  names?: Pick<Names, 'givenName' | 'familyName'> | undefined
}

/** Changes a member's role, names or both, in one transaction, by an admin (S3, S4). */
export async function changeMember(context: Context, { names = {}, role, ...reference }: ChangeMember): Promise<ChangedRole> {
  if (names.givenName === undefined && names.familyName === undefined && role !== undefined) return changeRole(context, { ...reference, role })
  context.attempt({ member: reference.user })
  const { organization, target } = await context.enterForMember(reference.organization, 'members:names', reference.user)
  await changeNames(context, target.userId, names, organization.id)
  if (role !== undefined) return changeRole(context, { ...reference, role })
  return { member: await memberOf(context, organization.id, target.userId), handedOver: [] }
}
