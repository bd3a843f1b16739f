import { failedSignIns } from '@muster/server/domain/command/refused-attempts.ts'
import { Problem } from '@muster/server/domain/model/problem.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anOffice, type Browser, goodPassword, issuer, type Office } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
beforeEach(() => office.rows('delete from attempt'))
afterEach(() => office.clock.restore())

const wrong = 'wrong wrong wrong'
const attempt = (browser: Browser, identifier: string, password = goodPassword, headers = {}) => browser.post('/sign-in', { identifier, password }, headers)
const status = async (...asked: Parameters<typeof attempt>) => (await attempt(...asked)).statusCode

/** Tries wrong passwords, each from an address in a network of its own. */
async function strangersGuess(name: string, times: number, first = 0): Promise<number[]> {
  const answers: number[] = []
  for (let n = first; n < first + times; n++) answers.push(await status(office.browser(`198.18.${n % 256}.${Math.floor(n / 256)}`), name, wrong))
  return answers
}

/** Spends the limits as a hundred wrong passwords from unknown networks would, and one more in this minute. */
async function strangersHaveGuessed(name: string): Promise<void> {
  await office.limits.spend('sign-in by strangers', name, 100)
  await office.limits.spend('sign-in by strangers beyond', name)
}

/** Returns another browser with some of the cookies of this one. */
function withCookies(from: Browser, names: string[], address?: string): Browser {
  const browser = office.browser(address)
  for (const name of names) browser.cookies.set(name, from.cookies.get(name) ?? '')
  return browser
}

describe('wrong passwords from strangers', () => {
  test("strangers' wrong passwords do not lock out a known device", async () => {
    const ada = await office.person('ada')
    await strangersHaveGuessed('ada')
    const known = withCookies(ada, ['muster_devices'], '203.0.113.5')
    expect(await status(office.browser('203.0.113.5'), 'ada')).toBe(429)
    expect(await status(known, 'ada')).toBe(303)
  })

  test('wrong passwords from one network do not lock out a browser in another', async () => {
    await office.person('bea')
    for (let n = 0; n < 15; n++) await attempt(office.browser(`203.0.113.${n}`), 'bea', wrong)
    expect(await status(office.browser('203.0.113.99'), 'bea')).toBe(429)
    expect(await status(office.browser('192.0.2.9'), 'bea')).toBe(303)
  })

  test("strangers' wrong passwords do not lock out a network the account has used", async () => {
    await office.person('cid')
    expect(await status(office.browser('192.0.2.20'), 'cid')).toBe(303)
    await strangersHaveGuessed('cid')
    expect(await status(office.browser('192.0.2.77'), 'cid')).toBe(303)
    expect(await status(office.browser('203.0.113.77'), 'cid')).toBe(429)
  })

  test("strangers' wrong passwords do not lock out an owner who resets the password", async () => {
    await office.person('dot')
    await strangersHaveGuessed('dot')
    await strangersHaveGuessed('dot@example.com')
    const owner = office.browser('203.0.113.50')
    expect(await status(owner, 'dot')).toBe(429)
    await owner.post('/forgot-password', { email: 'dot@example.com' })
    const { link = '' } = await office.mail('dot@example.com')
    const password = 'marble tugboat lantern sixteen'
    await owner.post('/reset-password', { token: new URL(link).searchParams.get('token') ?? '', password })
    expect(await status(owner, 'dot', password)).toBe(303)
  })

  test('strangers share one attempt a minute after a hundred wrong passwords in a day', async () => {
    await office.person('eli')
    for (const name of ['eli', 'nobody_here']) {
      expect(await strangersGuess(name, 103)).toEqual([...Array(101).fill(401), 429, 429])
      const refused = await attempt(office.browser('198.51.100.1'), name, wrong)
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
    }
    await office.clock.advance(61)
    expect(await strangersGuess('eli', 2, 200)).toEqual([401, 429])
    await office.clock.advance(86_400)
    expect(await strangersGuess('eli', 3, 300)).toEqual([401, 401, 401])
  })

  test('wrong passwords are counted by the typed name, which reveals nothing (C06)', async () => {
    await office.person('fay')
    for (let n = 0; n < 11; n++) await attempt(office.browser('203.0.113.8'), 'FAY@Example.com', wrong)
    expect(await status(office.browser('203.0.113.8'), 'fay@example.com')).toBe(429)
    expect(await status(office.browser('203.0.113.8'), 'fay', wrong)).toBe(401)
  })
})

