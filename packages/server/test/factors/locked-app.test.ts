import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { formatToken, newOpaqueToken, parseToken } from '../../src/domain/model/opaque-token.ts'
import { anOffice, goodPassword, issuer, type Office } from '../accounts/office.ts'
import { addApp, codeOf, wrongCode } from './authenticator-app.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
})
afterAll(() => office.close())
afterEach(async () => {
  await office.clock.restore()
  await office.rows('delete from attempt')
})

const FACTOR = '/sign-in/factor'
const LINK = '/account/unlock-authenticator'
const accountOf = (name: string): string => `(select id from account where username = '${name}')`
const countOf = async (type: string): Promise<number> => (await office.written()).filter((one) => one === type).length

async function halfSignedIn(name: string) {
  const browser = office.browser()
  await browser.post('/sign-in', { identifier: name, password: goodPassword })
  return browser
}

const failuresOf = async (name: string): Promise<number | undefined> =>
  (await office.rows<{ failures: number }>(`select failures from authenticator where user_id = ${accountOf(name)}`))[0]?.failures

/** The tokens of the links in the emails so far, the newest first. */
const tokensTo = (name: string): string[] =>
  office.mailbox
    .all()
    .filter(({ to, subject }) => to === `${name}@example.com` && /^(Your authenticator app is locked|Unlock your authenticator app)$/.test(subject))
    .map(({ link }) => new URL(link ?? issuer).searchParams.get('token') ?? '')

const tokenOf = (name: string, number = 1): Promise<string> =>
  vi.waitFor(() => {
    const [token, ...earlier] = tokensTo(name)
    if (!token || earlier.length + 1 < number) throw new Error(`no link came to ${name}`)
    return token
  }, 20_000)

/** A person whose app is locked by one more wrong code after 49. */
async function aLockedApp(name: string) {
  const owner = await office.person(name)
  const { secret, codes } = await addApp(owner)
  await office.clock.advance(60)
  await office.rows(`update authenticator set failures = 49 where user_id = ${accountOf(name)}`)
  const browser = await halfSignedIn(name)
  await browser.post(FACTOR, { code: wrongCode(secret) })
  return { owner, browser, secret, codes, token: await tokenOf(name) }
}

