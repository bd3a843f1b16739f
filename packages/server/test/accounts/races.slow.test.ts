import type { PasswordResetId, SignUpId } from '@muster/contract/ids.ts'
import { changePassword } from '@muster/server/domain/accounts/password-change.ts'
import { addressReset, passwordResetToken, requestPasswordReset, resetPassword } from '@muster/server/domain/accounts/password-reset.ts'
import { signIn } from '@muster/server/domain/accounts/sign-in.ts'
import { enterCode, signUpCode, startSignUp } from '@muster/server/domain/accounts/sign-up.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { rounds } from '@muster/testkit/rounds.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, goodPassword, type Office } from './office.ts'

// PGlite runs one transaction at a time, so only a real PostgreSQL can show these races.
let office: Office
beforeAll(async () => {
  office = await anOffice({ hasher: { waiting: 1_000 } })
})
afterAll(() => office.close())

const ROUNDS = 4
const AT_ONCE = 16
let asked = 0
/** Each visitor has an address of its own, so no rate limit decides the race. */
const visitor = () => {
  asked += 1
  return { kind: 'anonymous' as const, origin: { ...systemPrincipal.origin, address: `10.${asked >> 16}.${(asked >> 8) & 255}.${asked & 255}` } }
}
const outcomes = async <T>(work: (index: number) => Promise<T>) => {
  const settled = await Promise.allSettled(Array.from({ length: AT_ONCE }, (_, index) => work(index)))
  return {
    good: settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])),
    codes: settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : [])),
  }
}
const begin = async (email: string): Promise<{ cookie: string; code: string }> => {
  const { cookie } = await startSignUp(office, visitor(), { email, password: goodPassword, givenName: 'Ada', familyName: '' })
  const [row] = await office.rows<{ id: SignUpId; code_number: number }>(
    `select id, code_number from sign_up where email = '${email}' order by created_at desc limit 1`,
  )
  if (!row) throw new Error('no sign-up')
  return { cookie, code: signUpCode(office.keys, { id: row.id, codeNumber: row.code_number, codeDigits: 6, keyGeneration: 0 }) }
}

describe('simultaneous requests', () => {
  test('one account and one session are created when a code is entered many times', async () => {
    for (const round of rounds(ROUNDS)) {
      const email = `one${round}@example.com`
      const { cookie, code } = await begin(email)
      const { good } = await outcomes(() => enterCode(office, visitor(), { cookie, code, replaces: null }))
      expect(good).toHaveLength(1)
      const [row] = await office.rows<{ accounts: number; sessions: number }>(
        `select count(distinct a.id)::int as accounts, count(s.id)::int as sessions from account a left join session s on s.user_id = a.id where a.email = '${email}'`,
      )
      expect(row).toEqual({ accounts: 1, sessions: 1 })
    }
  })

  test('one account is created when two sign-ups of one address finish', async () => {
    for (const round of rounds(ROUNDS)) {
      const email = `two${round}@example.com`
      const both = [await begin(email), await begin(email)]
      const settled = await Promise.allSettled(both.map(({ cookie, code }) => enterCode(office, visitor(), { cookie, code, replaces: null })))
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(['address_in_use'])
    }
  })

  test('a sign-up accepts five wrong codes when many arrive at once', async () => {
    const { cookie, code } = await begin('wrong@example.com')
    const wrong = code === '000000' ? '000001' : '000000'
    const { codes } = await outcomes(() => enterCode(office, visitor(), { cookie, code: wrong, replaces: null }))
    expect(codes.filter((one) => one === 'code_wrong')).toHaveLength(4)
    expect(codes.filter((one) => one === 'code_exhausted')).toHaveLength(AT_ONCE - 4)
  })

  test('a reset link sets one password when it is used many times', async () => {
    const { cookie, code } = await begin('reset@example.com')
    await enterCode(office, visitor(), { cookie, code, replaces: null })
    for (const _ of rounds(ROUNDS)) {
      await office.execute(
        async ({ tx }, _: undefined) => {
          await tx.passwordResets.removeEnded()
        },
        systemPrincipal,
        undefined,
      )
      await office.rows('delete from attempt')
      await requestPasswordReset(office, visitor(), { email: 'reset@example.com' })
      const [row] = await office.rows<{ id: PasswordResetId }>('select id from password_reset order by id desc limit 1')
      if (!row) throw new Error('no reset')
      await office.execute(addressReset, systemPrincipal, { id: row.id })
      const token = passwordResetToken(office.keys, { id: row.id, keyGeneration: 0 })
      const { good, codes } = await outcomes((index) => resetPassword(office, visitor(), { token, password: `marble tugboat lantern ${index}` }))
      expect(good).toHaveLength(1)
      expect(new Set(codes)).toEqual(new Set(['reset_link_invalid']))
    }
  })

  test('a sign-in with the old password leaves no session after a reset', async () => {
    const { cookie, code } = await begin('old@example.com')
    await enterCode(office, visitor(), { cookie, code, replaces: null })
    let password = goodPassword
    for (const round of rounds(ROUNDS)) {
      await office.rows('delete from attempt')
      await requestPasswordReset(office, visitor(), { email: 'old@example.com' })
      const [row] = await office.rows<{ id: PasswordResetId }>('select id from password_reset order by id desc limit 1')
      if (!row) throw new Error('no reset')
      await office.execute(addressReset, systemPrincipal, { id: row.id })
      const next = `marble tugboat lantern number ${round}`
      await Promise.allSettled([
        ...Array.from({ length: 6 }, () => signIn(office, visitor(), { identifier: 'old@example.com', password, replaces: null })),
        resetPassword(office, visitor(), { token: passwordResetToken(office.keys, { id: row.id, keyGeneration: 0 }), password: next }),
      ])
      password = next
      const [alive] = await office.rows<{ n: number }>(
        `select count(*)::int as n from session where ended_at is null and user_id = (select id from account where email = 'old@example.com')`,
      )
      expect(alive?.n).toBe(0)
    }
  })

  test('a sign-in with the old password leaves no session after a change (S32)', async () => {
    const { cookie, code } = await begin('change@example.com')
    await enterCode(office, visitor(), { cookie, code, replaces: null })
    let password = goodPassword
    for (const round of rounds(ROUNDS)) {
      await office.rows('delete from attempt')
      const signedIn = await signIn(office, visitor(), { identifier: 'change@example.com', password, replaces: null })
      if ('pending' in signedIn) throw new Error('no second factor was added')
      const session = await office.store.reading.sessions.findByTokenHash(digest(signedIn.cookie))
      if (!session) throw new Error('no session')
      const { userId, id: sessionId, epoch, organizationId } = session
      const principal = { kind: 'user' as const, userId, sessionId, epoch, organizationId, token: null, origin: visitor().origin }
      const newPassword = `marble tugboat lantern number ${round}`
      const [changed] = await Promise.allSettled([
        changePassword(office, principal, { currentPassword: password, newPassword }),
        ...Array.from({ length: 6 }, () => signIn(office, visitor(), { identifier: 'change@example.com', password, replaces: null })),
      ])
      expect(changed.status).toBe('fulfilled')
      password = newPassword
      const alive = await office.rows<{ id: string }>(
        `select id from session where ended_at is null and user_id = (select id from account where email = 'change@example.com')`,
      )
      expect(alive).toEqual([{ id: sessionId }])
    }
  })
})
