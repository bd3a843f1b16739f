import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, goodPassword, type Office, still } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(() => office.clock.restore())

const form = (email: string, password = goodPassword) => ({ email, password, given_name: 'Ada', family_name: 'Test' })
const wrongFor = (code: string | undefined): string => (code === '000000' ? '000001' : '000000')

describe('signing up', () => {
  test('an account is created only when the emailed code is entered (A02)', async () => {
    const browser = office.browser()
    const sent = await browser.post('/sign-up', form('ada@example.com'))
    expect([sent.statusCode, sent.headers.location]).toEqual([303, '/sign-up/verify'])
    const { code } = await office.mail('ada@example.com')
    expect(await office.accounts()).not.toContain('ada@example.com')
    expect((await browser.get('/sign-up/username')).headers.location).toBe('/sign-in')
    expect((await browser.post('/sign-in', { identifier: 'ada@example.com', password: goodPassword })).statusCode).toBe(401)

    const verified = await browser.post('/sign-up/verify', { code: ` ${code?.slice(0, 3)} ${code?.slice(3)} ` })
    expect([verified.statusCode, verified.headers.location]).toEqual([303, '/sign-up/username'])
    expect(await office.accounts()).toContain('ada@example.com')
    const chosen = await browser.post('/sign-up/username', { username: 'ada' })
    expect([chosen.statusCode, chosen.headers.location]).toEqual([303, '/'])
    expect((await browser.get('/')).body).toContain('Signed in as ada')
    expect(await office.written()).toEqual(expect.arrayContaining(['account.created', 'session.started', 'user.registered']))
  })

  test('a sign-up code is valid only in the browser that requested it (C01)', async () => {
    const attacker = office.browser()
    await attacker.post('/sign-up', form('bob@example.com', 'the attacker chose these words'))
    const { code: attackersCode = '' } = await office.mail('bob@example.com')
    const owner = office.browser()
    expect((await owner.post('/sign-up/verify', { code: attackersCode })).headers.location).toBe('/sign-up')

    await owner.post('/sign-up', form('Bob@Example.com'))
    const { code = '' } = await office.mail('Bob@Example.com')
    expect((await owner.post('/sign-up/verify', { code })).headers.location).toBe('/sign-up/username')
    // The older sign-up is refused even with its own valid code, because the address now has an account.
    expect((await attacker.post('/sign-up/verify', { code: attackersCode })).statusCode).toBe(409)
    expect((await attacker.get('/')).body).toContain('Create an account')
    expect((await office.browser().post('/sign-in', { identifier: 'bob@example.com', password: 'the attacker chose these words' })).statusCode).toBe(401)
    expect((await office.browser().post('/sign-in', { identifier: 'bob@example.com', password: goodPassword })).statusCode).toBe(303)
  })

  test('an address in use gets the same pages, and an email without a code (C06)', async () => {
    await office.person('carol')
    const known = office.browser()
    const unknown = office.browser()
    const answers = []
    for (const [browser, email] of [
      [known, 'carol@example.com'],
      [unknown, 'nobod@example.com'],
    ] as const) {
      const sent = await browser.post('/sign-up', form(email))
      const page = await browser.get('/sign-up/verify')
      const wrong = await browser.post('/sign-up/verify', { code: '123' })
      answers.push(
        [sent.statusCode, sent.headers.location, page.statusCode, still(page.body), wrong.statusCode, still(wrong.body)].map((part) =>
          String(part).replaceAll(email, 'EMAIL'),
        ),
      )
    }
    expect(answers[0]).toEqual(answers[1])
    const told = await office.mail('carol@example.com')
    expect(told.subject).toBe('You already have an account')
    expect(told.code).toBeUndefined()
    expect((await office.mail('nobod@example.com')).code).toMatch(/^\d{6}$/)
  })

  test('a sign-up stores the same for known and unknown addresses (C06)', async () => {
    await office.person('dora')
    const counts = async (): Promise<number[]> => {
      const rows = await office.rows<{ n: number }>(
        `select count(*)::int as n from sign_up union all select count(*)::int from jobs.job where name = 'mail' union all select count(*)::int from audit_event`,
      )
      return rows.map(({ n }) => n)
    }
    for (const email of ['dora@example.com', 'dorb@example.com']) {
      await office.mailIsDone()
      const before = await counts()
      await office.browser().post('/sign-up', form(email))
      const after = await counts()
      expect([email, ...after.map((n, at) => n - (before[at] ?? 0))]).toEqual([email, 1, 1, 0])
    }
  })

  test('a code is invalid after five wrong attempts or when a newer one is sent', async () => {
    const browser = office.browser()
    await browser.post('/sign-up', form('erin@example.com'))
    const { code: first } = await office.mail('erin@example.com')
    for (const left of ['4 tries are', '3 tries are', '2 tries are', 'One try is']) {
      const answer = await browser.post('/sign-up/verify', { code: wrongFor(first) })
      expect(answer.statusCode).toBe(422)
      expect(answer.body).toContain(`${left} left`)
    }
    expect((await browser.post('/sign-up/verify', { code: wrongFor(first) })).statusCode).toBe(410)
    const late = await browser.post('/sign-up/verify', { code: first ?? '' })
    expect(late.statusCode).toBe(410)
    expect(late.body).toContain('This code is no longer valid')
    expect(await office.accounts()).not.toContain('erin@example.com')

    expect((await browser.post('/sign-up/resend', {})).statusCode).toBe(303)
    const { code: second } = await office.mail('erin@example.com')
    expect(second).not.toBe(first)
    expect((await browser.post('/sign-up/verify', { code: first ?? '' })).statusCode).toBe(422)
    expect((await browser.post('/sign-up/verify', { code: second ?? '' })).statusCode).toBe(303)
  })

  test('simultaneous wrong codes of a sign-up are all counted', async () => {
    const browser = office.browser()
    await browser.post('/sign-up', form('fred@example.com'))
    const { code } = await office.mail('fred@example.com')
    const answers = await Promise.all(Array.from({ length: 12 }, () => browser.post('/sign-up/verify', { code: wrongFor(code) })))
    expect(answers.filter(({ statusCode }) => statusCode === 422)).toHaveLength(4)
    expect(answers.filter(({ statusCode }) => statusCode === 410)).toHaveLength(8)
  })

  test('one account is created when a valid code is used twice at once', async () => {
    const browser = office.browser()
    await browser.post('/sign-up', form('gina@example.com'))
    const { code = '' } = await office.mail('gina@example.com')
    const answers = await Promise.all([1, 2, 3].map(() => browser.post('/sign-up/verify', { code })))
    expect(answers.filter(({ headers }) => headers.location === '/sign-up/username')).toHaveLength(1)
    expect((await office.accounts()).filter((email) => email === 'gina@example.com')).toHaveLength(1)
  })

  test('a sign-up code expires after exactly ten minutes', async () => {
    const early = office.browser()
    const late = office.browser()
    await early.post('/sign-up', form('hugo@example.com'))
    await late.post('/sign-up', form('iris@example.com'))
    const { code: hugos = '' } = await office.mail('hugo@example.com')
    const { code: irises = '' } = await office.mail('iris@example.com')
    const [row] = await office.rows<{ seconds: number }>(
      `select round(extract(epoch from code_expires_at - created_at))::int as seconds from sign_up where email = 'iris@example.com'`,
    )
    expect(row?.seconds).toBe(600)
    await office.clock.advance(570)
    expect((await early.post('/sign-up/verify', { code: hugos })).headers.location).toBe('/sign-up/username')
    await office.clock.advance(30)
    const answer = await late.post('/sign-up/verify', { code: irises })
    expect(answer.statusCode).toBe(410)
    expect(await office.accounts()).not.toContain('iris@example.com')
  })

  test('an address gets ten codes a day, then two per network of twelve digits (S44)', async () => {
    for (let round = 0; round < 5; round++) {
      const browser = office.browser(`192.0.${round}.1`)
      // Each email is awaited before the next request, because a code that a newer one has replaced is not sent.
      expect((await browser.post('/sign-up', form('jane@example.com'))).statusCode).toBe(303)
      expect((await office.mail('jane@example.com')).code).toMatch(/^\d{6}$/)
      expect((await browser.post('/sign-up/resend', {})).statusCode).toBe(303)
      expect((await office.mail('jane@example.com')).code).toMatch(/^\d{6}$/)
    }
    const jane = office.browser('198.51.100.9')
    expect((await jane.post('/sign-up', form(' JANE@example.COM '))).statusCode).toBe(303)
    const page = await jane.get('/sign-up/verify')
    for (const text of ['We sent a twelve-digit code', 'Twelve-digit code', 'maxlength="15"']) expect(page.body).toContain(text)
    const { code = '' } = await office.mail('JANE@example.COM')
    expect(code).toMatch(/^\d{12}$/)
    expect((await jane.post('/sign-up/resend', {})).statusCode).toBe(303)
    const refused = await jane.post('/sign-up/resend', {})
    expect(refused.statusCode).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(80_000)
    const newest = await office.mail('JANE@example.COM')
    expect((await jane.post('/sign-up/verify', { code })).statusCode).toBe(422)
    expect((await jane.post('/sign-up/verify', { code: newest.code ?? '' })).statusCode).toBe(303)
  })

  test('a finished sign-up does not count against the limit of its network address', async () => {
    await office.limits.spend('sign-up by address', '198.51.100.77', 29)
    for (const name of ['kate', 'kira']) {
      const browser = office.browser('198.51.100.77')
      expect((await browser.post('/sign-up', form(`${name}@example.com`))).statusCode).toBe(303)
      expect((await browser.post('/sign-up/verify', { code: (await office.mail(`${name}@example.com`)).code ?? '' })).statusCode).toBe(303)
    }
    expect((await office.browser('198.51.100.77').post('/sign-up', form('kurt@example.com'))).statusCode).toBe(303)
    expect((await office.browser('198.51.100.77').post('/sign-up', form('karl@example.com'))).statusCode).toBe(429)
  })

  test('a network gets ten codes a day for one address without limiting others', async () => {
    for (let round = 0; round < 10; round++)
      expect((await office.browser(`203.0.113.${round}`).post('/sign-up', form('joan@example.com'))).statusCode).toBe(303)
    expect((await office.browser('203.0.113.99').post('/sign-up', form('joan@example.com'))).statusCode).toBe(429)
    expect((await office.browser('198.51.100.10').post('/sign-up', form('joan@example.com'))).statusCode).toBe(303)
  })

  test('an address with an account gets at most ten emails a day about sign-ups', async () => {
    await office.person('jill')
    await office.limits.spend('mail code by email', 'jill@example.com', 9)
    expect((await office.browser('203.0.113.1').post('/sign-up', form('jill@example.com'))).statusCode).toBe(303)
    await office.mailIsDone()
    expect(office.mailbox.all().filter(({ to, subject }) => to === 'jill@example.com' && !/code$/.test(subject))).toEqual([])
  })

  test('a refused sign-up form keeps its fields except the password', async () => {
    const answer = await office.browser().post('/sign-up', { ...form('kim@example'), family_name: '<b>Test' })
    expect(answer.statusCode).toBe(422)
    expect(answer.body).toContain('value="kim@example"')
    expect(answer.body).toContain('&lt;b&gt;Test')
    expect(answer.body).not.toContain(goodPassword)
  })

  test('a sign-up code is in no job, row or log line', async () => {
    const browser = office.browser()
    await browser.post('/sign-up', form('lena@example.com'))
    const { code = 'none' } = await office.mail('lena@example.com')
    const dump = JSON.stringify([
      await office.rows(`select data from jobs.job where name = 'mail' order by created_on desc limit 1`),
      await office.rows(`select * from sign_up where email = 'lena@example.com'`),
    ])
    expect(dump).not.toContain(code)
    expect(dump).not.toContain([...browser.cookies.values()][0])
    expect(office.logged.join('\n')).not.toContain(code)
    expect(office.logged.join('\n')).toContain('lena@example.com')
  })

  test('a sign-up in a signed-in browser replaces its session', async () => {
    const browser = await office.person('mona')
    const before = browser.cookies.get('muster_session')
    await browser.post('/sign-up', form('mona2@example.com'))
    const { code = '' } = await office.mail('mona2@example.com')
    await browser.post('/sign-up/verify', { code })
    expect(browser.cookies.get('muster_session')).not.toBe(before)
    const old = office.browser()
    old.cookies.set('muster_session', before ?? '')
    expect((await old.get('/')).body).toContain('Create an account')
  })

  test('a taken or invalid username is refused, with alternatives for a taken one', async () => {
    await office.person('nora')
    const browser = await office.person('nils', { username: null })
    const taken = await browser.post('/sign-up/username', { username: 'nora' })
    expect(taken.statusCode).toBe(409)
    expect(taken.body).toContain('nora_dev')
    expect((await browser.post('/sign-up/username', { username: 'admin' })).statusCode).toBe(422)
    expect((await browser.post('/sign-up/username', { username: 'No' })).statusCode).toBe(422)
    expect((await browser.post('/sign-up/username', { username: 'nils' })).statusCode).toBe(303)
  })
})
