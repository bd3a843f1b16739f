import type { Role } from '@muster/contract/permissions.ts'
import { changeNames } from '../accounts/person-names.ts'
import type { Context } from '../command/context.ts'
import type { Names } from '../model/account.ts'
import type { Member } from '../model/membership.ts'
import { changeRole, type MemberReference, memberOf } from './membership.ts'

export interface ChangeMember extends MemberReference {
  role?: Role | undefined
  names?: Pick<Names, 'givenName' | 'familyName'> | undefined
}

/** Changes a member's role, names or both, in one transaction, by an admin (S3, S4). */
export async function changeMember(context: Context, { names = {}, role, ...reference }: ChangeMember): Promise<Member> {
  context.attempt({ member: reference.user })
  const { organization } = await context.enter(reference.organization, 'members:names')
  if (names.givenName !== undefined || names.familyName !== undefined) {
    const { userId } = await memberOf(context, organization.id, reference.user)
    await changeNames(context, userId, names, organization.id)
  }
  if (role !== undefined) return changeRole(context, { ...reference, role })
  return memberOf(context, organization.id, reference.user)
}
