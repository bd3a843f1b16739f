import { stripVTControlCharacters } from 'node:util'

// Text for a terminal: control characters, width and line breaks.

/** Removes control characters, because names come from other people. Unless colors are kept, tabs and line breaks become spaces. */
export function clean(text: string, { keepColour = false } = {}): string {
  return keepColour ? text.replace(controlsButColour, '') : stripVTControlCharacters(text).replace(controls, ' ').trim()
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters on purpose
const controls = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: matches control characters on purpose
const controlsButColour = /\u001b(?!\[\d*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g

const secrets = /\bmuster_[a-z]{2,4}_[\w.-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]+/g

/** Masks tokens and other secrets, so that no log contains one, even with `--debug`. */
export const redact = (text: string): string => text.replace(secrets, (secret) => `${secret.slice(0, secret.startsWith('eyJ') ? 3 : 10)}…`)

const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u

/** The width in terminal columns. Color codes have no width. */
export const width = (text: string): number =>
  [...stripVTControlCharacters(text)].reduce((sum, character) => sum + (/\p{Mark}/u.test(character) ? 0 : wide.test(character) ? 2 : 1), 0)

export const pad = (text: string, to: number): string => text + ' '.repeat(Math.max(0, to - width(text)))

/** An indented line with only a command, an address or a variable. It is not wrapped, because a line break would be copied with it. */
const toCopy = /^\s+(?:→\s+)?(?:muster |npx |curl |npm |https?:|[A-Z][A-Z_]+=)/

/** Wraps lines at words. Continuation lines are indented like the text of the first line. A word that is too long stays whole. */
export const wrap = (text: string, columns: number): string =>
  text
    .split('\n')
    .map((line) => (width(line) <= columns || toCopy.test(line) ? line : wrapLine(line, columns)))
    .join('\n')

function wrapLine(line: string, columns: number): string {
  const [lead = ''] = /^\s*(?:(?:[-→]|\S*[✓!✗]\S*)\s+)?/.exec(line) ?? []
  const indent = ' '.repeat(width(lead))
  return wordsIn(line.slice(lead.length), columns - indent.length)
    .map((part, index) => (index === 0 ? lead : indent) + part)
    .join('\n')
}

/** Splits the text into lines that fit the columns. A word that is too long stays whole. */
export function wordsIn(text: string, columns: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/ +/)) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** `2 sessions`, `1 open invitation` */
export const count = (number: number, noun: string): string => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
