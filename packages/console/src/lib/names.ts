import type { Member } from './api.ts'

/** "Bob Smith", or the username of somebody who gave no name. */
export const fullName = ({ given_name, family_name, username }: Pick<Member, 'given_name' | 'family_name' | 'username'>): string =>
  `${given_name} ${family_name}`.trim() || username
