/**
 * A text that a person chose and others see: one line, without control characters or characters that change the direction of the text.
 * @returns the text without superfluous spaces. Null if it is empty, longer than `most` characters, or has such a character
 */
export function visibleLine(text: string, most: number): string | null {
  const line = text.normalize('NFC').replace(/\s+/gu, ' ').trim()
  const isVisible = line !== '' && [...line].length <= most && !/[\p{Cc}\p{Cs}\p{Cn}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(line)
  return isVisible ? line : null
}
