import { type IdKind, idPrefixes } from '@muster/contract/ids.ts'
import { Problem } from '../domain/model/problem.ts'

/** A cursor is where the last page ended: the values of the order, closed to the caller. */
export const encodeCursor = (values: readonly string[]): string => Buffer.from(JSON.stringify(values)).toString('base64url')

/** What stands in ours: numbers and ids. */
const ours = /^(\d{1,18}|[a-z]{3}_\w{1,56})$/

/**
 * Null for none: the first page then. One that we have not made is refused: whoever was given the first page for it would walk through a list for ever.
 * @throws Problem invalid_request
 */
function decodeCursor(cursor: string | undefined, length: number): string[] | null {
  if (cursor === undefined) return null
  const values = parsed(cursor)
  if (!Array.isArray(values) || values.length !== length || !values.every((value) => typeof value === 'string' && ours.test(value))) throw notOurs()
  return values
}

/** Of a list in the order of its ids. @throws Problem invalid_request, for one of another list too */
export function idOfCursor(cursor: string | undefined, kind: IdKind): string | null {
  const [id = null] = decodeCursor(cursor, 1) ?? []
  if (id !== null && !id.startsWith(`${idPrefixes[kind]}_`)) throw notOurs()
  return id
}

/** Of a list in the order of its numbers. @throws Problem invalid_request, for one of another list too */
export function numberOfCursor(cursor: string | undefined): bigint | null {
  const [number = null] = decodeCursor(cursor, 1) ?? []
  if (number !== null && !/^\d+$/.test(number)) throw notOurs()
  return number === null ? null : BigInt(number)
}

/** Of a list in the order of a number, and of an id where that is the same. @throws Problem invalid_request, for one of another list too */
export function placeOfCursor(cursor: string | undefined, kind: IdKind): { number: string; id: string } | null {
  const [number = '', id = ''] = decodeCursor(cursor, 2) ?? []
  if (cursor === undefined) return null
  if (!/^\d{1,16}$/.test(number) || !id.startsWith(`${idPrefixes[kind]}_`)) throw notOurs()
  return { number, id }
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    return null
  }
}

function notOurs(): Problem {
  const errors = [{ field: 'cursor', message: 'This is not a next_cursor of this list.' }]
  return new Problem('invalid_request', 'cursor: This is not a next_cursor of this list.', { extensions: { errors } })
}

/** One row more than the page was asked for tells whether there is another. */
export function pageOf<Row, Item>(
  rows: Row[],
  limit: number,
  cursorOf: (row: Row) => string[],
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(toItem), nextCursor: rows.length > limit && last ? encodeCursor(cursorOf(last)) : null }
}
