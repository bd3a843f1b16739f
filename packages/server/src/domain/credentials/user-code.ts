import { randomInt } from 'node:crypto'

/** No vowels, so no words, and nothing that looks like something else. */
const CHARACTERS = 'BCDFGHJKLMNPQRSTVWXZ'

/** 20^8 values, 34.6 bits (D03), or 20^10, 43.2 bits, while a flood of requests makes it likelier that a guess is somebody's code. */
const LENGTHS = { short: 8, long: 10 } as const

/** As it is stored. */
export const newUserCode = (length: keyof typeof LENGTHS): string =>
  Array.from({ length: LENGTHS[length] }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('')

/** As it is stored, from what was typed: lower case, spaces and dashes are fine. Null for what cannot be a code. */
export function normalUserCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const fits = code.length === LENGTHS.short || code.length === LENGTHS.long
  return fits && [...code].every((character) => CHARACTERS.includes(character)) ? code : null
}

/** XXXX-XXXX or XXXXX-XXXXX. */
export const shownUserCode = (code: string): string => `${code.slice(0, code.length / 2)}-${code.slice(code.length / 2)}`
