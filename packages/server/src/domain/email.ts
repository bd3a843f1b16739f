import { domainToASCII } from 'node:url'
import { Problem } from './problem.ts'

/** An address as it was typed, to write to, and in the one form in which two addresses are compared (S44). */
export interface EmailAddress {
  typed: string
  canonical: string
}

// RFC 5321 section 4.5.3.1.
const LOCAL_OCTETS = 64
const ALL_OCTETS = 254

// What RFC 5322 calls an atom, with the letters of RFC 6531. Quoted local parts are nobody's address, only somebody's trick.
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainAsTyped = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u
const domainInDns = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

// Controls, format characters (bidi, zero width), separators, and letters that show nothing.
const unseen = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u

/**
 * Trimmed, NFC, lower case, the domain in its ASCII form. Plus and dots stay: whose they are is the mail server's to say.
 * @throws Problem email_invalid
 */
export function emailAddress(text: string): EmailAddress {
  const typed = text.trim()
  const at = typed.lastIndexOf('@')
  const local = typed.slice(0, at).normalize('NFC').toLowerCase().normalize('NFC')
  const domain = typed
    .slice(at + 1)
    .normalize('NFC')
    .toLowerCase()
  if (at < 1 || unseen.test(typed) || !localPart.test(local) || !domainAsTyped.test(domain)) throw new Problem('email_invalid')
  if ([local, ...domain.split('.')].some(mixesScripts)) throw new Problem('email_invalid', 'It mixes letters of several alphabets.')
  const ascii = domainToASCII(domain)
  const canonical = `${local}@${ascii}`
  if (!domainInDns.test(ascii) || Buffer.byteLength(local) > LOCAL_OCTETS || Buffer.byteLength(canonical) > ALL_OCTETS) throw new Problem('email_invalid')
  return { typed, canonical }
}

const scripts = [
  'Latin',
  'Greek',
  'Cyrillic',
  'Armenian',
  'Georgian',
  'Hebrew',
  'Arabic',
  'Syriac',
  'Thaana',
  'Devanagari',
  'Bengali',
  'Gurmukhi',
  'Gujarati',
  'Oriya',
  'Tamil',
  'Telugu',
  'Kannada',
  'Malayalam',
  'Sinhala',
  'Thai',
  'Lao',
  'Tibetan',
  'Myanmar',
  'Ethiopic',
  'Khmer',
  'Mongolian',
  'Cherokee',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
].map((name) => ({ name, has: new RegExp(`\\p{Script=${name}}`, 'u') }))

/** Scripts that one language writes together (Unicode TS 39 section 5.1). */
const together = [
  ['Han', 'Hiragana', 'Katakana'],
  ['Han', 'Hangul'],
  ['Han', 'Bopomofo'],
]

/** Letters of two alphabets in one word are how an address is made to look like another's. */
function mixesScripts(word: string): boolean {
  const known = scripts.filter(({ has }) => has.test(word)).map(({ name }) => name)
  if (known.length > 1) return !together.some((group) => known.every((name) => group.includes(name)))
  // A letter of a script that is not in the list stands with its like alone.
  return (
    known.length === 1 &&
    [...word].some(
      (letter) => /[\p{L}]/u.test(letter) && !/[\p{Script=Common}\p{Script=Inherited}]/u.test(letter) && !scripts.some(({ has }) => has.test(letter)),
    )
  )
}
