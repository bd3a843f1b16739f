import type { Member } from '../../api/types.ts'
import type { Context } from '../../context.ts'
import { roleName } from '../../output/role.ts'
import type { Cell } from '../../output/table.ts'
import { moment } from '../../output/time.ts'

export const fullName = ({ given_name, family_name }: Pick<Member, 'given_name' | 'family_name'>): string => [given_name, family_name].filter(Boolean).join(' ')

/** Members as a table. The server shows email addresses only to admins, so the column appears only for them (S4). */
export function memberTable({ now }: Context, items: Member[]): { head: string[]; row: (member: Member) => Cell[] } {
  const showsEmail = items.some((item) => item.email !== undefined)
  return {
    head: ['USERNAME', 'NAME?', ...(showsEmail ? ['EMAIL'] : []), 'ROLE', 'STATUS', 'JOINED?'],
    row: (item) => [
      item.username,
      fullName(item),
      ...(showsEmail ? [item.email] : []),
      roleName(item),
      item.suspended_at ? `${item.status}, suspended` : item.status,
      moment(item.joined_at, now),
    ],
  }
}
