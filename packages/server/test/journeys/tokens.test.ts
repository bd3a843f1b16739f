import { strict as assert } from 'node:assert'
import { engines } from '@muster/testkit/database.ts'
import { freePort, type Human, type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { deviceLogin, refresh, SCOPE } from '../oauth/conversation.ts'
import { aJourney, type Journey } from './journey.ts'
import { approve, compareCode, signIn } from './person.ts'
import { shown, type Terminal } from './terminal.ts'

const DAY = 86_400

describe.each(engines)('refresh tokens and logout, on %s', (engine) => {
  let journey: Journey
  let muster: Muster
  const terminal = (): Promise<Terminal> => journey.terminal()

  beforeAll(async () => {
    journey = await aJourney(engine)
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  const tokenOf = async (human: Human): Promise<string> => (await deviceLogin(muster, human, `${SCOPE} offline_access`)).refresh_token ?? ''

  test.concurrent('a member who becomes a viewer goes on with a refresh token only (P11)', async () => {
    const { rhea, ruth } = (await muster.organization({ rhea: 'admin', ruth: 'member' })) as Record<'rhea' | 'ruth', Human>
    const at = async (human: Human): Promise<Terminal> => (await terminal()).holds(human)
    const [admin, short, long] = [await at(rhea), await at(ruth), await at(ruth)]
    const token = await tokenOf(ruth)
    await long.edit((credentials) => ({ ...credentials, refresh_token: token }))
    assert.match((await admin.run('user role ruth viewer')).text.replace(/\s+/g, ' '), /ruth has to log in again, unless the login has a refresh token\./)
    assert.deepEqual([(await short.run('profile')).code, (await long.run('profile')).code], [4, 0])
    assert.match((await long.run('profile')).stdout, /Role\tviewer/)
  })

  test.concurrent('a refresh token is created on request and survives the logout (S47, S49)', async () => {
    const [cli, person, page] = [await terminal(), await muster.person('tina'), await journey.tab()]
    const login = cli.start('login --get-refresh-token --name ci-main --no-browser')
    const { url, code } = await shown(login)
    await page.goto(url)
    await signIn(page, person.email)
    await compareCode(page, code)
    await page.getByText('This login lasts up to a year').waitFor()
    await page.getByText('ci-main').waitFor()
    await page.getByRole('button', { name: 'Approve for a year' }).click()
    const { stdout, text, code: exit } = await login.ended
    assert.equal(exit, 0, text)
    const token = stdout.trim()
    assert.match(token, /^muster_rt_[\w-]+$/)
    assert.match(text, new RegExp(`To run commands in CI: MUSTER_URL=${muster.url} MUSTER_REFRESH_TOKEN=… muster profile\\n`))
    assert.equal((await cli.credentials()).refresh_token, token)

    const [listed] = (await cli.json('token list')).items
    assert.match(listed.id, /^rtk_/)
    assert.equal(listed.current, true)
    assert.match((await cli.run('token list')).stdout, new RegExp(`${listed.id}\tci-main\tmuster-cli\t.*\t\\S+Z\tcurrent`))

    const logout = await cli.run('logout')
    assert.equal(logout.code, 0)
    assert.match(logout.text, new RegExp(`Logged out\\.\nThe refresh token ci-main \\(${listed.id}\\) is for CI and stays valid; it expires in 30 days`))
    assert.equal(await cli.credentials(), null)
    assert.equal((await cli.run('profile')).code, 4)
    const again = await cli.run(`login --with-refresh-token ${token}`)
    assert.equal(again.code, 0, again.text)
    assert.match(again.text, /Logged in as tina, in tina\./)
  })

  test.concurrent('login takes a refresh token from an argument, stdin or the environment', async () => {
    const [cli, token] = [await terminal(), await tokenOf(await muster.person('theo'))]
    const piped = await cli.run('login --with-refresh-token -', { input: `${token}\n` })
    assert.match(piped.text, /Logged in as theo/)
    assert.equal((await cli.credentials()).refresh_token, token)

    const ci = await terminal()
    const env = { MUSTER_REFRESH_TOKEN: token }
    assert.match((await ci.run('profile', { env })).stdout, /Username\ttheo/)
    assert.equal(await ci.credentials(), null)
    assert.equal((await ci.run('login', { env })).code, 0)
    assert.equal((await ci.credentials()).refresh_token, undefined)
    assert.equal((await ci.run('profile')).code, 0)

    // A command that needs a login treats this as a missing login; `login` itself treats it as a refusal.
    assert.equal((await ci.run('org list', { env: { MUSTER_REFRESH_TOKEN: 'muster_rt_wrong' } })).code, 4)
    const wrong = await cli.run('login --with-refresh-token muster_rt_wrong')
    assert.equal(wrong.code, 1)
    assert.match(wrong.text, /The refresh token was not accepted\.[\s\S]*muster login --get-refresh-token/)
    assert.equal((await cli.credentials()).refresh_token, token)
  })

  test.concurrent('anyone who holds a token can revoke it (S48)', async () => {
    const person = await muster.person('rosa')
    const [a, b, c] = [await tokenOf(person), await tokenOf(person), await tokenOf(person)]
    const [cli, nobody] = [await terminal(), await terminal()]
    await cli.run('login --with-refresh-token -', { input: c })

    for (const words of [`revoke ${a}`, `revoke ${a}`]) {
      const { code, text } = await nobody.run(words)
      assert.equal(code, 0, text)
    }
    const other = b.at(-7) === 'x' ? 'y' : 'x'
    const mistyped = await nobody.run(`revoke ${b.slice(0, -7)}${other}${b.slice(-6)}`)
    assert.deepEqual([mistyped.code, /mistyped or incomplete/.test(mistyped.text)], [2, true])
    assert.equal((await refresh(muster, b)).status, 200)
    assert.equal((await nobody.run('revoke -', { input: b })).code, 0)
    assert.equal((await refresh(muster, a)).body.error, 'invalid_grant')
    assert.equal((await refresh(muster, b)).body.error, 'invalid_grant')

    // The other tokens stay valid. When logged in, a token can also be revoked by its id, which ends the login that uses it.
    assert.equal((await cli.run('profile')).code, 0)
    const d = await tokenOf(person)
    const { items } = await cli.json('token list')
    assert.equal(items.length, 2)
    const unused = items.find((item: { current: boolean }) => !item.current)
    assert.equal((await cli.run(`token revoke ${unused.id} --yes`)).code, 0)
    assert.equal((await refresh(muster, d)).body.code, 'token_revoked')
    const mine = items.find((item: { current: boolean }) => item.current)
    assert.match((await cli.run(`revoke ${mine.id} --yes`)).text, /has been revoked[\s\S]*you are now logged out/)
    assert.equal((await refresh(muster, c)).status, 400)
    assert.equal((await cli.run('profile')).code, 4)
    assert.equal((await nobody.run('revoke rtk_00000000000000000000000000 --yes')).code, 4)
  })

  test.concurrent('a login revoked elsewhere is refused with the reason', async () => {
    const [cli, person] = [await terminal(), await muster.person('ralf')]
    const token = await tokenOf(person)
    await cli.run('login --with-refresh-token -', { input: token })
    await (await terminal()).run('revoke -', { input: token })
    const { code, text } = await cli.run('profile')
    assert.equal(code, 4)
    assert.match(text, /This login has ended\./)
    assert.match(text, /Run: muster login/)
    assert.equal((await cli.credentials()).refresh_token, token) // A failed refresh deletes nothing (S51).
  })

  test.concurrent('logout ends the login on the server and works without a server (S49)', async () => {
    const person = await muster.person('lola')
    const [cli, ci, lost] = [await terminal(), await terminal(), await terminal()]
    await cli.holds(person)
    const out = await cli.run('logout')
    assert.deepEqual([out.code, out.text.trim()], [0, '✓ Logged out.'])
    assert.equal((await muster.call('GET', '/v1/me', { token: person.token })).body.code, 'token_revoked')
    assert.match((await cli.run('logout')).text, /You are not logged in here\./)

    const token = await tokenOf(person)
    await ci.run('login --with-refresh-token -', { input: token })
    const revoked = await ci.run('logout --revoke')
    assert.deepEqual([revoked.code, revoked.text.trim()], [0, '✓ Logged out.'])
    assert.equal((await refresh(muster, token)).body.code, 'token_revoked')

    await lost.holds({ ...person, token: 'x.y.z' })
    const gone = `http://localhost:${await freePort()}`
    await lost.edit((credentials) => ({ ...credentials, issuer: gone }))
    const offline = await lost.run('logout', { env: { MUSTER_URL: '' } })
    assert.equal(offline.code, 0, offline.text)
    assert.match(offline.text, /Cannot reach Muster[\s\S]*deleted here but stays valid on the server until it expires[\s\S]*Logged out\./)
    assert.equal(await lost.credentials(), null)
  })

  test.concurrent('logout keeps and names a refresh token from the environment (S47, S49)', async () => {
    const person = await muster.person('enzo')
    const [ci, again] = [await terminal(), await terminal()]
    const token = await tokenOf(person)
    const env = { MUSTER_REFRESH_TOKEN: token }
    assert.equal((await ci.run('login', { env })).code, 0)
    const { access_token: mine } = await ci.credentials()
    const [listed] = (await ci.json('token list')).items
    const out = await ci.run('logout')
    assert.equal(out.code, 0, out.text)
    assert.match(out.text, new RegExp(`Logged out\\.\nThe refresh token .*${listed.id}.* is for CI and stays valid; it expires in 30 days`))
    assert.equal((await refresh(muster, token)).status, 200)
    assert.equal((await muster.call('GET', '/v1/me', { token: mine })).body.code, 'token_revoked')

    assert.equal((await again.run('login', { env })).code, 0)
    assert.equal((await again.run('logout --revoke')).code, 0)
    assert.equal((await refresh(muster, token)).body.code, 'token_revoked')
  })

  test.concurrent('a new login ends the previous one but keeps its refresh token (S49)', async () => {
    const person = await muster.person('gina')
    const [cli, page] = [await terminal(), await journey.tab()]
    await cli.holds(person)
    const login = cli.start('login --no-browser')
    const { url, code } = await shown(login)
    await page.goto(url)
    await signIn(page, person.email)
    await approve(page, code)
    assert.equal((await login.ended).code, 0)
    const { items } = await cli.json('session list')
    assert.ok(!items.some(({ id }: { id: string }) => id === person.sessionId), 'the session of the former login is over')

    const [first, second] = [await tokenOf(person), await tokenOf(person)]
    const [ci] = [await terminal()]
    await ci.run('login --with-refresh-token -', { input: first })
    const { access_token: former } = await ci.credentials()
    const same = await ci.run('login --with-refresh-token -', { input: first })
    assert.doesNotMatch(same.text, /still valid/)
    assert.equal((await muster.call('GET', '/v1/me', { token: former })).body.code, 'token_revoked')
    const kept = (await ci.json('token list')).items.find(({ current }: { current: boolean }) => current)
    const other = await ci.run('login --with-refresh-token -', { input: second })
    assert.match(other.text, new RegExp(`${kept.id}.* of the previous login is still valid on the server\\. To revoke it: muster token revoke ${kept.id}`))
    assert.equal((await refresh(muster, first)).status, 200)
  })

  test.concurrent('logout names the refresh token only when it is still valid (S49)', async () => {
    const person = await muster.person('dora')
    const [dead, over] = [await terminal(), await terminal()]
    const [a, b] = [await tokenOf(person), await tokenOf(person)]
    await dead.run('login --with-refresh-token -', { input: a })
    await (await terminal()).run('revoke -', { input: a })
    const out = await dead.run('logout')
    assert.deepEqual([out.code, out.text.trim()], [0, '✓ Logged out.'])

    await over.run('login --with-refresh-token -', { input: b })
    await (await terminal()).run('revoke -', { input: (await over.credentials()).access_token })
    const kept = await over.run('logout')
    assert.equal(kept.code, 0, kept.text)
    assert.match(kept.text, /The refresh token .*rtk_\w+.* is for CI and stays valid/)
    assert.equal((await refresh(muster, b)).status, 200)
  })

  test.concurrent("logout says that it can't check a suspended member's refresh token (S32, S49)", async () => {
    const lost = await terminal()
    const c = await tokenOf(await muster.person('olaf'))
    await lost.run('login --with-refresh-token -', { input: c })
    await (await terminal()).run('revoke -', { input: (await lost.credentials()).access_token })
    assert.equal((await muster.call('POST', '/v1/operator/organizations/olaf/suspend', { token: OPERATOR_TOKEN, body: {} })).status, 200)
    const unknown = await lost.run('logout')
    assert.equal(unknown.code, 0, unknown.text)
    assert.match(unknown.text, /is unknown whether its refresh token is still valid[\s\S]*Logged out/)
  })

  // These tests move the clock for every test, so they run last and one after another.
  test('a login expires after 24 hours unless it has a refresh token (S46, S51)', async () => {
    const person = await muster.person('silvia')
    const [plain, ci] = [await terminal(), await terminal()]
    await plain.holds(person)
    await ci.run('login --with-refresh-token -', { input: await tokenOf(person) })
    const before = (await ci.credentials()).access_token
    await muster.clock.advance(DAY + 1)
    const ended = await plain.run('profile')
    assert.equal(ended.code, 4)
    assert.match(ended.text, /The login has expired\.[\s\S]*muster login/)
    const { code, text } = await ci.run('profile')
    assert.equal(code, 0, text)
    assert.match(text, /Username\tsilvia/)
    assert.notEqual((await ci.credentials()).access_token, before)
  })

  test('a refresh token expires after 30 unused days or one year, to the second (S47)', async () => {
    const person = await muster.person('yara')
    const [idle, cli] = [await tokenOf(person), await terminal()]
    await cli.run('login --with-refresh-token -', { input: idle })
    const to = (instant: number, days: number, seconds: number): Promise<void> =>
      muster.clock.advance((instant + (days * DAY + seconds) * 1000 - Date.now()) / 1000)
    const use = async (): Promise<{ status: number; code: string; asked: number; answered: number }> => {
      const asked = Date.now()
      const { status, body } = await refresh(muster, idle)
      return { status, code: body.code, asked, answered: Date.now() }
    }
    const first = await use()
    await to(first.asked, 30, -1)
    const second = await use()
    assert.equal(second.status, 200) // Each use starts the 30 days again.
    await to(second.answered, 30, 1)
    assert.equal((await use()).code, 'token_revoked') // It expired from disuse; its year is not over (S36).
    const { code, text } = await cli.run('profile')
    assert.equal(code, 4)
    assert.match(text, /Run: muster login/)

    const asked = Date.now()
    const yearly = await tokenOf(person)
    const issued = Date.now()
    for (let days = 29; days < 365; days += 29) {
      await to(asked, days, 0)
      assert.equal((await refresh(muster, yearly)).status, 200)
    }
    await to(asked, 365, -1)
    assert.equal((await refresh(muster, yearly)).status, 200)
    await to(issued, 365, 1)
    assert.equal((await refresh(muster, yearly)).body.code, 'token_expired')
  })
})
