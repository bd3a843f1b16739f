import { emailAddress } from '@muster/server/domain/email.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

describe('an e-mail address', () => {
  test.each([
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ada+cloud@example.com', 'ada+cloud@example.com'],
    ['a.d.a@example.com', 'a.d.a@example.com'],
    ['rene\u0301@bücher.example', 'ren\u00e9@xn--bcher-kva.example'],
    ['ΑΝΝΑ@example.com', 'αννα@example.com'],
    ['花子@例え.テスト', '花子@xn--r8jz45g.xn--zckzah'],
  ])('is compared in one form and kept as typed: %s', (typed, canonical) => {
    expect(emailAddress(typed)).toEqual({ typed: typed.trim(), canonical })
  })

  test.each([
    ['', 'nothing'],
    ['ada', 'no domain'],
    ['@example.com', 'nobody'],
    ['ada@localhost', 'a domain of one label'],
    ['ada@127.0.0.1', 'a number'],
    ['ada@[127.0.0.1]', 'a literal'],
    ['"ada lovelace"@example.com', 'quotes'],
    ['ada@example.com, eve@example.com', 'two of them'],
    ['ada@ex%61mple.com', 'escapes'],
    ['ada@example.com\r\nBcc: eve@example.com', 'a header'],
    ['ad\u200ba@example.com', 'a zero-width space'],
    ['ada\u202e@example.com', 'a bidi mark'],
    ['ad\u0000a@example.com', 'a control'],
    ['\u0430da@example.com', 'a Cyrillic a before Latin letters'],
    ['ada@ex\u0430mple.com', 'the same in the domain'],
    ['ada@-example.com', 'a hyphen first'],
    [`${'a'.repeat(65)}@example.com`, 'a local part too long'],
    [`ada@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(20)}.com`, 'too long in all'],
    ['ada..b@example.com', 'an empty atom'],
  ])('is refused: %j (%s)', (typed) => {
    expect(() => emailAddress(typed)).toThrow(expect.objectContaining({ code: 'email_invalid' }))
  })

  test('whatever is taken stays what it is when it is read again, and is one line without spaces', () => {
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
