import { domainToASCII } from 'node:url'
import { Problem } from './problem.ts'

/** An address as it was typed, to write to, and in the one form in which two addresses are compared (S44). Both are the same inbox: a code that was sent to the first proves the second. */
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
 * Trimmed and NFC; for comparison also in lower case, with the domain in its ASCII form. Plus and dots stay: the mail server decides what they mean.
 * @throws Problem email_invalid
 */
export function emailAddress(text: string): EmailAddress {
  const typed = text.trim().normalize('NFC')
  const at = typed.lastIndexOf('@')
  const local = inLowerCase(typed.slice(0, at))
  const domain = inLowerCase(typed.slice(at + 1))
  if (at < 1 || unseen.test(typed) || !localPart.test(local) || !domainAsTyped.test(domain)) throw new Problem('email_invalid')
  if (hasOtherForms(typed.slice(0, at))) throw new Problem('email_invalid', 'It contains a character that looks like another one.')
  if ([local, ...domain.split('.')].some(mixesScripts)) throw new Problem('email_invalid', 'It mixes letters from several alphabets.')
  const ascii = domainToASCII(domain)
  const canonical = `${local}@${ascii}`
  if (!domainInDns.test(ascii) || Buffer.byteLength(local) > LOCAL_OCTETS || Buffer.byteLength(canonical) > ALL_OCTETS) throw new Problem('email_invalid')
  return { typed, canonical }
}

const inLowerCase = (text: string): string => text.toLowerCase().normalize('NFC')

/**
 * Whether a mail server could take the local part for another one: by compatibility (ﬁ is fi), or by case (ſ is a small S, ß is SS). Case itself is none:
 * `Ada` and `ada` are one inbox here. A dot that is put above an i cannot be seen.
 */
function hasOtherForms(local: string): boolean {
  const lower = inLowerCase(local)
  return local.normalize('NFKC') !== local || withOneSigma(inLowerCase(local.toUpperCase())) !== withOneSigma(lower) || /[ij]\u0307/.test(lower)
}

/** The small sigma has two forms, by its place in the word. */
const withOneSigma = (text: string): string => text.replaceAll('ς', 'σ')

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