describe('sign-ins from one address', () => {
  test('an address can sign in seventy times without reaching a limit', async () => {
    await office.person('gus')
    for (let n = 0; n < 70; n++) expect(await status(office.browser('203.0.113.30'), 'gus')).toBe(303)
  })

  test('an address has sixty wrong passwords per 15 minutes, whatever it forwards (C10)', async () => {
    await office.person('hob')
    const forwarded = (n: number) => ({ 'x-forwarded-for': `198.51.100.${n}` })
    for (let n = 0; n < 60; n++) expect(await status(office.browser(`2001:db8:5:6::${n.toString(16)}`), `who${n}`, wrong, forwarded(n))).toBe(401)
    expect(await status(office.browser('2001:db8:5:6:7:8:9:a'), 'hob', goodPassword, forwarded(99))).toBe(429)
    expect(await status(office.browser('2001:db8:5:7::1'), 'hob')).toBe(303)
  })

  test('a network has six hundred wrong passwords in all (C10)', async () => {
    await office.person('ivy')
    await office.limits.spend('sign-in by network', '2001:db8:7::/48', 600)
    expect(await status(office.browser('2001:db8:7:ffff::1'), 'ivy', wrong)).toBe(429)
    expect(await status(office.browser('2001:db8:8:ffff::1'), 'ivy', wrong)).toBe(401)
  })
})

describe('the count of attempts', () => {
  test('a successful sign-in restores its own attempt and no others', async () => {
    await office.person('jan')
    for (let n = 0; n < 9; n++) await attempt(office.browser('203.0.113.40'), 'jan', wrong)
    for (let n = 0; n < 3; n++) expect(await status(office.browser('203.0.113.40'), 'jan')).toBe(303)
    expect(await status(office.browser('203.0.113.40'), 'jan', wrong)).toBe(401)
    expect(await status(office.browser('203.0.113.40'), 'jan')).toBe(429)
  })

  test('an attempt is restored when the server is overloaded', async () => {
    await office.person('kai')
    const { verify } = office.hasher
    office.hasher.verify = async () => {
      throw new Problem('overloaded', undefined, { extensions: { retry_after: 1 } })
    }
    for (let n = 0; n < 12; n++) expect(await status(office.browser('203.0.113.41'), 'kai')).toBe(503)
    office.hasher.verify = verify
    expect(await status(office.browser('203.0.113.41'), 'kai')).toBe(303)
  })

  test('simultaneous wrong passwords are all counted', async () => {
    await office.person('lea')
    const answers = await Promise.all(Array.from({ length: 30 }, () => status(office.browser('203.0.113.42'), 'lea', wrong)))
    expect(answers.filter((one) => one === 401)).toHaveLength(10)
  })
})

