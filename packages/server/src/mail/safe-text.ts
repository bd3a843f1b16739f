import { isIP } from 'node:net'
import { NAME_PATTERN } from '@muster/contract/names.ts'

// Makes text that others chose (names, clients, user agents) safe for an email: it cannot become a link or look like our own words.

// Control characters, line separators, and characters that reverse or hide text (bidi marks, zero-width characters, tags).
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu

const most = 60

/** Text for a header: one line, so that it cannot start another header. */
export const forHeader = (text: string): string => text.replace(unseen, ' ').replace(/\s+/g, ' ').trim()

/**
 * A name that no email program turns into a link and no reader takes for our own text: one line, at most 60 characters, in quotation marks.
 * Email programs recognize links by pattern (`www.`, `name.tld`, `://`, `a@b`), so the pattern is broken visibly: "evil.example" becomes
 * "evil. example". Some programs would ignore an invisible character.
 */
export function safeName(name: string): string {
  const plain = forHeader(name)
    .replace(/["“”„]/g, "'")
    .replace(/[.。．｡](?=[^\s\d])/gu, '. ')
    .replace(/\d+(?:\.\d+){3}/g, (address) => address.replaceAll('.', '. '))
    .replace(/@/g, ' at ')
    .replace(/(?<=\p{L})[:：](?=\S)|[:：](?=[^\s\d])/gu, ': ')
    .replace(/\/\//g, '/ /')
    .replace(/\s+/g, ' ')
    .trim()
  const letters = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(plain)].map(({ segment }) => segment)
  return `"${
    letters.length > most
      ? `${letters
          .slice(0, most - 1)
          .join('')
          .trimEnd()}…`
      : plain
  }"`
}

/** A valid username or organization name unchanged (S39), any other text made safe. */
export const shown = (name: string): string => (NAME_PATTERN.test(name) ? name : safeName(name))

/** A valid IP address unchanged, any other text made safe. */
export const networkAddress = (address: string): string => (isIP(address) === 0 ? safeName(address) : address)
