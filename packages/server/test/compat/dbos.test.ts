import { strict as assert } from 'node:assert'
import type { Human, Muster } from '@muster/testkit/muster.ts'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { signIn, signUp } from '../journeys/person.ts'
import { approve, aTab, loginInBrowser, openBrowser } from './dbos-browser.ts'
import { aPlace, CLOUD, type DbosTerminal, LOGIN, type Place } from './dbos-cloud.ts'

// The command waits five seconds before it requests its token, so tests that need a login run concurrently.

describe('the published dbos-cloud command', () => {
  let place: Place
  let muster: Muster
  let browser: Browser
  const terminal = (): Promise<DbosTerminal> => place.terminal()

  beforeAll(async () => {
    place = await aPlace(LOGIN)
    muster = place.muster
    browser = await openBrowser(place)
  })
  afterAll(async () => {
    await browser?.close()
    await place?.close()
  })

  /** Writes the credentials of a login to the folder, without the wait. */
  async function holding(human: Human, refreshToken?: string): Promise<DbosTerminal> {
    const cli = await terminal()
    await cli.keep({ token: human.token, refreshToken, userName: human.name, organization: human.name })
    return cli
  }
  const call = (human: Human, method: string, path: string, body?: unknown) =>
    place.front.ask(method, LOGIN, path, {
      headers: { authorization: `Bearer ${human.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  test.concurrent('a newcomer signs up in the browser, registers, and logs out', async () => {
    const cli = await terminal()
    const register = cli.start('register', '-u', 'alice')
    const page = await aTab(browser)
    await page.goto(await register.page())
    await page.getByRole('link', { name: 'Create an account' }).click()
    await signUp(page, muster, { email: 'alice@example.com' })
    await approve(page)
    await register.until(/User not registered in DBOS Cloud\. Registering/)
    await register.answer('first/given name:', 'Alice')
    await register.answer('last/family name:', 'Liddell')
    await register.answer('company name:', 'Wonderland')
    const { code, text } = await register.ended
    assert.equal(code, 0, text)
    assert.match(text, /Successfully registered and logged in as alice!/)

    const profile = await cli.run('profile')
    assert.deepEqual([profile.code, profile.text], [0, 'Name: alice\nEmail: alice@example.com\nSubscription Plan: pro\n'])
    assert.deepEqual(JSON.parse((await cli.run('profile', '--json')).text), {
      Name: 'alice',
      Email: 'alice@example.com',
      Organization: 'alice',
      SubscriptionPlan: 'pro',
    })
    const me = await call({ token: (await cli.credentials())?.token ?? '' } as Human, 'GET', '/v1/me')
    assert.deepEqual([me.body.given_name, me.body.family_name, me.body.company, me.body.session.kind], ['Alice', 'Liddell', 'Wonderland', 'cli'])

    assert.equal((await cli.run('logout')).code, 0)
    assert.equal(await cli.credentials(), null)
  })

  test.concurrent('the pages and the email of a login show dbos-cloud commands only', async () => {
    const fay = await muster.person('fay')
    for (const [words, ending] of [
      [['login'], null],
      [['login', '--get-refresh-token'], 'dbos-cloud revoke TOKEN'],
    ] as [string[], string | null][]) {
      const cli = await terminal()
      const login = cli.start(...words)
      const page = await aTab(browser)
      await page.goto(await login.page())
      await page.getByText('Logging in with dbos-cloud in your terminal').waitFor()
      await signIn(page, fay.email)
      await approve(page, /Client\s+dbos-cloud/)
      const approved = await page.getByRole('main').innerText()
      assert.match(approved, ending === null ? /go to your logins/ : new RegExp(ending))
      assert.doesNotMatch(approved, /muster (logout|revoke|login)/)
      assert.equal((await login.ended).code, 0)
      const { text } = await muster.mail.next(fay.email)
      assert.match(text, /Client +"dbos-cloud"/)
      assert.match(text, ending === null ? /there is nothing to do\.\n/ : /To end this login early, run:\s+dbos-cloud revoke TOKEN\n/)
      assert.doesNotMatch(text, /muster (logout|revoke)/)
      await page.context().close()
    }
    // The author of a link cannot choose words on the page.
    const page = await aTab(browser)
    await page.goto(`https://${LOGIN}/device?user_code=BCDF-GHJK&client=your-bank`)
    await page.getByText('Logging in with muster in your terminal').waitFor()
    await page.context().close()
  })

  test.concurrent('calls under a former organization name are refused with the new name', async () => {
    const gil = await muster.person('gil')
    const { body: secret } = await call(gil, 'POST', '/v1/organizations/gil/secrets', {})
    assert.equal((await call(gil, 'POST', '/v1/organizations/gil/rename', { from: 'gil', to: 'gilded' })).status, 200)
    const asked: [string, string, object?][] = [
      ['GET', '/gil/users'],
      ['GET', '/gil/secret'],
      ['POST', '/gil/join', secret],
      ['PATCH', '/gil', { newName: 'golden' }],
      ['DELETE', '/gil/nobody'],
    ]
    const headers = { authorization: `Bearer ${gil.token}`, 'content-type': 'application/json' }
    for (const [method, path, body] of asked) {
      const answer = await place.front.ask(method, CLOUD, `/v1alpha1${path}`, { headers, ...(body && { body: JSON.stringify(body) }) })
      const { message, statusCode, code } = answer.body
      assert.deepEqual([path, answer.status, statusCode, code], [path, 409, 409, 'organization_renamed'])
      assert.equal(message, 'It is now called gilded. Use the new name')
    }
    const joining = await (await holding(await muster.person('hana'))).run('org', 'join', 'gil', secret.secret)
    assert.match(joining.text, /\[req_[0-9a-f]+\] Failed to join organization gil: It is now called gilded\. Use the new name\.\n/)
    assert.equal(JSON.parse((await (await holding(gil)).run('org', 'list', '--json')).text).OrgName, 'gilded')
  })

  test.concurrent('a newcomer with a secret registers directly in that organization', async () => {
    const ada = await muster.person('ada')
    const admin = await holding(ada)
    const invite = await admin.run('org', 'invite')
    assert.equal(invite.code, 0, invite.text)
    const secret = /muster_os_\S+/.exec(invite.text)?.[0] ?? ''
    assert.match(invite.text, /To invite a user to your organization, ada, give them this single-use secret/)

    const [cli, bob] = [await terminal(), await muster.newcomer('bob')]
    const register = cli.start('register', '-u', 'bob', '-s', secret)
    await loginInBrowser(browser, register, bob)
    for (const [question, said] of Object.entries({ 'first/given name:': 'Bob', 'last/family name:': 'B', 'company name:': 'None' })) {
      await register.answer(question, said)
    }
    const registered = await register.ended
    assert.equal(registered.code, 0, registered.text)
    assert.equal(JSON.parse((await cli.run('profile', '--json')).text).Organization, 'ada')

    const list = await admin.run('org', 'list', '--json')
    assert.deepEqual(JSON.parse(list.text).OrgName, 'ada')
    assert.deepEqual(JSON.parse(list.text).UserNames.toSorted(), ['ada', 'bob'])

    // A refusal for a missing role is readable too.
    const refused = await cli.run('org', 'invite')
    assert.equal(refused.code, 1)
    assert.match(
      refused.text,
      /\[req_[0-9a-f]+\] Failed to retrieve invite secret for organization ada: The role member does not have invitations:create\. An admin of ada can give you another role\. Ask an admin of your organization\.\n/,
    )

    const removed = await admin.run('org', 'remove', 'bob')
    assert.equal(removed.code, 0, removed.text)
    assert.match(removed.text, /Successfully removed bob from organization ada/)
    const told = await cli.run('profile')
    assert.equal(told.code, 1)
    assert.match(told.text, /Failed to login: This login (has|is) .+\. Log in again: dbos-cloud login\.\n/)

    const renamed = await admin.run('org', 'rename', 'ada', 'analytical')
    assert.equal(renamed.code, 0, renamed.text)
    assert.match(renamed.text, /Successfully renamed organization ada to analytical/)
    // The command requests the name each time, so no new login is needed.
    assert.equal(JSON.parse((await admin.run('profile', '--json')).text).Organization, 'analytical')
  })

  test.concurrent('joining another organization requires a new login', async () => {
    const [grace, carol] = [await muster.person('grace'), await muster.person('carol')]
    const { body } = await call(grace, 'POST', '/v1/organizations/grace/secrets', {})
    const cli = await terminal()
    const login = cli.start('login')
    await loginInBrowser(browser, login, carol)
    const { code, text } = await login.ended
    assert.equal(code, 0, text)
    assert.match(text, /Successfully logged in as carol!/)
    assert.deepEqual(Object.keys((await cli.credentials()) ?? {}).toSorted(), ['organization', 'token', 'userName'])

    const wrong = await cli.run('org', 'join', 'nobody', body.secret)
    assert.match(wrong.text, /Failed to join organization nobody: The secret is not for nobody\. Ask for a new one\.\n/)
    const joined = await cli.run('org', 'join', 'grace', body.secret)
    assert.equal(joined.code, 0, joined.text)
    assert.match(joined.text, /Successfully joined organization grace/)
    const told = await cli.run('profile')
    assert.deepEqual(told.code, 1)
    assert.match(told.text, /Failed to login: .*Log in again: dbos-cloud login\.\n/)

    await cli.run('logout')
    const again = cli.start('login')
    await loginInBrowser(browser, again, carol)
    assert.equal((await again.ended).code, 0)
    assert.equal((await cli.credentials())?.organization, 'grace')
  })

  test.concurrent('a refresh token serves parallel jobs, is not rotated and can be revoked', async () => {
    const dora = await muster.person('dora')
    const cli = await terminal()
    const login = cli.start('login', '--get-refresh-token')
    await loginInBrowser(browser, login, dora, /1 year|365 days|year/)
    const ended = await login.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /Refresh token saved to \.dbos\/credentials/)
    const refreshToken = (await cli.credentials())?.refreshToken ?? ''
    assert.match(refreshToken, /^muster_rt_/)

    const { body: mine } = await call({ token: (await cli.credentials())?.token ?? '' } as Human, 'GET', '/v1/me/refresh-tokens')
    assert.deepEqual([mine.items.length, mine.items[0].current], [1, true])
    assert.ok(Math.abs(Date.parse(mine.items[0].expires_at) - Date.now() - 365 * 86_400_000) < 120_000) // S47

    const job = await terminal()
    const used = await job.run('login', '--with-refresh-token', refreshToken)
    assert.equal(used.code, 0, used.text)
    assert.equal((await job.credentials())?.refreshToken, refreshToken)

    const expired = { ...(await job.credentials()), token: endedToken() }
    const jobs = await Promise.all([1, 2, 3].map(() => terminal()))
    const profiles = await Promise.all(
      jobs.map(async (one) => {
        await one.keep(expired)
        return one.run('profile')
      }),
    )
    for (const { code, text } of profiles) assert.deepEqual([code, text.split('\n')[0]], [0, 'Name: dora'])
    assert.notEqual((await jobs[0]?.credentials())?.token, expired.token)

    assert.deepEqual(await cli.run('revoke', 'muster_rt_unknown'), { code: 0, text: '' })
    assert.deepEqual(await cli.run('revoke', refreshToken), { code: 0, text: '' })
    const over = await job.run('login', '--with-refresh-token', refreshToken)
    assert.equal(over.code, 1)
    assert.match(over.text, /Failed to authenticate with refresh token/)
    const ends = await cli.run('profile')
    assert.match(ends.text, /Failed to login: This login has ended\. Log in again: dbos-cloud login\.\n/)
  })

  test.concurrent('a deactivated user is shown the date and the contact by the next command', async () => {
    const { erin, eve } = (await muster.organization({ erin: 'admin', eve: 'member' })) as Record<'erin' | 'eve', Human>
    const cli = await holding(eve)
    assert.equal((await cli.run('profile')).code, 0)
    const deactivated = await call(erin, 'POST', '/v1/organizations/erin/members/eve/deactivate', {})
    assert.equal(deactivated.status, 200, JSON.stringify(deactivated.body))
    for (const words of ['profile', 'org list', 'org invite']) {
      const { code, text } = await cli.run(...words.split(' '))
      assert.equal(code, 1)
      assert.match(text, /\[req_[0-9a-f]+\] Failed to login: Your account was deactivated in erin on \d{4}-\d\d-\d\d\. Ask erin [^\n]*[^.]\.\n/)
    }
  })

  test.concurrent('refusals are printed as readable sentences', async () => {
    const newcomer = await muster.newcomer('nina')
    const cli = await terminal()
    // With a username in its environment for tests, the command prompts for nothing.
    await cli.keep({ token: newcomer.token, userName: 'nina', organization: '' })
    await muster.person('taken')
    const cases: [string[], RegExp][] = [
      [['register', '-u', 'taken'], /Failed to register user taken: This name is taken\. Choose another name\.\n/],
      [['register', '-u', 'admin'], /Failed to register user admin: This name is reserved\. Choose another name\.\n/],
      [['register', '-u', 'nina', '-s', 'muster_os_no'], /Failed to register user nina: There is no such invitation\. Ask for a new one\.\n/],
    ]
    for (const [words, said] of cases) {
      const { code, text } = await cli.run(...words)
      assert.equal(code, 1, text)
      assert.match(text, said)
    }
    const { mia } = (await muster.organization({ mia: 'admin', max: 'member' })) as Record<'mia', Human>
    const admin = await holding(mia)
    assert.match(
      (await admin.run('org', 'remove', 'nobody')).text,
      /Failed to remove nobody from organization mia: There is no such member\. List the members: dbos-cloud org list\.\n/,
    )
    assert.match((await admin.run('org', 'remove', 'mia')).text, /Failed to remove mia from organization mia: .+[^.]\.\n/)
    const otto = await muster.person('otto')
    const { body } = await call(otto, 'POST', '/v1/organizations/otto/secrets', {})
    // All blockers of a move are listed at once (S24).
    assert.match(
      (await admin.run('org', 'join', 'otto', body.secret)).text,
      /Failed to join organization otto: You cannot leave your organization yet\. You are the only active admin of mia, which has other members: max\. Resolve the listed blockers first\.\n/,
    )
    assert.match((await admin.run('org', 'rename', 'mia', 'taken')).text, /Failed to rename organization mia: This name is taken\./)
  })

  test.concurrent('the GET that creates a secret needs a bearer token and has no HEAD (A18)', async () => {
    const sam = await muster.person('sam')
    const page = await aTab(browser)
    await page.goto(`https://${LOGIN}/sign-in`)
    await signIn(page, sam.email)
    await page.getByRole('heading', { name: 'Signed in as sam' }).waitFor()
    const driven = await page.goto(`https://${LOGIN}/v1alpha1/sam/secret`)
    assert.ok(driven)
    assert.deepEqual([driven.status(), (await driven.json()).statusCode], [401, 401])
    const headers = { authorization: `Bearer ${sam.token}` }
    assert.equal((await place.front.ask('HEAD', CLOUD, '/v1alpha1/sam/secret', { headers })).status, 405)
    const [one, other] = [
      await place.front.ask('GET', CLOUD, '/v1alpha1/sam/secret', { headers }),
      await place.front.ask('GET', CLOUD, '/v1alpha1/sam/secret', { headers }),
    ]
    assert.deepEqual([one.status, one.headers.get('cache-control')], [200, 'no-store'])
    assert.match(one.body, /^muster_os_/)
    assert.notEqual(one.body, other.body)
    const { body } = await call(sam, 'GET', '/v1/organizations/sam/secrets')
    assert.equal(body.items.length, 2)
  })
})

