import type { Member } from './api.ts'

/** Quotes a value for use as one argument on a command line. */
export const quoted = (text: string): string => (/^[\w@.+:/-]+$/.test(text) ? text : `"${text.replace(/(["$`\\])/g, '\\$1')}"`)

/** "Bob Smith", or the username when no name is set. */
export const fullName = ({ given_name, family_name, username }: Pick<Member, 'given_name' | 'family_name' | 'username'>): string =>
  `${given_name} ${family_name}`.trim() || username
