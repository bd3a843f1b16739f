import { strict as assert } from 'node:assert'
import { wordsOfScopes } from '@muster/contract/permissions.ts'
import { engines } from '@muster/testkit/database.ts'
import { freePort, type Human, type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, test, vi } from 'vitest'
import type { Source } from '../../../cli/src/completion/complete.ts'
import { candidatesFrom } from '../../../cli/src/completion/sources.ts'
import { Context } from '../../../cli/src/context.ts'
import { giveConsent } from '../../src/domain/credentials/consent.ts'
import { browserOf } from '../oauth/conversation.ts'
import { aJourney, type Journey } from './journey.ts'
import { approve, signIn } from './person.ts'
import { hasPseudoTerminal, shown, type Terminal } from './terminal.ts'

describe.each(engines)('exit codes and prompts, on %s', (engine) => {
  let journey: Journey
  let muster: Muster

  beforeAll(async () => {
    journey = await aJourney(engine)
    muster = journey.muster
  })
  afterAll(() => journey?.close())

  const at = async (human: Human): Promise<Terminal> => (await journey.terminal()).holds(human)

  test.concurrent('a wrong command line exits with 2 and says what is right', async () => {
    const cli = await at(await muster.person('wendy'))
    const cases: [words: string, says: RegExp][] = [
      ['orgg', /Did you mean org\?/],
      ['org joyn', /Did you mean join\?/],
      ['org join acme', /secret/],
      ['login --get-refresh-token --with-refresh-token x', /cannot be used together/],
      ['register', /Pass -u NAME\./],
      ['org rename wendy wendy_two', /Pass --yes/],
      ['org leave', /Pass --yes/],
      ['org security --not-ready --keys scoped', /--keys cannot be used together/],
      ['org security --require any --keys any --json', /--keys cannot be used together/],
      ['org security --remembered-browsers no --keys any', /--keys cannot be used together/],
      ['org join acme muster_os_x', /Pass --yes/],
      ['org remove somebody', /Pass --yes/],
    ]
    for (const [words, says] of cases) {
      const { code, stdout, text } = await cli.run(words)
      assert.equal(code, 2, `${words}: ${text}`)
      assert.match(text, says)
      assert.equal(stdout, '')
    }
  })

  test.concurrent('a role that does not exist is refused with those that do (P6)', async () => {
    const cli = await at(await muster.person('xenia'))
    for (const words of ['org invite --role owner', 'user invite new@example.com --role owner']) {
      const { code, text } = await cli.run(words)
      assert.equal(code, 1, words)
      assert.match(text, /These exist: admin, member, viewer\./)
    }
  })

  test.concurrent('a person reads their sign-ins and the failed attempts (F24)', async () => {
    const wilma = await muster.person('wilma')
    const cli = await at(wilma)
    assert.match((await cli.run('security list')).stdout, /^Command line\tmuster-cli, \S+\t\S+\tcurrent\tses_\w+$/m)
    assert.equal((await cli.json('security list')).sign_ins[0].current, true)
    assert.match((await cli.run('security sign-ins')).stdout, /^Command line\t/)
    assert.match((await cli.run('security sign-ins --failed')).text, /No failed attempts\./)
    const body = new URLSearchParams({ identifier: wilma.email, password: 'not the password' })
    await fetch(`${muster.url}/sign-in`, { method: 'POST', headers: { origin: muster.url }, body })
    await vi.waitFor(async () => assert.match((await cli.run('security sign-ins --failed')).stdout, /^Wrong password\t127\.0\.0\.1\t\S+\tfailed\t$/m), 20_000)
  })

  test.concurrent('the operator changes a client and replaces its secret (P14)', async () => {
    const cli = await journey.terminal()
    const operator = (words: string) => cli.run(`server client ${words}`, { env: { MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN } })
    const created = (await operator('create tills --redirect-uri https://tills.example/a --post-logout-redirect-uri https://tills.example/bye')).stdout
    const [, id = ''] = /^Id\t(\S+)$/m.exec(created) ?? []
    const changed = await operator(`update ${id} --redirect-uri https://tills.example/a https://tills.example/b --no-post-logout-redirect-uri --no-pkce`)
    assert.match(changed.stdout, /^Redirect URIs\thttps:\/\/tills\.example\/a https:\/\/tills\.example\/b$/m)
    assert.match(changed.stdout, /^PKCE\tnot required/m)
    assert.doesNotMatch(changed.stdout, /Post-logout/)
    assert.doesNotMatch((await operator(`update ${id} --pkce --scope openid`)).stdout, /PKCE|profile/)
    assert.equal((await operator(`update ${id}`)).code, 2)

    const rotated = await operator(`secret rotate ${id}`)
    assert.match(rotated.stdout, /^muster_cs_\w+\n$/)
    const [, first = ''] = /muster server client secret revoke \S+ (csc_\w+)/.exec(rotated.text.replaceAll(/\s+/g, ' ')) ?? []
    assert.match((await operator(`secret rotate ${id}`)).text, /at most two secrets[\s\S]*muster server client secret list/)
    assert.match((await operator(`secret list ${id}`)).stdout, new RegExp(`^${first}\t\t\\S+\\ncsc_\\w+\t\t\\S+\\n$`))
    assert.equal((await operator(`secret revoke ${id} ${first}`)).code, 2) // It would ask.
    assert.match((await operator(`secret revoke ${id} ${first} --yes`)).text, /is revoked/)
    assert.match((await operator(`secret revoke ${id} ${first} --yes`)).text, /no such secret/)
  })

  test.concurrent('a person lists the applications that have access, and revokes one (P16)', async () => {
    const hana = await muster.person('hana')
    const cli = await at(hana)
    const operator = (words: string) => cli.run(`server client ${words}`, { env: { MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN } })
    assert.match((await operator('create beats --third-party --no-pkce --redirect-uri https://beats.example/a')).text, /must use PKCE/)
    const created = (await operator('create beats --third-party --redirect-uri https://beats.example/a --scope openid email')).stdout
    assert.match(created, /^Kind\tconfidential, third-party$/m)
    const [, id = ''] = /^Id\t(\S+)$/m.exec(created) ?? []
    assert.match((await cli.run('application list')).text, /No application has access to your account\./)
    const { principal } = await browserOf(muster, hana)
    await muster.server.services.execute(giveConsent, principal, { clientId: id, asked: ['openid', 'email'], declined: ['email'] })
    for (const words of ['application list', 'application list --all'])
      assert.match((await cli.run(words)).stdout, new RegExp(`^${id}\tbeats\t(hana\t)?${wordsOfScopes['openid']}\t`, 'm'))
    assert.equal((await cli.json('application list')).items[0].client_id, id)
    assert.equal((await cli.run(`application revoke ${id}`)).code, 2) // It would ask.
    assert.match((await cli.run(`application revoke ${id} --yes`)).text, /Access revoked\. 0 sessions ended\./)
    assert.match((await cli.run(`application revoke ${id} --yes`)).text, /no access to your account[\s\S]*muster application list/)
  })

  test.concurrent('admins reset the factors of a member, and the member sees it (F12)', async () => {
    const { fern, fritz, flo } = (await muster.organization({ fern: 'admin', fritz: 'admin', flo: 'member' })) as Record<'fern' | 'fritz' | 'flo', Human>
    const [one, other, member] = [await at(fern), await at(fritz), await at(flo)]
    assert.match((await one.run('user reset-factors flo')).text, /Pass --yes/)
    const asked = await one.run('user reset-factors flo --yes')
    assert.deepEqual([asked.code, asked.stdout], [0, ''])
    assert.match(asked.text, /The factors of flo will be reset in 24 hours/)
    assert.match((await other.run('user show flo')).stdout, /Reset\tof their factors, requested by fern/)
    assert.match((await member.run('security list')).text, /fern asked to reset how you sign in/)
    assert.match((await one.run('user reset-factors flo --confirm --yes')).text, /Another admin must confirm this reset/)
    assert.match((await other.run('user reset-factors flo --cancel')).text, /The reset of flo was stopped/)
    await one.run('user reset-factors flo --yes')
    assert.match((await other.run('user reset-factors flo --confirm --yes')).text, /The factors of flo were reset/)
    assert.equal((await member.run('profile')).code, 4) // it needs a login
  })

  test.concurrent('an admin ends keys that were created before the policy (F13)', async () => {
    const { gale, gus } = (await muster.organization({ gale: 'admin', gus: 'member' })) as Record<'gale' | 'gus', Human>
    const cli = await at(gale)
    assert.match((await cli.run('org credentials list')).text, /No key and no refresh token/)
    for (const description of ['deploys', 'backups', 'reports'])
      assert.equal((await muster.call('POST', '/v1/me/keys', { token: gus.token, body: { description, scope: 'all' } })).status, 201)
    await sql`update organization set factor_policy = 'any', factor_policy_from = now() + interval '9 days' where name = 'gale'`.execute(
      muster.server.database.kysely,
    )
    const list = await cli.run('org credentials list')
    const [id] = /^key_\w+/.exec(list.stdout) ?? []
    assert.match(list.stdout, /^key_\w+\tkey\treports\tgus\t/)
    assert.equal((await cli.run('org credentials revoke')).code, 2)
    assert.match((await cli.run(`org credentials revoke ${id}`)).text, /Pass --yes/)
    assert.match((await cli.run(`org credentials revoke ${id} --yes`)).text, /1 credential revoked/)
    const again = await cli.run(`org credentials revoke ${id} --yes`)
    assert.deepEqual([again.code, /No such key or refresh token was created without[\s\S]*muster org credentials list/.test(again.text)], [1, true])
    assert.match((await cli.run('org credentials revoke --all --yes --json')).stdout, /"ended": ?2/)
  })

  test.concurrent('a key gets a scope and an expiry by options, and shows both (P12)', async () => {
    const cli = await at(await muster.person('hazel'))
    assert.match((await cli.run('key create "no scope"')).text, /The scope of the key is required[\s\S]*Pass --scope PERMISSION, or --scope all/)
    assert.match((await cli.run('key create x --scope all --expires 5y')).text, /is not a time/)
    assert.match((await cli.run('key create x --scope resources:paint')).text, /There is no permission resources:paint. These exist: /)
    const made = await cli.run('key create inventory --scope resources:read members:read --expires 30d')
    assert.equal(made.code, 0, made.text)
    assert.match(made.text.replace(/\s+/g, ' '), /It may do only members:read, resources:read, and expires in 30 days \(/)
    const every = await cli.run('key create laptop --scope all --expires never')
    assert.match(every.text.replace(/\s+/g, ' '), /It may do everything that you may do, and does not expire/)
    const list = (await cli.run('key list')).stdout.split('\n')
    assert.match(list[0] ?? '', /^key_\w+\tlaptop\t20\S+\thazel\t\t\tall\t\t/)
    assert.match(list[1] ?? '', /^key_\w+\tinventory\t20\S+\thazel\t\t\tmembers:read resources:read\t20\d\d-/)
    const env = { MUSTER_TOKEN: made.stdout.trim() }
    assert.match((await cli.run('profile', { env })).stdout, /Scope\tmembers:read resources:read\nExpires\t20/)
    assert.match((await cli.run('resource add application/shop', { env })).text, /The scope of this key lacks resources:register\. hazel can create a key/)
  })

  test.concurrent('an admin allows only keys with a scope (F15)', async () => {
    const cli = await at(await muster.person('heath'))
    await cli.run('key create "old script" --scope all')
    assert.match((await cli.run('org security --keys scoped')).text, /Pass --yes/)
    assert.match((await cli.run('org security --keys scoped --yes')).text, /Only keys with a scope are allowed\. Revoked: 1 key\./)
    assert.match((await cli.run('org security')).stdout, /Keys without a scope\tnot allowed/)
    assert.match((await cli.run('key create another --scope all')).text, /allows only keys with a scope[\s\S]*--scope PERMISSION/)
    assert.match((await cli.run('org security --keys any')).text, /can be created again/)
  })

  test.concurrent('a command exits with 0 when it succeeds and with 1 when it is refused or fails', async () => {
    const cli = await at(await muster.person('oskar'))
    for (const words of ['', '--version', '--help', 'org --help', 'profile', 'org list', 'org show', 'session list', 'token list', 'profile --company Acme'])
      assert.equal((await cli.run(words)).code, 0, words)
    assert.match((await cli.run('profile')).stdout, /Company\tAcme/)
    const refused = await cli.run('org join nowhere muster_os_nothing --yes --json')
    assert.equal(refused.code, 1)
    assert.equal(refused.stdout, '')
    const problem = JSON.parse(refused.stderr.trim().split('\n').at(-1) ?? '')
    assert.deepEqual([problem.code, problem.status, typeof problem.request_id], ['invitation_not_found', 404, 'string'])
    const unreachable = await cli.run(`login --no-browser --url http://localhost:${await freePort()}`)
    assert.equal(unreachable.code, 1)
    assert.match(unreachable.text, /Cannot reach Muster at .*\n.*Check that the server is running and that the address is right \(--url or MUSTER_URL\)\./)
  })

  test.concurrent('a command without a terminal exits with 4 when it needs a login', async () => {
    const [nobody, unregistered] = [await journey.terminal(), await at(await muster.newcomer('nina'))]
    for (const words of ['profile', 'org list', 'org invite', 'org show', 'session list', 'token list', 'org leave --yes']) {
      const { code, text } = await nobody.run(words)
      assert.equal(code, 4, `${words}: ${text}`)
      assert.match(text, /You are not logged in[\s\S]*Run: muster login/)
      assert.doesNotMatch(text, /Open this page/)
      assert.equal((await unregistered.run(words)).code, 4)
    }
    const { code, stderr } = await nobody.run('profile --json')
    assert.deepEqual([code, JSON.parse(stderr).code], [4, 'login_required'])
  })

  test.concurrent('the tab key completes the users, organizations and resources of the login', async () => {
    const { tabea = null } = await muster.organization({ tabea: 'admin', tarik: 'member' })
    if (!tabea) throw new Error('tabea is not there')
    const [cli, nobody] = [await at(tabea), await journey.terminal()]
    assert.equal((await cli.run('resource add database/orders')).code, 0)
    // In this process: at a tab the command gives up after three seconds, which a busy machine exceeds.
    const settings = { json: true, url: muster.url, global: false, tokenFile: undefined, input: false, quiet: true, debug: false }
    const context = new Context(settings, new AbortController().signal, { MUSTER_TOKEN: tabea.token })
    const words = async (source: Source, typed = '') => (await candidatesFrom(context, source, typed)).map(({ word }) => word).sort()
    assert.deepEqual(await words('users', 'ta'), ['tabea', 'tarik'])
    assert.deepEqual(await words('owners', 'tar'), ['tarik'])
    assert.deepEqual(await words('deactivated users'), [])
    assert.deepEqual(await words('organizations'), ['tabea'])
    assert.deepEqual(await words('resources'), ['database/orders'])
    assert.deepEqual(await nobody.run('complete -- user show ""'), { code: 0, stdout: '', stderr: '', text: '' })
  })

  test.concurrent('a login exits with 130 and stores nothing when it is interrupted', async () => {
    const cli = await journey.terminal()
    const login = cli.start('login --no-browser', { inProcess: false })
    await shown(login)
    await login.until(/Waiting for approval/)
    login.interrupt()
    const { code, text } = await login.ended
    assert.equal(code, 130)
    assert.match(text, /Interrupted\./)
    assert.equal(await cli.credentials(), null)
  })

  describe.runIf(hasPseudoTerminal)('at a terminal', () => {
    test.concurrent('any command logs in first and offers to register (S51)', async () => {
      await muster.person('thea')
      const [cli, person, page] = [await journey.terminal(), await muster.newcomer('toni'), await journey.tab()]
      const profile = cli.start('profile', { asks: true, env: { BROWSER: 'none' } })
      await profile.until(/You are not logged in yet\./)
      const { url, code } = await shown(profile)
      await page.goto(url)
      await signIn(page, person.email)
      await approve(page, code)
      await profile.until(/Register now\?/)
      profile.type('y')
      await profile.until(/Username/)
      profile.type('thea\r')
      await profile.until(/This name is taken\./)
      await profile.until(/taken[\s\S]*Username/)
      profile.type('toni\r')
      const ended = await profile.ended
      assert.equal(ended.code, 0, ended.text)
      assert.match(ended.text, /Registered and logged in as toni\.[\s\S]*Organization +toni/)
      assert.equal((await cli.run('profile')).code, 0)
    })

    test.concurrent("a command that can't be undone asks first, and Enter means no", async () => {
      const { quentin = null, rolf = null } = await muster.organization({ quentin: 'admin', rolf: 'member' })
      if (!quentin || !rolf) throw new Error('they are not there')
      const cli = await at(quentin)
      const asked = async (words: string, question: RegExp, answer: string) => {
        const running = cli.start(words, { asks: true })
        await running.until(question)
        running.type(answer)
        return running.ended
      }
      const kept = await asked('org rename quentin quentin_labs', /quentin-labs[\s\S]*Rename quentin to quentin_labs\?/, '\r')
      assert.equal(kept.code, 1)
      assert.match(kept.text, /Nothing was changed\./)
      assert.equal((await asked('org rename quentin quentin_labs', /Rename quentin to/, 'y')).code, 0)
      assert.equal((await asked('org remove rolf', /Remove rolf\b[^?]*\?/, '\u0003')).code, 130)
      assert.match((await cli.run('org list')).stdout, /rolf/)
      const removed = await asked('org remove rolf', /Remove rolf\b[^?]*\?/, 'y')
      assert.match(removed.text, /rolf is no longer a member\./)
    })

    test.concurrent('a table has a header and columns at a terminal', async () => {
      const cli = await at(await muster.person('petra'))
      const table = await cli.run('org list', { asks: true })
      assert.match(table.text, /USERNAME +NAME +EMAIL +ROLE +STATUS +JOINED\s+petra +petra Test +petra@example\.com +admin +active/)
    })
  })
})
