import { type IdKind, idPrefixes } from '@muster/contract/ids.ts'
import { Problem } from '../domain/model/problem.ts'

/** A cursor encodes the position of the last row of a page: its values in the order of the list. */
export const encodeCursor = (values: readonly string[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')

/** Muster's cursors contain numbers and ids only. */
const cursorValue = /^(\d{1,18}|[a-z]{3}_\w{1,56})$/

/**
 * Null without a cursor, for the first page. Any cursor that Muster did not create is refused, because returning the first page for it would make its caller loop.
 * @throws Problem invalid_request
 */
function decodeCursor(cursor: string | undefined, length: number): string[] | null {
  if (cursor === undefined) return null
  const values = parseCursor(cursor)
  if (!Array.isArray(values) || values.length !== length || !values.every((value) => typeof value === 'string' && cursorValue.test(value)))
    throw invalidCursor()
  return values
}

/** For a list ordered by id, of one or more kinds. @throws Problem invalid_request, also for a cursor of another list */
export function idOfCursor(cursor: string | undefined, ...kinds: IdKind[]): string | null {
  const [id = null] = decodeCursor(cursor, 1) ?? []
  if (id !== null && !kinds.some((kind) => id.startsWith(`${idPrefixes[kind]}_`))) throw invalidCursor()
  return id
}

/** For a list ordered by two ids. @throws Problem invalid_request, also for a cursor of another list */
export function idsOfCursor(cursor: string | undefined, first: IdKind, second: IdKind): [string, string] | null {
  const [one = '', other = ''] = decodeCursor(cursor, 2) ?? []
  if (cursor === undefined) return null
  if (!one.startsWith(`${idPrefixes[first]}_`) || !other.startsWith(`${idPrefixes[second]}_`)) throw invalidCursor()
  return [one, other]
}

/** For a list ordered by number. @throws Problem invalid_request, also for a cursor of another list */
export function numberOfCursor(cursor: string | undefined): bigint | null {
  const [number = null] = decodeCursor(cursor, 1) ?? []
  if (number !== null && !/^\d+$/.test(number)) throw invalidCursor()
  return number === null ? null : BigInt(number)
}

/** For a list ordered by number and id. @throws Problem invalid_request, also for a cursor of another list */
export function placeOfCursor(cursor: string | undefined, ...kinds: IdKind[]): { number: string; id: string } | null {
  const [number = '', id = ''] = decodeCursor(cursor, 2) ?? []
  if (cursor === undefined) return null
  if (!/^\d{1,16}$/.test(number) || !kinds.some((kind) => id.startsWith(`${idPrefixes[kind]}_`))) throw invalidCursor()
  return { number, id }
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
}

function invalidCursor(): Problem {
  const errors = [{ field: 'cursor', message: 'This is not a next_cursor of this list.' }]
  return new Problem('invalid_request', 'cursor: This is not a next_cursor of this list.', { extensions: { errors } })
}

/** Expects one row more than the limit, which shows that there is another page. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string[],
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const pageRows = rows.slice(0, limit)
  const last = pageRows.at(-1)
  return { items: pageRows.map(toItem), nextCursor: rows.length > limit && last ? encodeCursor(cursorOf(last)) : null }
}
