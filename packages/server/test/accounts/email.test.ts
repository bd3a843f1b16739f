import { domainToASCII } from 'node:url'
import { type EmailAddress, emailAddress } from '@muster/server/domain/model/email.ts'
import fc from 'fast-check'
import nodemailer from 'nodemailer'
import { describe, expect, test } from 'vitest'

const accepted = (text: string): EmailAddress | null => {
  try {
    return emailAddress(text)
  } catch {
    return null
  }
}

const unicode = (text: fc.Arbitrary<string>) => fc.tuple(text, fc.constantFrom('example.com', 'Bücher.example', '例え.テスト')).map((parts) => parts.join('@'))

describe('an email address', () => {
  test.each([
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ada+cloud@example.com', 'ada+cloud@example.com'],
    ['a.d.a@example.com', 'a.d.a@example.com'],
    ['rene\u0301@bücher.example', 'ren\u00e9@xn--bcher-kva.example'],
    ['ΑΝΝΑ@example.com', 'αννα@example.com'],
    ['\u212aevin@example.com', 'kevin@example.com'],
    ['ΓΙΏΡΓΟΣ.Α@example.com', 'γιώργοσ.α@example.com'],
    ['γιώργος@example.com', 'γιώργος@example.com'],
    ['花子@例え.テスト', '花子@xn--r8jz45g.xn--zckzah'],
  ])('an email address is compared in one form and kept as typed: %s', (typed, canonical) => {
    expect(emailAddress(typed)).toEqual({ typed: typed.trim().normalize('NFC'), canonical })
  })

  test.each([
    ['', 'nothing'],
    ['ada', 'no domain'],
    ['@example.com', 'no local part'],
    ['ada@localhost', 'a domain of one label'],
    ['ada@127.0.0.1', 'a number'],
    ['ada@[127.0.0.1]', 'a literal'],
    ['"ada lovelace"@example.com', 'quotes'],
    ['ada@example.com, eve@example.com', 'two addresses'],
    ['ada@ex%61mple.com', 'escapes'],
    ['ada@example.com\r\nBcc: eve@example.com', 'a header'],
    ['ad\u200ba@example.com', 'a zero-width space'],
    ['ada\u202e@example.com', 'a bidi mark'],
    ['ad\u0000a@example.com', 'a control'],
    ['\u0430da@example.com', 'a Cyrillic a before Latin letters'],
    ['ada@ex\u0430mple.com', 'a Cyrillic a in the domain'],
    ['ada@-example.com', 'a hyphen first'],
    [`${'a'.repeat(65)}@example.com`, 'a local part too long'],
    [`ada@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.com`, 'too long in all'],
    ['ada..b@example.com', 'an empty atom'],
    ['\u017fam@example.com', 'a long s'],
    ['stra\u00dfe@example.com', 'a sharp s, which is SS in upper case'],
    ['\ufb01n@example.com', 'a ligature'],
    ['\uff41da@example.com', 'a letter of full width'],
    ['\u0131da@example.com', 'an i without its dot'],
    ['\u0130da@example.com', 'a capital I with a dot'],
    ['\u00b5@example.com', 'a micro sign'],
  ])('an invalid email address is refused: %j (%s)', (typed) => {
    expect(() => emailAddress(typed)).toThrow(expect.objectContaining({ code: 'email_invalid' }))
  })

  test('an email address and its canonical form differ only in case, for every letter', () => {
    for (let point = 0; point <= 0x10ffff; point += 1) {
      if (point >= 0xd800 && point <= 0xdfff) continue
      const letter = String.fromCodePoint(point)
      if ([letter.toLowerCase(), letter.toUpperCase(), letter.normalize('NFKC')].every((form) => form === letter)) continue
      const address = accepted(`${letter}@example.com`) ?? accepted(`a${letter}@example.com`)
      if (!address) continue
      const written = address.typed.toLowerCase().normalize('NFC')
      if (written !== address.canonical || address.typed.normalize('NFKC') !== address.typed)
        expect.fail(`U+${point.toString(16)}: ${address.typed} is filed as ${address.canonical}`)
    }
  })

  test('the envelope recipient is the canonical address, apart from its case', async () => {
    const transport = nodemailer.createTransport({ streamTransport: true })
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(unicode(fc.string({ unit: 'grapheme' })), unicode(fc.string({ unit: 'binary', maxLength: 2 })), fc.emailAddress()),
        async (text) => {
          const address = accepted(text)
          if (!address) return
          const { envelope } = await transport.sendMail({ from: 'muster@example.com', to: { name: '', address: address.typed }, text: '' })
          const [recipient = ''] = envelope.to as string[]
          const at = recipient.lastIndexOf('@')
          expect(envelope.to).toHaveLength(1)
          expect(`${recipient.slice(0, at).toLowerCase().normalize('NFC')}@${domainToASCII(recipient.slice(at + 1))}`).toBe(address.canonical)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('a canonical address is canonical again, one line, and without spaces', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.emailAddress(),
          fc.string({ unit: 'grapheme' }).map((text) => `${text}@example.com`),
        ),
        (typed) => {
          let canonical: string
          try {
            canonical = emailAddress(typed).canonical
          } catch (error) {
            expect(error).toMatchObject({ code: 'email_invalid' })
            return
          }
          expect(emailAddress(canonical).canonical).toBe(canonical)
          expect(canonical).not.toMatch(/[\s\p{C}]/u)
        },
      ),
      { numRuns: 500 },
    )
  })
})
