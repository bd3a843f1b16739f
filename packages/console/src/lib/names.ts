import type { Member } from './api.ts'

/** A value as one word of a command line. */
export const quoted = (text: string): string => (/^[\w@.+:/-]+$/.test(text) ? text : `"${text.replace(/(["$`\\])/g, '\\$1')}"`)

/** "Bob Smith", or the username of somebody who gave no name. */
export const fullName = ({ given_name, family_name, username }: Pick<Member, 'given_name' | 'family_name' | 'username'>): string =>
  `${given_name} ${family_name}`.trim() || username
