import { startSession } from '@muster/server/domain/credentials/session.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { formatToken } from '@muster/server/domain/model/opaque-token.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, goodPassword, issuer, type Office, still } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(() => office.clock.restore())

const newPassword = 'marble tugboat lantern sixteen'

/** Requests a reset link from this address and returns its path. */
async function linkFor(email: string, address = `192.0.2.${Math.floor(Math.random() * 250)}`): Promise<string> {
  expect((await office.browser(address).post('/forgot-password', { email })).statusCode).toBe(200)
  const { link = '' } = await office.mail(email)
  expect(link.startsWith(`${issuer}/reset-password?token=muster_pr_`)).toBe(true)
  return link.slice(issuer.length)
}
const tokenOf = (path: string): string => new URLSearchParams(path.split('?')[1]).get('token') ?? ''

describe('a forgotten password', () => {
  test('a reset request has the same effect for known and unknown addresses (C06)', async () => {
    await office.person('ada')
    const count = 'select (select count(*) from password_reset)::int as resets, (select count(*) from audit_event)::int as events'
    const answers = []
    for (const email of ['ada@example.com', 'adb@example.com']) {
      await office.mailIsDone()
      const [before] = await office.rows<{ resets: number }>(count)
      const answer = await office.browser().post('/forgot-password', { email })
      const [after] = await office.rows<{ resets: number }>(count)
      answers.push([
        answer.statusCode,
        still(answer.body).replaceAll(email, 'EMAIL'),
        Object.keys(answer.headers).sort(),
        (after?.resets ?? 0) - (before?.resets ?? 0),
      ])
    }
    expect(answers[0]).toEqual(answers[1])
    await office.mail('ada@example.com')
    await office.mailIsDone()
    expect(office.mailbox.all().some(({ to }) => to === 'adb@example.com')).toBe(false)
  })

  test('a password reset ends every session and refresh token of the user (C02, S32)', async () => {
    const browser = await office.person('bob')
    const account = await office.store.reading.accounts.findByUsername('bob')
    if (!account) throw new Error('no bob')
    const refresh = await office.execute(
      async (context, _: undefined) => startSession(context, { kind: 'refresh', account, organizationId: null }),
      systemPrincipal,
      undefined,
    )
    const path = await linkFor('bob@example.com')
    const visitor = office.browser()
    const done = await visitor.post('/reset-password', { token: tokenOf(path), password: newPassword })
    expect([done.statusCode, done.headers.location]).toEqual([303, '/reset-password/done'])
    expect((await visitor.get('/')).body).toContain('Create an account')
    expect((await browser.get('/')).body).toContain('Create an account')
    const live = await office.store.reading.sessions.liveState(refresh.id, null)
    expect(live?.session).toMatchObject({ endedReason: 'password_reset', endedAt: expect.any(Date) })
    const [revoked] = await office.rows<{ n: number }>(`select count(*)::int as n from revocation where kind = 'session' and subject = '${refresh.id}'`)
    expect(revoked?.n).toBe(1)
    expect((await office.mail('bob@example.com')).subject).toBe('Your password was changed')
    expect((await office.browser().post('/sign-in', { identifier: 'bob', password: goodPassword })).statusCode).toBe(401)
    expect((await office.browser().post('/sign-in', { identifier: 'bob', password: newPassword })).statusCode).toBe(303)
  })

  test('a reset link stays valid when it is opened (S17)', async () => {
    await office.person('carol')
    const path = await linkFor('carol@example.com')
    for (let visit = 0; visit < 20; visit++) {
      const page = await office.browser().get(path)
      expect(page.statusCode).toBe(200)
      expect(page.headers['referrer-policy']).toBe('same-origin')
      expect(page.headers['cache-control']).toBe('no-store')
    }
    expect((await office.browser().post('/reset-password', { token: tokenOf(path), password: newPassword })).statusCode).toBe(303)
  })

  test('a reset link works once, also for simultaneous requests (C13)', async () => {
    await office.person('dora')
    const resets = async () => (await office.written()).filter((type) => type === 'password.reset').length
    const before = await resets()
    const token = tokenOf(await linkFor('dora@example.com'))
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => office.browser(`198.51.100.${n}`).post('/reset-password', { token, password: `${newPassword} ${n}` })),
    )
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([303, 410, 410, 410])
    expect((await office.browser().get(`/reset-password?token=${token}`)).statusCode).toBe(410)
    expect(await resets()).toBe(before + 1)
  })

  test('a reset link expires after exactly thirty minutes', async () => {
    await office.person('erin')
    const token = tokenOf(await linkFor('erin@example.com'))
    const [row] = await office.rows<{ seconds: number }>(
      `select round(extract(epoch from expires_at - created_at))::int as seconds from password_reset where email_canonical = 'erin@example.com'`,
    )
    expect(row?.seconds).toBe(1_800)
    await office.clock.advance(1_770)
    expect((await office.browser().get(`/reset-password?token=${token}`)).statusCode).toBe(200)
    await office.clock.advance(30)
    expect((await office.browser().get(`/reset-password?token=${token}`)).statusCode).toBe(410)
    expect((await office.browser().post('/reset-password', { token, password: newPassword })).statusCode).toBe(410)
    await office.clock.restore()
    expect((await office.browser().post('/sign-in', { identifier: 'erin', password: goodPassword })).statusCode).toBe(303)
  })

  test('a newer reset link invalidates the older one from the same network address', async () => {
    await office.person('fred')
    const older = tokenOf(await linkFor('fred@example.com', '192.0.2.5'))
    const newer = tokenOf(await linkFor('fred@example.com', '192.0.2.5'))
    expect((await office.browser().get(`/reset-password?token=${older}`)).statusCode).toBe(410)
    expect((await office.browser().get(`/reset-password?token=${newer}`)).statusCode).toBe(200)
  })

  test('a forged or changed reset token is refused', async () => {
    await office.person('gina')
    const token = tokenOf(await linkFor('gina@example.com'))
    const other = `muster_pr_${newId('passwordReset').slice(4)}${token.slice(36)}`
    const guessed = formatToken('muster_pr', `${token.slice(10, 36)}_${'A'.repeat(43)}`)
    for (const forged of [
      '',
      'muster_pr_',
      other,
      guessed,
      token.slice(0, -1),
      `${token}0`,
      token.replace(/.(?=.{10}$)/, (last) => (last === 'A' ? 'B' : 'A')),
    ]) {
      expect((await office.browser().get(`/reset-password?token=${encodeURIComponent(forged)}`)).statusCode).toBe(410)
      expect((await office.browser().post('/reset-password', { token: forged, password: newPassword })).statusCode).toBe(410)
    }
    expect(JSON.stringify(await office.rows('select * from password_reset')).includes(token.slice(37, 70))).toBe(false)
  })

  test('a deactivated member stays deactivated after a password reset (C13)', async () => {
    await office.person('hugo')
    await office.rows(`update membership set status = 'deactivated' where user_id = (select id from account where username = 'hugo')`)
    const token = tokenOf(await linkFor('hugo@example.com'))
    const browser = office.browser()
    expect((await browser.post('/reset-password', { token, password: newPassword })).statusCode).toBe(303)
    expect([...browser.cookies.keys()]).toEqual(['muster_devices'])
    expect((await office.browser().post('/sign-in', { identifier: 'hugo', password: newPassword })).statusCode).toBe(401)
    const [row] = await office.rows<{ status: string }>(`select status from membership where user_id = (select id from account where username = 'hugo')`)
    expect(row?.status).toBe('deactivated')
  })

  test('a reset link stays valid when a weak password is refused', async () => {
    await office.person('iris')
    const token = tokenOf(await linkFor('iris@example.com'))
    const answer = await office.browser().post('/reset-password', { token, password: 'iris@example.com' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).not.toContain('value="iris@example.com" type="password"')
    expect((await office.browser().post('/reset-password', { token, password: newPassword })).statusCode).toBe(303)
  })

  test("a link in an email begins with the issuer, whatever the request's host (A11)", async () => {
    await office.person('jane')
    for (const headers of [{ host: 'evil.example' }, { 'x-forwarded-host': 'evil.example' }, { forwarded: 'host=evil.example' }]) {
      await office.browser().post('/forgot-password', { email: 'jane@example.com' }, headers)
      const { link = '', text, html } = await office.mail('jane@example.com')
      expect(link.startsWith(`${issuer}/`)).toBe(true)
      expect(text + html).not.toContain('evil.example')
    }
  })
})
