import { randomInt } from 'node:crypto'

/** No vowels, so that no words appear, and no characters that look alike. */
const CHARACTERS = 'BCDFGHJKLMNPQRSTVWXZ'

/** 20^8 values, 34.6 bits (D03), or 20^10, 43.2 bits, while a flood of requests makes it more likely that a guess hits a code. */
const LENGTHS = { short: 8, long: 10 } as const

/** In the stored form. */
export const newUserCode = (length: keyof typeof LENGTHS): string =>
  Array.from({ length: LENGTHS[length] }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join('')

/** Converts typed text to the stored form. Lower case, spaces and dashes are accepted. Null if it cannot be a code. */
export function normalUserCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[^A-Z0-9]/g, '')
  const fits = code.length === LENGTHS.short || code.length === LENGTHS.long
  return fits && [...code].every((character) => CHARACTERS.includes(character)) ? code : null
}

/** XXXX-XXXX or XXXXX-XXXXX. */
export const shownUserCode = (code: string): string => `${code.slice(0, code.length / 2)}-${code.slice(code.length / 2)}`