describe('the known-device cookie', () => {
  const devicesOf = (browser: Browser) => (browser.cookies.get('muster_devices') ?? '').split('.').filter(Boolean)

  test('the known-device cookie is HttpOnly, and Secure under https', async () => {
    await office.person('mia')
    const answer = await attempt(office.browser(), 'mia')
    expect(answer.cookies.find(({ name }) => name === 'muster_devices')).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/', maxAge: 31_536_000 })
    const https = await anOffice({ config: { issuer: 'https://accounts.example.com', secureCookies: true } })
    try {
      const origin = 'https://accounts.example.com'
      const browser = https.browser()
      await browser.post('/sign-up', { email: 'mia@example.com', password: goodPassword, given_name: 'Mia', family_name: '' }, { origin })
      const done = await browser.post('/sign-up/verify', { code: (await https.mail('mia@example.com')).code ?? '' }, { origin })
      const cookie = [done.headers['set-cookie']].flat().find((one) => one?.includes('muster_devices'))
      expect(cookie).toMatch(/^__Host-muster_devices=[\w-]{38}; Max-Age=31536000; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
    } finally {
      await https.close()
    }
  })

  test('a known device of one account is not known to another account', async () => {
    await office.person('ned')
    const oda = await office.person('oda')
    await strangersHaveGuessed('ned')
    const browser = withCookies(oda, ['muster_devices'], '203.0.113.60')
    expect(await status(browser, 'ned')).toBe(429)
    expect(await status(browser, 'oda')).toBe(303)
  })

  test('a known-device cookie is refused when it is forged or used as a session', async () => {
    const pia = await office.person('pia')
    await strangersHaveGuessed('pia')
    const [entry = ''] = devicesOf(pia)
    const last = entry.at(-1) === 'A' ? 'Q' : 'A'
    for (const forged of ['', 'x', `${'A'.repeat(38)}`, entry.slice(0, -1) + last, `B${entry.slice(1)}`, `${entry}A`]) {
      const browser = office.browser('203.0.113.61')
      browser.cookies.set('muster_devices', forged)
      expect(await status(browser, 'pia')).toBe(429)
    }
    expect((await withCookies(pia, ['muster_devices']).get('/')).body).toContain('Create an account')
  })

  test('a known device has ten wrong passwords per 15 minutes', async () => {
    const quin = await office.person('quin')
    const thief = withCookies(quin, ['muster_devices'], '203.0.113.62')
    for (let n = 0; n < 10; n++) expect(await status(thief, 'quin', wrong)).toBe(401)
    expect(await status(thief, 'quin')).toBe(429)
    expect(await status(office.browser('192.0.2.62'), 'quin')).toBe(303)
  })

  test('the known-device cookie keeps eight accounts at most, each once', async () => {
    const browser = office.browser()
    for (let n = 0; n < 10; n++) {
      await office.person(`r${n}_xyz`)
      await attempt(browser, `r${n}_xyz`)
      await attempt(browser, `r${n}_xyz`)
    }
    expect(devicesOf(browser)).toHaveLength(8)
    await strangersHaveGuessed('r9_xyz')
    await strangersHaveGuessed('r0_xyz')
    const elsewhere = withCookies(browser, ['muster_devices'], '203.0.113.63')
    expect([await status(elsewhere, 'r9_xyz'), await status(elsewhere, 'r0_xyz')]).toEqual([303, 429])
  })

  test('a new password invalidates older known devices and networks', async () => {
    const sue = await office.person('sue')
    await attempt(office.browser('192.0.2.64'), 'sue')
    const before = withCookies(sue, ['muster_devices'], '203.0.113.64')
    await sue.post('/account/password', { current_password: goodPassword, password: 'marble tugboat lantern sixteen' })
    await strangersHaveGuessed('sue')
    const password = 'marble tugboat lantern sixteen'
    expect(await status(before, 'sue', password)).toBe(429)
    expect(await status(office.browser('192.0.2.64'), 'sue', password)).toBe(429)
    expect(await status(withCookies(sue, ['muster_devices'], '203.0.113.65'), 'sue', password)).toBe(303)
  })

  test('a known device stays known when the same password is hashed again', async () => {
    const tom = await office.person('tom')
    const old = await createPasswordHasher({ parameters: { memoryCost: 128, timeCost: 1, parallelism: 1 } }).hash(goodPassword)
    await office.database.kysely.updateTable('account').set({ password_hash: old }).where('username', '=', 'tom').execute()
    expect(await status(office.browser('192.0.2.65'), 'tom')).toBe(303)
    await strangersHaveGuessed('tom')
    expect(await status(withCookies(tom, ['muster_devices'], '203.0.113.66'), 'tom')).toBe(303)
  })
})

describe('audit events of wrong passwords', () => {
  const recorded = () =>
    office.rows<{ details: object; address: string; target: string }>(`
    select target, value as address, details from audit_event e join audit_personal on event_id = e.id and field = 'address'
    where type = 'refused' and details ->> 'code' = 'wrong_credentials' order by seq`)

  test('wrong passwords are recorded once per account, network and hour, without input', async () => {
    await office.person('xia')
    const before = (await recorded()).length
    for (const address of ['203.0.113.1', '203.0.113.2', '192.0.2.1']) await attempt(office.browser(address), 'xia@example.com', wrong)
    await expect.poll(async () => (await recorded()).length).toBe(before + 2)
    await attempt(office.browser('203.0.113.3'), 'xia', wrong)
    await office.clock.advance(3_601)
    await attempt(office.browser('203.0.113.4'), 'xia', wrong)
    await expect.poll(async () => (await recorded()).length).toBe(before + 3)
    const events = (await recorded()).slice(before)
    expect(events.map(({ address }) => address).sort()).toEqual(['192.0.2.1', '203.0.113.1', '203.0.113.4'])
    expect(new Set(events.map(({ target }) => target))).toEqual(new Set([(await office.store.reading.accounts.findByUsername('xia'))?.id]))
    expect(JSON.stringify(events)).not.toMatch(/xia|wrong wrong/)
  })

  test('wrong passwords of an unknown name are counted and not recorded', async () => {
    const before = { ...failedSignIns, events: (await recorded()).length }
    await attempt(office.browser('203.0.113.5'), 'nobody_at_all', wrong)
    expect(failedSignIns.unknown).toBe(before.unknown + 1)
    await attempt(office.browser('203.0.113.6'), 'xia', wrong)
    await expect.poll(async () => (await recorded()).length).toBe(before.events + 1)
  })
})

describe('reset emails', () => {
  const ask = async (email: string, browser: Browser) => (await browser.post('/forgot-password', { email })).statusCode

  test('an address gets five reset emails an hour per network, with or without account', async () => {
    await office.person('una')
    for (const email of ['una@example.com', 'nouna@example.com']) {
      for (let round = 0; round < 5; round++) expect(await ask(email, office.browser(`203.0.113.${round}`))).toBe(200)
      expect(await ask(email, office.browser('203.0.113.99'))).toBe(429)
      expect(await ask(email, office.browser('192.0.2.99'))).toBe(200)
    }
  })

  test('strangers cannot use up the reset emails of an address', async () => {
    const val = await office.person('val')
    for (let n = 0; n < 25; n++) await ask('val@example.com', office.browser(`198.18.${n}.1`))
    const [stranger, other] = [office.browser('203.0.113.70'), office.browser('192.0.2.70')]
    expect([await ask('val@example.com', stranger), await ask('val@example.com', stranger), await ask('val@example.com', stranger)]).toEqual([200, 200, 429])
    expect(await ask('val@example.com', other)).toBe(200)
    const known = withCookies(val, ['muster_devices'], '203.0.113.70')
    for (let n = 0; n < 5; n++) expect(await ask('val@example.com', known)).toBe(200)
    expect(await ask('val@example.com', known)).toBe(429)
  })

  test('a reset email does not invalidate a link requested from another network', async () => {
    await office.person('wes')
    await ask('wes@example.com', office.browser('192.0.2.71'))
    const { link: mine = '' } = await office.mail('wes@example.com')
    await ask('wes@example.com', office.browser('203.0.113.71'))
    await office.mail('wes@example.com')
    expect((await office.browser().get(mine.slice(issuer.length))).statusCode).toBe(200)
  })
})
