import { domainToASCII } from 'node:url'
import { Problem } from './problem.ts'

/** An address as typed, for sending, and in canonical form, for comparing (S44). Both mean the same inbox: a code sent to the first proves the second. */
export interface EmailAddress {
  typed: string
  canonical: string
}

// RFC 5321 section 4.5.3.1.
const LOCAL_OCTETS = 64
const ALL_OCTETS = 254

// An atom of RFC 5322 with the letters of RFC 6531. Quoted local parts are not accepted, because only attackers use them.
const localPart = /^[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{M}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u
const domainAsTyped = /^[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u
const domainInDns = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?!\d+$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

// Controls, format characters (bidirectional, zero width), separators and invisible letters.
const unseen = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u

/**
 * Trimmed and NFC. The canonical form is also in lower case, with the domain in ASCII. Plus and dots stay, because the mail server decides what they mean.
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
 * Whether a mail server could read the local part as another one: by compatibility (ﬁ is fi), or by case folding (ſ is s, ß is SS). Plain case does not count:
 * `Ada` and `ada` are one inbox. A dot above an i is invisible.
 */
function hasOtherForms(local: string): boolean {
  const lower = inLowerCase(local)
  return local.normalize('NFKC') !== local || withOneSigma(inLowerCase(local.toUpperCase())) !== withOneSigma(lower) || /[ij]\u0307/.test(lower)
}

/** The small sigma has two forms, depending on its place in the word. */
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

/** Two alphabets in one word can make an address look like another one. */
function mixesScripts(word: string): boolean {
  const known = scripts.filter(({ has }) => has.test(word)).map(({ name }) => name)
  if (known.length > 1) return !together.some((group) => known.every((name) => group.includes(name)))
  // A script that is not in the list cannot be mixed with any other.
  return (
    known.length === 1 &&
    [...word].some(
      (letter) => /[\p{L}]/u.test(letter) && !/[\p{Script=Common}\p{Script=Inherited}]/u.test(letter) && !scripts.some(({ has }) => has.test(letter)),
    )
  )
}
