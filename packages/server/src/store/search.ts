import { type RawBuilder, sql } from 'kysely'

/** Values that begin with this text: one range of an index in the C collation. Only the last character of Unicode would be beyond its end. */
export const beginsWith = (column: RawBuilder<string>, text: string): RawBuilder<boolean> =>
  sql<boolean>`(${column} >= ${text} and ${column} < ${`${text}\u{10ffff}`})`
