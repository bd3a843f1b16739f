import { isIP } from 'node:net'
import { NAME_PATTERN } from '@muster/contract/names.ts'

// What others chose (names, clients, user agents) stands in our mails without being able to lead anywhere or to look like our own words.

// Controls, line separators, and what turns or hides text (bidi marks, zero-width characters, tags).
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/gu

const most = 60

/** Text for a header: one line, nothing that could start another header. */
export const forHeader = (text: string): string => text.replace(unseen, ' ').replace(/\s+/g, ' ').trim()

/**
 * A name that no mail program makes a link of, and no reader takes for our sentence: one line, at most 60 characters, in quotation marks.
 * Mail programs link by pattern (`www.`, `name.tld`, `://`, `a@b`), so the pattern is broken in a way people see: "evil.example" becomes
 * "evil. example". An invisible joiner would be kept by some programs and skipped by others.
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

/** A name as it is where it can only be a username or an organization's (S39); else made safe. */
export const shown = (name: string): string => (NAME_PATTERN.test(name) ? name : safeName(name))

/** The address of a request as it is; whatever else stands in its place is made safe. */
export const networkAddress = (address: string): string => (isIP(address) === 0 ? safeName(address) : address)
