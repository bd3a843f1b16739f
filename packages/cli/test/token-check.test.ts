import { tokenChecksum } from '@muster/contract/token-form.ts'
import { expect, test } from 'vitest'
import { checkToken } from '../src/commands/shared/token-check.ts'

const whole = (body: string) => body + tokenChecksum(body)
const refresh = whole(`muster_rt_${'a'.repeat(43)}`)
const jwt = [{ alg: 'ES256' }, { sub: 'usr_1' }].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')

test.each([refresh, whole(`muster_uk_${'b'.repeat(43)}`), whole(`muster_sk_${'c'.repeat(43)}`), `${jwt}.c2ln`])('a complete token passes: %s', (token) => {
  expect(() => checkToken(token)).not.toThrow()
})

test.each([
  ['a character is wrong', refresh.replace('aaa', 'aba'), 'mistyped or incomplete'],
  ['two characters are swapped', refresh.replace(/(.)(.)$/, '$2$1x').slice(0, -1), 'mistyped or incomplete'],
  ['its end is missing', refresh.slice(0, -1), 'mistyped or incomplete'],
  ['its prefix is unknown', refresh.replace('muster_rt', 'muster_xx'), 'another kind of secret'],
  ['it is an organization secret', whole('muster_os_1_2_3'), 'This is an invitation'],
  ['it is the id of a key', 'key_01m7x6az6de8jbpab57xb6p8yf', 'This is the id of a key'],
  ['a JWT lacks its signature', jwt, 'not a token'],
  ['the payload of a JWT is cut', `${jwt.slice(0, -3)}.c2ln`, 'not a token'],
  ['it is a word', 'everything', 'not a token'],
])('a token is refused with exit code 2 when %s', (_, token, text) => {
  expect(() => checkToken(token)).toThrow(expect.objectContaining({ exit: 2, message: expect.stringContaining(text) }))
})