describe('a locked authenticator app (F7)', () => {
  test('the owner unlocks the app by the emailed link, which signs nobody in', async () => {
    const { browser, secret, token } = await aLockedApp('ann')
    const visitor = office.browser()
    const page = await visitor.get(`${LINK}?token=${token}`)
    expect([page.statusCode, page.body.includes('Unlock your authenticator app?')]).toEqual([200, true])
    expect(await failuresOf('ann')).toBe(50) // opening the page changes nothing
    expect((await visitor.post(LINK, { token })).body).toContain('Your authenticator app is unlocked')
    expect(await failuresOf('ann')).toBe(0)
    expect(visitor.cookies.has('muster_session')).toBe(false)
    expect((await visitor.get('/account')).headers.location).toMatch(/^\/sign-in/)
    expect(await countOf('authenticator.unlocked')).toBe(1)
    expect((await browser.post(FACTOR, { code: codeOf(secret) })).headers.location).toBe('/')
  })

  test('the link works once, also for two at the same time', async () => {
    const { token } = await aLockedApp('bob')
    const answers = await Promise.all([1, 2, 3].map(() => office.browser().post(LINK, { token })))
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 410, 410])
    await office.rows(`update authenticator set failures = 50 where user_id = ${accountOf('bob')}`)
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(410)
    expect((await office.browser().get(`${LINK}?token=${token}`)).statusCode).toBe(410)
    expect(await failuresOf('bob')).toBe(50)
  })

  test('the link expires after 24 hours', async () => {
    const { token } = await aLockedApp('cat')
    await office.clock.advance(86_399)
    expect((await office.browser().get(`${LINK}?token=${token}`)).statusCode).toBe(200)
    await office.clock.advance(2)
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(410)
    expect(await failuresOf('cat')).toBe(50)
  })

  test('the link expires at the time in its email, however often it is sent', async () => {
    const { token } = await aLockedApp('cid')
    const time = (text: string): string | undefined => /(?:app|it) before ([^:]+:\d\d UTC)/.exec(text.replaceAll(/\s+/g, ' '))?.[1]
    const textTo = (): string => office.mailbox.all().find(({ to }) => to === 'cid@example.com')?.text ?? ''
    const first = time(textTo())
    expect(first).toBeDefined()
    await office.clock.advance(80_000)
    await (await halfSignedIn('cid')).post(`${FACTOR}/unlock-email`, {})
    expect(await tokenOf('cid', 2)).toBe(token)
    expect(time(textTo())).toBe(first)
    await office.clock.advance(6_402)
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(410)
  })

  test('the link ends when its owner changes their address (C16)', async () => {
    const { owner, token } = await aLockedApp('deb')
    await owner.post('/account/email', { email: 'deborah@example.com', password: goodPassword })
    const { code = '' } = await office.mail('deborah@example.com')
    expect((await owner.post('/account/email/verify', { code: code ?? '' })).headers.location).toBe('/account?done=email')
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(410)
    expect(await failuresOf('deb')).toBe(50)
  })

  test('the link ends with a change of the factors', async () => {
    const { owner, token } = await aLockedApp('dan')
    await owner.post('/account/authenticator/recovery-codes', {})
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(410)
    expect(await failuresOf('dan')).toBe(50)
  })

  test('the link ends when another factor has unlocked the app', async () => {
    const { browser, codes, token } = await aLockedApp('eve')
    expect((await browser.post(FACTOR, { code: codes[0] as string })).headers.location).toBe('/')
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(410)
  })

  test('a made link, a link of another purpose and the stored part unlock nothing', async () => {
    const { token } = await aLockedApp('fay')
    const [row] = await office.rows<{ unlock_id: string }>(`select unlock_id from authenticator where user_id = ${accountOf('fay')}`)
    expect(token).not.toContain(row?.unlock_id)
    for (const made of ['', newOpaqueToken('muster_au'), token.replace('muster_au', 'muster_fr'), `${token}x`, row?.unlock_id ?? ''])
      expect((await office.browser().post(LINK, { token: made })).statusCode).toBe(410)
    expect(await failuresOf('fay')).toBe(50)
  })

  test('the link of one person does not unlock the app of another', async () => {
    const { token } = await aLockedApp('gus')
    await aLockedApp('hal')
    const [row] = await office.rows<{ id: string }>(`select ${accountOf('hal')} as id`)
    const mac = parseToken('muster_au', token)?.split('_')[1]
    expect((await office.browser().post(LINK, { token: formatToken('muster_au', `${row?.id.slice(4)}_${mac}`) })).statusCode).toBe(410)
    expect((await office.browser().post(LINK, { token })).statusCode).toBe(200)
    expect([await failuresOf('gus'), await failuresOf('hal')]).toEqual([0, 50])
  })

  test('a person learns of the lock after the password, and a stranger does not', async () => {
    const { browser } = await aLockedApp('ivy')
    expect((await browser.get(FACTOR)).body).toContain('Your authenticator app is locked')
    const stranger = office.browser()
    const wrong = await stranger.post('/sign-in', { identifier: 'ivy', password: 'not the password at all' })
    const unknown = await stranger.post('/sign-in', { identifier: 'nobody-here', password: 'not the password at all' })
    expect(wrong.body).not.toContain('locked')
    expect([wrong.statusCode, unknown.statusCode]).toEqual([401, 401])
    expect((await stranger.post(`${FACTOR}/unlock-email`, {})).headers.location).toContain('/sign-in?reason=sign_in_ended')
  })

  test('a person after the password gets the link again, three times a day', async () => {
    const { token } = await aLockedApp('jon')
    for (const number of [2, 3, 4]) {
      const again = await halfSignedIn('jon')
      expect((await again.post(`${FACTOR}/unlock-email`, {})).headers.location).toBe(`${FACTOR}?sent=yes`)
      expect((await again.get(`${FACTOR}?sent=yes`)).body).toContain('We sent a link')
      expect(await tokenOf('jon', number)).toBe(token) // so that an earlier email works too
    }
    const refused = await (await halfSignedIn('jon')).post(`${FACTOR}/unlock-email`, {})
    expect(refused.statusCode).toBe(429)
    expect(refused.body).toContain('Use the newest email.')
    await office.mailIsDone()
    expect(tokensTo('jon')).toHaveLength(4)
  })

  test('a person who asks for the link again is not told when the wrong codes came', async () => {
    await aLockedApp('jim')
    await (await halfSignedIn('jim')).post(`${FACTOR}/unlock-email`, {})
    await tokenOf('jim', 2)
    const { subject, text } = office.mailbox.all().find(({ to }) => to === 'jim@example.com') ?? { subject: '', text: '' }
    expect(subject).toBe('Unlock your authenticator app')
    expect(text.replaceAll(/\s+/g, ' ')).toContain('We were asked for this link after your password.')
  })

  test('a person whose app was locked before there were links asks for one', async () => {
    const { browser } = await aLockedApp('joy')
    expect((await browser.get(FACTOR)).body).toContain('Send the link again')
    await office.rows(`update authenticator set unlock_id = null, unlock_expires_at = null where user_id = ${accountOf('joy')}`)
    const page = (await browser.get(FACTOR)).body
    expect([page.includes('ask for a link by email'), page.includes('the link that we sent')]).toEqual([true, false])
    await browser.post(`${FACTOR}/unlock-email`, {})
    expect((await office.browser().post(LINK, { token: await tokenOf('joy', 2) })).statusCode).toBe(200)
  })

  test('a person whose app is not locked gets no link', async () => {
    const owner = await office.person('kit')
    await addApp(owner)
    const browser = await halfSignedIn('kit')
    expect((await browser.post(`${FACTOR}/unlock-email`, {})).headers.location).toBe(`${FACTOR}?sent=yes`)
    expect((await browser.get(`${FACTOR}?sent=yes`)).body).not.toContain('We sent a link')
    await office.mailIsDone()
    expect(tokensTo('kit')).toEqual([])
  })

  test('a person who confirms in a session learns that the app is locked', async () => {
    const { owner, secret } = await aLockedApp('lou')
    await office.clock.advance(601)
    expect((await owner.post('/account/confirm', { code: codeOf(secret) })).body).toContain('Your authenticator app is locked')
    expect((await owner.get('/account/security')).body).toContain('Locked after 50 wrong codes.')
  })
})