test("a login works when the issuer is the command's other host name", async () => {
  const place = await aPlace(CLOUD, { env: { MUSTER_AUDIENCE: 'dbos-cloud-api' } })
  const browser = await openBrowser(place)
  try {
    const paul = await place.muster.person('paul')
    const cli = await place.terminal()
    const login = cli.start('login')
    assert.ok((await login.page()).startsWith(`https://${CLOUD}/device?user_code=`))
    await loginInBrowser(browser, login, paul)
    const { code, text } = await login.ended
    assert.equal(code, 0, text)
    assert.match((await cli.run('profile')).text, /^Name: paul\n/)
    const { iss, aud } = JSON.parse(Buffer.from((await cli.credentials())?.token?.split('.')[1] ?? '', 'base64url').toString())
    assert.deepEqual([iss, aud], [`https://${CLOUD}`, 'dbos-cloud-api'])
  } finally {
    await browser.close()
    await place.close()
  }
})

test('the client and its routes do not exist while compat is off', async () => {
  const place = await aPlace(LOGIN, { env: { MUSTER_COMPAT: 'featurebase' } })
  try {
    const cli = await place.terminal()
    const { code, text } = await cli.run('login')
    assert.equal(code, 1)
    assert.match(text, /failed to log in/)
    assert.equal((await place.front.ask('GET', CLOUD, '/v1alpha1/user/profile')).status, 404)
  } finally {
    await place.close()
  }
})

/** A token that expired yesterday. The command reads it without checking the signature. */
function endedToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part({ exp: Math.floor(Date.now() / 1000) - 86_400 })}.c2ln`
}
