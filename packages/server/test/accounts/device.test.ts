import { limits } from '@muster/server/domain/command/limits.ts'
import { requestDevice } from '@muster/server/domain/credentials/device-authorization.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, goodPassword, type Office } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(() => office.clock.restore())

/** Starts a device login as a terminal would, and returns its user code. */
async function terminal(scopes = ['openid', 'api'], params: Record<string, string> = {}): Promise<string> {
  const principal = { ...systemPrincipal, kind: 'anonymous' as const, origin: { address: '198.51.100.5', userAgent: 'muster/1', requestId: 'r' } }
  const request = { deviceCodeHash: digest(newId('session')), clientId: 'muster-cli', scopes, params }
  return (await office.execute(requestDevice, principal, request)).userCode
}
const stateOf = async (code: string): Promise<string | undefined> =>
  (await office.rows<{ state: string }>(`select state from device_authorization where user_code = '${code.replace('-', '')}'`))[0]?.state

describe('approving a terminal login', () => {
  test('a terminal login is approved by a click on the page, not by its link (S52)', async () => {
    await office.person('ada')
    const code = await terminal()
    const browser = office.browser()
    const start = await browser.get(`/device?user_code=${code}`)
    const continuing = `/device?user_code=${code}`
    expect(start.headers.location).toBe(`/sign-in?continue=${encodeURIComponent(continuing)}`)
    const signIn = await browser.get(start.headers.location as string)
    expect(signIn.body).toContain('in your terminal')
    expect((await browser.post('/sign-in', { identifier: 'ada', password: goodPassword, continue: continuing })).headers.location).toBe(continuing)
    const prefilled = await browser.get(continuing)
    expect(prefilled.body).toContain(`value="${code}"`)
    expect(await stateOf(code)).toBe('pending')

    const entered = await browser.post('/device', { user_code: code.toLowerCase().replace('-', ' ') })
    expect(entered.statusCode).toBe(303)
    const where = entered.headers.location as string
    expect(where).toMatch(/^\/device\/dev_/)
    const page = await browser.get(where)
    for (const told of [code, '198.51.100.5', 'muster/1', '24 hours', 'Started from a different IP address', 'Use another account', 'ada'])
      expect(page.body).toContain(told)
    expect(await stateOf(code)).toBe('pending')

    expect((await browser.post(where, { decision: 'approve' })).headers.location).toBe(where)
    expect((await browser.get(where)).body).toContain('Approved')
    expect(await stateOf(code)).toBe('approved')
    const mail = await office.mail('ada@example.com')
    expect(mail.subject).toMatch(/command-line login/)
    expect(mail.text).toContain('198.51.100.5')
  })

  const opened = { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }

  test('a link with the code opens the approval page when a person follows it', async () => {
    const [browser, code] = [await office.person('lea'), await terminal()]
    const straight = await browser.get(`/device?user_code=${code}`, opened)
    expect(straight.headers.location).toMatch(/^\/device\/dev_/)
    const page = await browser.get(straight.headers.location as string)
    for (const told of ['muster-cli', '198.51.100.5', '24 hours']) expect(page.body).toContain(told) // The page names the client, its address and the lifetime of the login (D02).
    expect(await stateOf(code)).toBe('pending')
  })

  const unopened: [when: string, headers: Record<string, string>][] = [
    ['a page of another site leads there', { ...opened, 'sec-fetch-site': 'cross-site' }],
    ['another host of the site leads there', { ...opened, 'sec-fetch-site': 'same-site' }],
    ['the browser only prefetches it', { ...opened, 'sec-purpose': 'prefetch' }],
    ['the browser does not say who opened it', {}],
  ]
  test.each(unopened.map(([when, headers], index) => [when, headers, `mia${index}`, `noa${index}`] as const))(
    'a link with the code does not claim the code when %s',
    async (_, headers, mia, noa) => {
      const [browser, other, code] = [await office.person(mia), await office.person(noa), await terminal()]
      expect((await browser.get(`/device?user_code=${code}`, headers)).body).toContain(`value="${code}"`)
      expect((await other.post('/device', { user_code: code })).statusCode).toBe(303)
    },
  )

  test('a link with a wrong code counts as an attempt of the session that opens it', async () => {
    const browser = await office.person('pia')
    for (let round = 0; round < 5; round++) expect((await browser.get('/device?user_code=ZZZZ-ZZZZ', opened)).statusCode).toBe(404)
    expect((await browser.get(`/device?user_code=${await terminal()}`, opened)).statusCode).toBe(429)
  })

  test('a terminal that registers a user leads to sign-up, also from another account', async () => {
    const way = `/device?user_code=${await terminal()}&sign_up=yes`
    const entrance = `/sign-up?continue=${encodeURIComponent(way)}`
    const browser = office.browser()
    expect((await browser.get(way)).headers.location).toBe(entrance)
    expect((await browser.get(entrance)).body).toContain('Registering with')
    expect((await browser.post('/sign-out', { another: 'yes', continue: way })).headers.location).toBe(entrance)
  })

  test('the approval page names the username that the terminal registers', async () => {
    const code = await terminal(undefined, { registers_as: 'quinn' })
    const registered = await office.person('rob')
    const where = (await registered.post('/device', { user_code: code })).headers.location as string
    expect((await registered.get(where)).body).toContain('Your terminal is registering quinn, but you are signed in as rob.')
  })

  test('a denied code cannot be entered again', async () => {
    const browser = await office.person('bob')
    const code = await terminal(['openid', 'api', 'offline_access'])
    const where = (await browser.post('/device', { user_code: code })).headers.location as string
    expect((await browser.get(where)).body).toContain('Up to a year')
    await browser.post(where, { decision: 'deny' })
    expect((await browser.get(where)).body).toContain('Denied')
    expect(await stateOf(code)).toBe('denied')
    expect((await browser.post('/device', { user_code: code })).statusCode).toBe(410)
  })

  test('a code entered in one session cannot be seen or approved by another (D01)', async () => {
    const [fay, gus] = [await office.person('fay'), await office.person('gus')]
    const code = await terminal()
    const where = (await fay.post('/device', { user_code: code })).headers.location as string
    expect((await gus.get(where)).statusCode).toBe(409)
    expect((await gus.post(where, { decision: 'approve' })).statusCode).toBe(409)
    expect((await gus.post('/device', { user_code: code })).statusCode).toBe(409)
    expect((await office.browser().post(where, { decision: 'approve' })).headers.location).toMatch(/^\/sign-in/)
    expect(await stateOf(code)).toBe('pending')
  })

  test('a code can be entered again after "use another account"', async () => {
    await office.person('hal')
    const browser = await office.person('ida')
    const code = await terminal()
    await browser.post('/device', { user_code: code })
    const back = `/device?user_code=${code}`
    expect((await browser.post('/sign-out', { another: 'yes', continue: back })).headers.location).toBe(`/sign-in?continue=${encodeURIComponent(back)}`)
    await browser.post('/sign-in', { identifier: 'hal', password: goodPassword, continue: back })
    const where = (await browser.post('/device', { user_code: code })).headers.location as string
    expect((await browser.get(where)).body).toContain('hal@example.com')
  })

  test('an account has five wrong codes an hour, and valid codes are not counted', async () => {
    const browser = await office.person('carol')
    for (let round = 0; round < 7; round++) expect((await browser.post('/device', { user_code: await terminal() })).statusCode).toBe(303)
    for (let round = 0; round < 5; round++) {
      const wrong = await browser.post('/device', { user_code: 'ZZZZ-ZZZZ' })
      expect(wrong.statusCode).toBe(404)
      expect(wrong.body).toContain('ZZZZ-ZZZZ')
    }
    const refused = await browser.post('/device', { user_code: await terminal() })
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(3_000)
    const another = office.browser('203.0.113.3')
    await another.post('/sign-in', { identifier: 'carol', password: goodPassword })
    expect((await another.post('/device', { user_code: await terminal() })).statusCode).toBe(429)
    await office.clock.advance(3_601)
    expect((await browser.post('/device', { user_code: await terminal() })).statusCode).toBe(303)
  })

  test('simultaneous wrong codes are all counted', async () => {
    const browser = await office.person('dora')
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.post('/device', { user_code: 'ZZZZ-ZZZX' })))
    expect(answers.filter(({ statusCode }) => statusCode === 404)).toHaveLength(5)
  })

  test('wrong codes of a network slow only accounts with own wrong codes (S52)', async () => {
    const [name, key] = ['user code by network', '127.0.0.0/24'] as const
    await office.rows('delete from attempt')
    const [careful, careless] = [await office.person('eva'), await office.person('ede')]
    expect((await careless.post('/device', { user_code: 'ZZZZ-ZZZZ' })).statusCode).toBe(404)
    await office.limits.spend(name, key, limits[name].points - 1)
    expect((await careless.post('/device', { user_code: await terminal() })).statusCode).toBe(429)
    for (let round = 0; round < 3; round++) expect((await careful.post('/device', { user_code: await terminal() })).statusCode).toBe(303)
    expect((await careful.post('/device', { user_code: 'ZZZZ-ZZZZ' })).statusCode).toBe(404)
    expect((await careful.post('/device', { user_code: await terminal() })).statusCode).toBe(429)
    await office.rows('delete from attempt')
  })

  test('wrong codes of people in two networks change no row in common (O11)', async () => {
    await office.rows('delete from attempt')
    const guessing = async (name: string, address: string) => {
      await office.person(name)
      const browser = office.browser(address)
      await browser.post('/sign-in', { identifier: name, password: goodPassword })
      await office.rows('delete from attempt')
      expect((await browser.post('/device', { user_code: 'ZZZZ-ZZZZ' })).statusCode).toBe(404)
      return (await office.rows<{ key: string }>('select key from attempt')).map(({ key }) => key)
    }
    const [one, other] = [await guessing('una', '198.51.100.7'), await guessing('otto', '203.0.113.7')]
    expect(one).not.toEqual([])
    expect(one.filter((key) => other.includes(key))).toEqual([])
  })

  test('a device code stays valid for half an hour while a newcomer signs up (S52, S55)', async () => {
    const code = await terminal()
    const way = `/device?user_code=${code}`
    const browser = office.browser()
    const page = await browser.get(`/sign-up?continue=${encodeURIComponent(way)}`)
    expect(page.body).toContain('Approval')
    await office.clock.advance(540)
    await browser.post('/sign-up', { email: 'erin@example.com', password: goodPassword, given_name: 'Erin', family_name: '', continue: way })
    const { code: mailed = '' } = await office.mail('erin@example.com')
    await office.clock.advance(500)
    const verified = await browser.post('/sign-up/verify', { code: mailed, continue: way })
    expect(verified.headers.location).toBe(way)
    const entered = await browser.post('/device', { user_code: code })
    expect(entered.statusCode).toBe(303)
    await browser.post(entered.headers.location as string, { decision: 'approve' })
    expect(await stateOf(code)).toBe('approved')
  })

  test('an expired code is refused with a page that says so', async () => {
    const browser = await office.person('jan')
    const early = await terminal()
    const where = (await browser.post('/device', { user_code: early })).headers.location as string
    await office.clock.advance(601)
    expect((await browser.get(where)).statusCode).toBe(410)
    expect((await browser.post('/device', { user_code: early })).body).toContain('This code has expired')
  })
})
