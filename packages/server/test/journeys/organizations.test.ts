import { strict as assert } from 'node:assert'
import { engines } from '@muster/testkit/database.ts'
import type { Muster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { deviceLogin, refresh, SCOPE } from '../oauth/conversation.ts'
import { aJourney, type Journey } from './journey.ts'
import { approve, heading, signIn, signUp } from './person.ts'
import { shown, type Terminal } from './terminal.ts'

describe.each(engines)('people work together in an organization, on %s', (engine) => {
  let journey: Journey
  let muster: Muster

  beforeAll(async () => {
    journey = await aJourney(engine)
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  /** A registered person, logged in at their own terminal. */
  const at = async (name: string): Promise<Terminal> => (await journey.terminal()).holds(await muster.person(name))
  const secretOf = async (admin: Terminal, words = ''): Promise<string> => (await admin.run(`org invite ${words}`)).stdout.trim()

  test.concurrent('an admin creates, lists and revokes organization secrets', async () => {
    const admin = await at('acme')
    const invite = await admin.run('org invite')
    assert.equal(invite.code, 0, invite.text)
    const secret = invite.stdout.trim()
    assert.match(secret, /^muster_os_[\w-]+$/)
    assert.match(invite.stderr, /one person join acme as a member:/)
    assert.match(invite.stderr, /It expires in 24 hours \(\d{4}-\d\d-\d\d \d\d:\d\d UTC\)/)
    assert.ok(invite.stderr.includes(`  ${muster.server.cli} register -u <username> -s - --url ${muster.url}\n`))
    assert.ok(invite.stderr.includes(`  ${muster.server.cli} org join acme - --url ${muster.url}\n`))
    assert.ok(!invite.stderr.includes(secret)) // The secret is printed on standard output only.
    const other = await admin.json('org invite --role admin')
    assert.equal((await admin.run(`org revoke-secret ${other.id} --yes`)).code, 0)
    const bob = await at('acme_bob')
    assert.equal((await bob.run(`org join acme ${secret} --yes`)).code, 0)
    const { items } = await admin.json('org secrets')
    assert.deepEqual(items.map((item: { state: string }) => item.state).sort(), ['accepted', 'revoked'])
    assert.ok(!JSON.stringify(items).includes(secret))
    assert.match((await admin.run(`org revoke-secret ${items.find((item: { state: string }) => item.state === 'accepted').id} --yes`)).text, /accepted before/)
    assert.match((await bob.run('org invite')).text, /You do not have permission for this/)
  })

  test.concurrent('a newcomer registers into an organization with its secret (S5)', async () => {
    const [admin, cli, page] = [await at('bolt'), await journey.terminal(), await journey.tab()]
    const register = cli.start(`register -u bolt_bob -s ${await secretOf(admin)} --no-browser`)
    await register.until(/The secret is valid\. You will join bolt as a member\./)
    const { url, code } = await shown(register)
    await page.goto(url)
    await signUp(page, muster, { email: 'bolt_bob@example.com' })
    await approve(page, code)
    const ended = await register.ended
    assert.equal(ended.code, 0, ended.text)
    assert.match(ended.text, /Registered and logged in as bolt_bob\.\nYou joined bolt as a member\./)
    const me = await cli.json('profile')
    assert.deepEqual([me.organization.name, me.organization.role, me.organization.personal], ['bolt', 'member', false])
    assert.match((await admin.run('org list')).stdout, /bolt_bob\t.*\tmember\tactive[\s\S]*bolt\t.*\tadmin\tactive/)
    // The personal organization was created at registration and was dormant.
    const left = await cli.run('org leave --yes')
    assert.match(left.text, /You left bolt\. You are now in bolt_bob\./)
  })

  test.concurrent('register leaves an account without a username when the secret was used (S5)', async () => {
    const [admin, cli, page] = [await at('brew'), await journey.terminal(), await journey.tab()]
    const secret = await secretOf(admin)
    const register = cli.start(`register -u brew_late -s ${secret} --no-browser`)
    const { url, code } = await shown(register)
    assert.equal((await (await at('brew_early')).run(`org join brew ${secret} --yes`)).code, 0)
    const person = await muster.newcomer('brew_late')
    await page.goto(url)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, person.email)
    await approve(page, code)
    const ended = await register.ended
    assert.equal(ended.code, 1)
    assert.match(ended.text, /The invitation has been used\.[\s\S]*You are logged in, but the account has no username yet\.[\s\S]*muster register -u NAME/)
    assert.match((await cli.run('register -u brew_late')).text, /Registered and logged in as brew_late\.\nYour personal organization is brew_late\./)
  })

  test.concurrent('register refuses an invalid secret or name before it opens the browser', async () => {
    const [admin, nobody] = [await at('clay'), await journey.terminal()]
    const [used, revoked] = [await secretOf(admin), await admin.json('org invite')]
    await (await at('clay_bob')).run(`org join clay ${used} --yes`)
    await admin.run(`org revoke-secret ${revoked.id} --yes`)
    const cases: [words: string, says: RegExp][] = [
      ['-u carol -s muster_os_nonsense', /There is no such invitation\./],
      [`-u carol -s ${used}`, /The invitation has been used\./],
      [`-u carol -s ${revoked.secret}`, /The invitation was revoked or does not count\./],
      ['-u clay', /This name is taken\./],
      ['-u admin', /This name is reserved\./],
      ['-u Carol', /A name must have 3 to 30 characters: lowercase letters, digits and underscores\./],
      ['-u ca', /3 to 30 characters/],
    ]
    for (const [words, says] of cases) {
      const { code, text } = await nobody.run(`register ${words} --no-browser`)
      assert.equal(code, 1, text)
      assert.match(text, says)
      assert.doesNotMatch(text, /Open this page/)
    }
    assert.equal(await nobody.credentials(), null)
    // A registered person is never moved by `register`.
    const again = await admin.run(`register -u clay_two -s ${await secretOf(admin)}`)
    assert.equal(again.code, 1)
    assert.match(again.text, /already registered as clay\.[\s\S]*muster org join ORG -/)
  })

  test.concurrent('a member joins, leaves and returns to their personal organization (S2, S25, S56)', async () => {
    const [admin, cli, elsewhere] = [await at('dune'), await at('dune_bob'), await journey.terminal()]
    const human = await muster.login({ ...(await personOf('dune_bob')) })
    await elsewhere.holds(human)
    assert.equal((await elsewhere.run('profile')).code, 0)

    const secret = await secretOf(admin)
    assert.match((await cli.run(`org join clay_wrong ${secret} --yes`)).text, /There is no such invitation/) // S15
    const join = await cli.run('org join dune - --yes', { input: secret })
    assert.equal(join.code, 0, join.text)
    assert.match(join.text, /You joined dune as a member\.\nYou left dune_bob\./)
    assert.match((await cli.run('profile')).stdout, /Organization\tdune\nRole\tmember/)
    assert.equal((await admin.run(`org join dune ${secret} --yes`)).code, 1)
    // The other terminal's login was for an organization he is no longer in.
    const refused = await elsewhere.run('profile')
    assert.equal(refused.code, 4)
    assert.match(refused.text, /no longer belong to/)

    const leave = await cli.run('org leave --yes')
    assert.match(leave.text, /You left dune\. You are now in dune_bob\./)
    assert.match((await cli.run('org show')).stdout, /Name\tdune_bob[\s\S]*Kind\tpersonal/)
    assert.match((await cli.run('org leave --yes')).text, /This is a personal organization\./)
    assert.equal((await cli.run(`org join dune ${secret} --yes`)).code, 1) // A secret works once.
  })

  test.concurrent('a removed member is refused everywhere with the reason (S1, S32, S36)', async () => {
    const [admin, cli, page, ci] = [await at('elm'), await at('elm_bob'), await journey.tab(), await journey.terminal()]
    await cli.run(`org join elm ${await secretOf(admin)} --yes`)
    const bob = await personOf('elm_bob')
    const token = (await deviceLogin(muster, bob, `${SCOPE} offline_access`)).refresh_token ?? ''
    await ci.run('login --with-refresh-token -', { input: token })
    await page.goto(`${muster.url}/sign-in`)
    await signIn(page, bob.email)
    assert.equal(await heading(page), 'Signed in as elm_bob')

    assert.equal((await admin.run('org remove elm_bob')).code, 2) // It would ask, but nobody is at the terminal.
    const remove = await admin.run('org remove elm_bob --yes')
    assert.equal(remove.code, 0, remove.text)
    assert.match(remove.text, /elm_bob is no longer a member\.\nRevoked: \d sessions/)

    const [terminal, unattended, refreshed] = [await cli.run('profile'), await ci.run('profile'), await refresh(muster, token)]
    assert.equal(terminal.code, 4)
    assert.match(terminal.text, /This login is for an organization you no longer belong to\./)
    assert.equal(unattended.code, 4, unattended.text)
    assert.match(unattended.text, /no longer belong to/)
    assert.deepEqual([refreshed.status, refreshed.body.error, refreshed.body.code], [400, 'invalid_grant', 'membership_left'])
    await page.goto(muster.url)
    assert.equal(await heading(page), 'Your account for this cloud')

    // A new login is in his personal organization and says so.
    await cli.edit((credentials) => ({ ...credentials, access_token: 'none' }))
    const again = await deviceLogin(muster, bob, SCOPE)
    await cli.edit((credentials) => ({ ...credentials, access_token: again.access_token }))
    const profile = await cli.run('profile')
    assert.match(profile.text, /You are no longer in elm; you are in elm_bob\./)
    assert.doesNotMatch((await cli.run('profile')).text, /no longer/)
    assert.match((await admin.run('org remove elm_bob --yes')).text, /has left the organization|no such member/)
    assert.match((await admin.run('org remove elm --yes')).text, /You can't do this to yourself/)
  })

  test.concurrent('an admin can promote members and remove the founder (S2, S3, S29)', async () => {
    const [founder, cli] = [await at('fern'), await at('fern_bob')]
    await cli.run(`org join fern ${await secretOf(founder)} --yes`)
    assert.match((await cli.run('user role fern member --yes')).text, /You do not have permission for this/)
    assert.match((await founder.run('user role fern member --yes')).text, /You can't do this to yourself/)
    const blocked = await founder.run('org leave --yes')
    assert.equal(blocked.code, 1)
    assert.match(blocked.text, /You cannot leave your organization yet\.\n[\s\S]*→ {2}muster user role fern_bob admin/)
    assert.match((await founder.run('user role fern_bob admin')).text, /fern_bob is an admin of fern\./)
    assert.match((await cli.run('profile')).stdout, /Role\tadmin/)
    assert.equal((await cli.run('org remove fern --yes')).code, 0)
    const again = await deviceLogin(muster, await personOf('fern'), SCOPE)
    await founder.edit((credentials) => ({ ...credentials, access_token: again.access_token }))
    assert.match((await founder.run('profile')).text, /You are no longer in fern; you are in fern_2\./)
  })

  test.concurrent('renaming lists the URLs that change and keeps everyone logged in (S41, S42)', async () => {
    const [admin, cli] = [await at('gale'), await at('gale_bob')]
    await cli.run(`org join gale ${await secretOf(admin)} --yes`)
    const dry = await admin.run('org rename gale gale_labs --dry-run')
    assert.equal(dry.code, 0, dry.text)
    assert.match(dry.text, /https:\/\/gale-<app>\.cloud\.localhost\/\thttps:\/\/gale-labs-<app>\.cloud\.localhost\//)
    assert.match((await admin.run('org show')).stdout, /Name\tgale\n/)
    assert.equal((await admin.run('org rename gale gale_labs')).code, 2) // It would ask, but nobody is at the terminal.
    const rename = await admin.run('org rename gale gale_labs --yes')
    assert.equal(rename.code, 0, rename.text)
    assert.match(rename.text, /The organization is now called gale_labs\./)
    assert.doesNotMatch(rename.text, /no longer belong to/)
    assert.match((await cli.run('profile')).stdout, /Organization\tgale_labs/)
    assert.match((await cli.run('org rename gale_labs gale_two --yes')).text, /You do not have permission for this/)
    assert.match((await admin.run('org rename gale gale_two --yes')).text, /no longer has that name/)
    assert.match((await admin.run('org rename gale_labs gale_bob --yes')).text, /This name is taken/)
    assert.equal((await (await journey.terminal()).run('register -u gale --no-browser')).code, 1) // The old name is held for the organization.
    assert.equal((await admin.run('org rename gale_labs gale --yes')).code, 0)
  })

  // This test moves the clock for every test, so it runs last.
  test('a secret expires after 24 hours (S16)', async () => {
    const [admin, cli] = [await at('hale'), await at('hale_bob')]
    const secret = await secretOf(admin)
    await muster.clock.advance(86_401)
    const bob = await muster.login(await personOf('hale_bob'))
    await cli.holds(bob)
    const join = await cli.run(`org join hale ${secret} --yes`)
    assert.equal(join.code, 1)
    assert.match(join.text, /The invitation has expired\./)
    const register = await (await journey.terminal()).run(`register -u hale_new -s ${secret} --no-browser`)
    assert.equal(register.code, 1)
    assert.match(register.text, /The invitation has expired\./)
    assert.doesNotMatch(register.text, /Open this page/)
  })

  /** The account as it is stored now. */
  async function personOf(name: string) {
    const account = await muster.server.services.store.reading.accounts.findByUsername(name)
    if (!account) throw new Error(`nobody is called ${name}`)
    return { name, id: account.id, email: account.email, password: '', token: '', sessionId: '' }
  }
})
