import { strict as assert } from 'node:assert'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Role } from '@muster/contract/permissions.ts'
import { type Human, type Muster, OPERATOR_TOKEN, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { deviceLogin, SCOPE } from '../oauth/conversation.ts'
import { aResourceServer, aStream } from '../signals/receiving.ts'
import { aTerminal, hasPseudoTerminal, type RunOptions, type Terminal } from './terminal.ts'

const NEW_PASSWORD = 'seven quiet lanterns drift'

// The whole life of a member at the command line: invited, active, deactivated, moved, removed, and their resources. These tests run on the embedded
// engine alone, because the rules behind the answers are tested on both engines elsewhere.

describe('the life of a member at the command line', () => {
  let muster: Muster
  const opened: Terminal[] = []

  beforeAll(async () => {
    muster = await startMuster({ engine: 'pglite' })
  })
  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()))
    await muster?.close()
  })

  const terminal = async (human?: Human): Promise<Terminal> => {
    const made = await aTerminal(muster)
    opened.push(made)
    return human ? made.holds(human) : made
  }
  /** Members of one organization, each at their own terminal. The first one gives the organization its name. */
  const together = async <Name extends string>(people: Record<Name, Role>): Promise<Record<Name, Terminal> & { human: Record<Name, Human> }> => {
    const human = (await muster.organization(people)) as Record<Name, Human>
    const terminals = await Promise.all(Object.values<Human>(human).map(async (one) => [one.name, await terminal(one)] as const))
    return { ...(Object.fromEntries(terminals) as Record<Name, Terminal>), human }
  }
  const linkIn = (mail: { text: string }): string => /https?:\/\/\S+\/join\S+/.exec(mail.text)?.[0] ?? 'no link'
  const operator: RunOptions = { env: { MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN } }

  test.concurrent('user invite reports a result for each address (S9, S10, S22)', async () => {
    const { alder } = await together({ alder: 'admin', alder_bob: 'member' })
    const one = await alder.run('user invite ada.alder@example.com')
    assert.equal(one.code, 0, one.text)
    assert.match(one.stdout, /^inv_\w+\n$/)
    assert.match(one.stderr, /ada\.alder@example\.com has been invited by email as a member\. The invitation expires in 7 days/)

    const again = await alder.run('user invite ada.alder@example.com --role admin')
    assert.equal(again.code, 0, again.text)
    assert.equal(again.stdout, one.stdout)
    assert.match(again.stderr, /already has an invitation as a member, which stays as it is\. To invite them with the role admin/)
    assert.ok(again.stderr.includes(`muster invitation revoke ${one.stdout.trim()}`))

    const many = await alder.run('user invite -', { input: 'eve.alder@example.com, nonsense\nalder_bob@example.com\nada.alder@example.com\n' })
    assert.equal(many.code, 1)
    assert.deepEqual(
      many.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t').slice(0, 2).join(' ')),
      ['eve.alder@example.com invited', 'nonsense not invited', 'alder_bob@example.com not invited', 'ada.alder@example.com already invited'],
    )
    assert.match(many.stdout, /Already a member/)
    assert.match(many.stderr, /1 person invited, 1 already invited, 2 not invited\.[\s\S]*2 of 4 were not invited/)

    const alone = await alder.run('user invite alder_bob@example.com')
    assert.equal(alone.code, 1)
    assert.match(alone.stderr, /✗ alder_bob@example\.com was not invited\.\n {2}.*[Aa]lready a member/)
    const json = await alder.run('user invite nonsense fay.alder@example.com --json')
    assert.equal(json.code, 1)
    assert.deepEqual(
      JSON.parse(json.stdout).results.map(({ status }: { status: string }) => status),
      ['refused', 'created'],
    )
    assert.equal((await alder.run('user invite - someone@example.com')).code, 2)
  })

  test.concurrent('an admin lists, copies, resends and revokes an invitation (S9, S15, S18)', async () => {
    const { birch, birch_bob: bob } = await together({ birch: 'admin', birch_bob: 'member' })
    const id = (await birch.run('user invite ada.birch@example.com')).stdout.trim()
    const list = await birch.run('invitation list birch@example --state open')
    assert.match(list.stdout, new RegExp(`^${id}\temail\tada\\.birch@example\\.com\tmember\topen\t\\S+Z\t\\S+Z\tbirch\t`))
    const link = (await birch.run(`invitation link ${id}`)).stdout.trim()
    assert.ok(link.startsWith(`${muster.url}/join`), link)
    const nobody = await terminal()
    const shown = await nobody.run(`invitation show ${link}`)
    assert.match(shown.stdout, /Organization\tbirch\nRole\tmember\n/)
    assert.ok(!shown.stdout.includes('ada.birch@')) // The address is masked.

    const resend = await birch.run(`invitation resend ${id}`)
    assert.match(resend.stderr, /A new email is on its way to ada\.birch@example\.com/)
    assert.match((await nobody.run(`invitation show ${link}`)).text, /There is no such invitation/)
    const next = (await birch.run(`invitation link ${id}`)).stdout.trim()
    assert.notEqual(next, link)
    assert.match((await birch.run('invitation resend Ada.Birch@example.com')).stderr, /A new email is on its way to ada\.birch@example\.com/) // The address works as well as the id.
    const last = (await birch.run('invitation link ada.birch@example.com')).stdout.trim()
    assert.match((await nobody.run(`invitation show ${next}`)).text, /There is no such invitation[\s\S]*Ask for a new one/)
    assert.match((await birch.run('invitation resend inv_mistyped')).text, /There is no such invitation[\s\S]*muster invitation list/)
    assert.match(
      (await birch.run('invitation resend nobody@example.com')).text,
      /There is no open invitation to nobody@example\.com\.[\s\S]*muster invitation list/,
    )
    assert.match((await birch.run(`invitation revoke ${id} --yes`)).text, /has been revoked/)
    assert.match((await nobody.run('invitation show -', { input: last })).text, /The invitation was revoked/)
    assert.match((await bob.run('user invite x@example.com')).text, /You do not have permission for this/)
    assert.match((await birch.json('audit list --action invitation.link_copied')).items[0].target.id, new RegExp(id))
  })

  test.concurrent('a person moves by an email invitation once nothing blocks it (S13, S23 to S25)', async () => {
    const { cedar } = await together({ cedar: 'admin' })
    const ada = await muster.person('cedar_ada')
    const cli = await terminal(ada)
    await cli.run('resource add application/web')
    await cedar.run('user invite cedar_ada@example.com --role admin')
    const link = linkIn(await muster.mail.next('cedar_ada@example.com'))

    const plan = await cli.run(`move plan ${link}`)
    assert.equal(plan.code, 0, plan.text)
    assert.match(plan.stdout, /^cedar_ada \(admin\) {2}→ {2}cedar \(admin\)\n/)
    const command = / → {2}muster (resource \S+ application\/web.*)/.exec(plan.stdout)?.[1] ?? ''
    assert.notEqual(command, '', plan.stdout)
    const blocked = await cli.run(`invitation accept ${link} --yes`)
    assert.equal(blocked.code, 1)
    assert.match(blocked.text, /You cannot leave your organization yet\.[\s\S]*application\/?\s?web[\s\S]*→ {2}muster resource/)

    assert.equal((await cli.run(`${command} --yes`)).code, 0)
    const clear = await cli.json(`move plan ${link}`)
    assert.deepEqual([clear.possible, clear.blockers, clear.to.name], [true, [], 'cedar'])
    assert.equal((await cli.run(`invitation accept ${link}`)).code, 2) // It would ask, but nobody is at the terminal.
    const moved = await cli.run(`invitation accept ${link} --yes`)
    assert.equal(moved.code, 0, moved.text)
    assert.match(moved.text, /You joined cedar as an admin\.\nYou left cedar_ada\./)
    assert.match((await cli.run('profile')).stdout, /Organization\tcedar\nRole\tadmin/)
    assert.match((await cedar.run('invitation list')).stdout, /\taccepted\t.*\tcedar_ada$/m)
    assert.equal((await cli.run(`invitation accept ${link} --yes`)).code, 0) // Accepting again gives the same answer (S14).
  })

  test.concurrent('an email invitation is valid for its address only and can be declined (S8, S20)', async () => {
    const { elder } = await together({ elder: 'admin' })
    const [eve, ada] = [await terminal(await muster.person('elder_eve')), await terminal(await muster.person('elder_ada'))]
    await elder.run('user invite elder_ada@example.com')
    const link = linkIn(await muster.mail.next('elder_ada@example.com'))
    const wrong = await eve.run(`invitation accept ${link} --yes`)
    assert.equal(wrong.code, 1)
    assert.match(wrong.text, /for another email address/)
    assert.match((await ada.run('invitation decline - --yes', { input: link })).text, /You declined the invitation to elder\./)
    assert.equal((await ada.run(`invitation decline ${link} --yes`)).code, 0) // Declining again changes nothing.
    assert.match((await ada.run(`invitation accept ${link} --yes`)).text, /The invitation was declined/)
    assert.match((await elder.run('invitation list')).stdout, /\tdeclined\t/)
  })

  test.concurrent('a newcomer accepts an invite link and registers in one step (S5, S55)', async () => {
    const { hazel } = await together({ hazel: 'admin' })
    const invite = await hazel.run('org invite --link --role member')
    assert.match(invite.stderr, /This link lets one person join hazel as a member:/)
    const link = invite.stdout.trim()
    assert.match((await hazel.run('org secrets')).stdout, /\tlink\tmember\topen\t/)
    const cli = await terminal(await muster.newcomer('hazel_new'))
    const accepted = await cli.run(`invitation accept ${link} -u hazel_new --yes`)
    assert.equal(accepted.code, 0, accepted.text)
    assert.match(accepted.text, /You joined hazel as a member\./)
  })

  test.concurrent('a deactivated member is refused everywhere and told who to ask (S1, S33, S35)', async () => {
    const { fir, fir_bob: bob, human } = await together({ fir: 'admin', fir_bob: 'member' })
    const key = (await bob.run('key create "my scripts" --scope all')).stdout.trim()
    assert.match(key, /^muster_uk_\w+$/)
    await bob.run('resource add database/orders')
    await fir.run('org contacts --technical help@fir.example.com')
    assert.equal((await fir.run('user deactivate fir_bob')).code, 2) // It would ask, but nobody is at the terminal.
    assert.match((await fir.run('user names fir_bob --given-name Robert')).text, /fir_bob is now called Robert Test\./)
    const done = await fir.run('user deactivate fir_bob --reason "laptop lost" --yes')
    assert.equal(done.code, 0, done.text)
    assert.match(done.text, /fir_bob has been deactivated and can no longer log in\.\nRevoked: \d sessions?, 1 key, 0 open invitations\./)
    assert.match(done.text, /muster user reactivate fir_bob/)

    const byKey = await (await terminal()).run('profile', { env: { MUSTER_TOKEN: key } })
    for (const refused of [await bob.run('profile'), byKey]) {
      assert.equal(refused.code, 1, refused.text)
      assert.match(refused.text, /This account is deactivated\.\n.*deactivated in fir on[\s\S]*help@fir\.example\.com/)
    }
    const elsewhere = `${muster.url}/join?token=muster_ei_x`
    assert.match(
      (await bob.run(`invitation accept ${elsewhere} --yes`)).text,
      /You can still answer an invitation from another organization: open the link in a browser/,
    ) // S26
    assert.match((await fir.run('user show fir_bob')).stdout, /Status\tdeactivated\n[\s\S]*By\tfir\nReason\tlaptop lost/)
    assert.match((await fir.run('user list --status deactivated')).stdout, /^fir_bob\t/)
    assert.match((await fir.run('resource list --owner fir_bob')).stdout, /^database\/orders\tfir_bob\t/)
    assert.match((await fir.run('user deactivate fir --yes')).text, /You can't do this to yourself/)
    const invite = await fir.run('user invite fir_bob@example.com')
    assert.match(invite.text, /This member is deactivated\.\s+To reactivate the member instead: muster user reactivate/) // S11

    assert.match((await fir.run('user reactivate fir_bob')).text, /fir_bob has been reactivated as a member\. They have to log in again/)
    assert.equal((await bob.run('profile')).code, 4)
    assert.equal((await (await terminal()).run('profile', { env: { MUSTER_TOKEN: key } })).code, 4)
    const anew = await terminal(await muster.login(human.fir_bob))
    assert.match((await anew.run('profile')).stdout, /Organization\tfir/)
  })

  test.concurrent('removing a member transfers their resources and lists keys to roll (S28, S37)', async () => {
    const { gorse, gorse_bob: bob } = await together({ gorse: 'admin', gorse_bob: 'admin' })
    await bob.run('resource add application/shop')
    await bob.run('service-account create deployer --description "deploys from main"')
    const key = (await bob.run('service-account key create deployer "GitHub Actions" --scope all')).stdout.trim()
    assert.match(key, /^muster_sk_\w+$/)
    const removed = await gorse.run('user remove gorse_bob --yes')
    assert.equal(removed.code, 0, removed.text)
    assert.match(removed.text, /gorse_bob is no longer a member\.\nRevoked: /)
    assert.match(removed.text, /application\/shop {2}→ {2}muster resource transfer application\/shop USER/)
    const roll = /→ {2}muster (service-account key revoke key_\w+)/.exec(removed.text)?.[1] ?? ''
    assert.match(removed.text, /muster service-account key create deployer "GitHub Actions"/)
    assert.match((await gorse.run('key list --all')).stdout, /deployer\tservice_account\tGitHub Actions\t\S+Z\tgorse_bob\t.*replace it/)

    const machine = await terminal()
    const asMachine: RunOptions = { env: { MUSTER_TOKEN: key } }
    assert.equal((await machine.run('user list', asMachine)).code, 0) // The service account's key still works.
    const next = (await gorse.run('service-account key create deployer "GitHub Actions" --scope all')).stdout.trim()
    assert.equal((await gorse.run(`${roll} --yes`)).code, 0)
    assert.equal((await machine.run('user list', asMachine)).code, 4)
    assert.equal((await machine.run('user list', { env: { MUSTER_TOKEN: next } })).code, 0)
  })

  test.concurrent('resources are added, transferred, shown and removed by KIND/NAME (S6, S40)', async () => {
    const { holly, holly_bob: bob } = await together({ holly: 'admin', holly_bob: 'member' })
    const add = await bob.run('resource add application/shop')
    assert.match(add.stderr, /application\/shop is registered in holly and owned by holly_bob\.\nAddress: https:\/\/holly-shop\./)
    assert.equal((await bob.run('resource add database/orders --owner holly')).code, 0)
    assert.match((await holly.run('resource list --kind database')).stdout, /^database\/orders\tholly\t/)
    assert.match((await bob.run('resource transfer application/shop holly')).text, /application\/shop is owned by holly\./)
    assert.match((await holly.run('resource show application/shop')).stdout, /Owner\tholly\tuser\n/)
    assert.match((await bob.run('resource transfer application/shop nobody_here')).text, /no such member/i)
    assert.equal((await bob.run('resource show shop')).code, 2)
    assert.equal((await bob.run('resource remove database/orders')).code, 2)
    assert.match((await bob.run('resource remove database/orders --yes')).text, /database\/orders has been removed\./)
    assert.equal((await holly.json('resource list')).items.length, 1)
  })

  test.concurrent("resource transfer --all transfers and lists the caller's resources", async () => {
    const { linden_bob: bob } = await together({ linden: 'admin', linden_bob: 'member' })
    for (const resource of ['application/shop', 'application/blog', 'database/orders']) await bob.run(`resource add ${resource}`)
    const plan = await bob.run('move plan')
    assert.match(plan.stdout, /To transfer all 3 resources at once:\n {2}muster resource transfer --all --to linden\n/)
    const transferred = await bob.run('resource transfer --all --to linden')
    assert.deepEqual([transferred.code, transferred.stdout], [0, ''])
    assert.match(transferred.text, /3 resources transferred from linden_bob to linden:\n {2}application\/blog\n {2}application\/shop\n {2}database\/orders\n/)
    assert.match((await bob.run('resource transfer --all --to linden')).text, /Nothing to transfer: you own no resources\./)
    assert.match((await bob.run('move plan')).text, /Nothing blocks the move\./)
    const back = await bob.json('resource transfer --all --from linden --to linden_bob')
    assert.deepEqual([back.from.name, back.to.name, back.transferred.length], ['linden', 'linden_bob', 3])
  })

  test.concurrent('resource transfer says what is missing when it is called without an owner', async () => {
    const { aspen } = await together({ aspen: 'admin' })
    for (const [line, text] of [
      ['resource transfer --all', /Name the new owner\.[\s\S]*muster resource transfer --all --to bob/],
      ['resource transfer application/shop', /Name the new owner\.[\s\S]*muster resource transfer application\/shop bob/],
      ['resource transfer', /Name a resource, or use --all\./],
      ['resource transfer application/shop --to bob', /--to needs --all\./],
      ['resource transfer application/shop --all --to bob', /--all takes no resource\./],
    ] as const) {
      const answer = await aspen.run(line)
      assert.deepEqual([line, answer.code], [line, 2])
      assert.match(answer.text, text)
    }
  })

  test.concurrent('a key from a file or the environment takes precedence over the login (S59)', async () => {
    const { iris, iris_bob: bob } = await together({ iris: 'admin', iris_bob: 'member' })
    await iris.run('service-account create builder')
    const machine = (await iris.run('service-account key create builder nightly --scope all')).stdout.trim()
    const mine = (await bob.run('key create "two words" --scope all')).stdout.trim()
    const asMachine: RunOptions = { env: { MUSTER_TOKEN: machine } }
    const profile = await bob.run('profile', asMachine)
    assert.match(profile.stdout, /^Service account\tbuilder\nOrganization\tiris\nRole\tmember\n[\s\S]*Key\tnightly/)
    await writeFile(join(bob.folder, 'key.txt'), `${mine}\n`)
    assert.match((await bob.run('profile --token-file key.txt', asMachine)).stdout, /^Username\tiris_bob\n[\s\S]*Key\ttwo words/)
    assert.match((await bob.run('profile --token-file -', { ...asMachine, input: mine })).stdout, /^Username\tiris_bob/)
    assert.equal((await bob.run('profile --token-file nowhere', asMachine)).code, 2)
    assert.match((await bob.run('profile')).stdout, /^Username\tiris_bob\n[\s\S]*Login expires/)

    const nobody = await terminal()
    assert.equal((await nobody.run('resource add application/nightly', asMachine)).code, 0)
    assert.equal(await nobody.credentials(), null) // A key is never stored.
    for (const words of ['key create more --scope all', 'org leave --yes', 'session list', 'profile --company x']) {
      const refused = await nobody.run(words, asMachine)
      assert.equal(refused.code, 1, `${words}: ${refused.text}`)
      assert.match(refused.text, /This requires your own login[\s\S]*without MUSTER_TOKEN/, words)
    }
    assert.match((await nobody.run('user invite x@example.com', asMachine)).text, /You do not have permission for this/)

    const id = (await bob.json('key list')).items[0].id
    assert.match((await bob.run(`key rename ${id} "three words now"`)).text, /is now called "three words now"/)
    assert.match((await iris.run(`key revoke ${id} --yes`)).text, /has been revoked/) // An admin can revoke any key.
    assert.match((await bob.run('profile --token-file key.txt')).text, /The key in key\.txt was not accepted/)
    assert.match((await iris.run('service-account remove builder --yes')).text, /Revoked: 1 key\.\nYou now own: application\/nightly/)
    assert.equal((await nobody.run('profile', asMachine)).code, 4)
  })

  test.concurrent('an admin lists, filters and exports the audit log (S57)', async () => {
    const { juniper, juniper_bob: bob } = await together({ juniper: 'admin', juniper_bob: 'member' })
    await juniper.run('user role juniper_bob admin')
    const list = await juniper.run('audit list --action membership.role_changed --target juniper_bob')
    assert.match(list.stdout, /^\S+Z\tjuniper\tmembership\.role_changed\tdone\tjuniper_bob\t\{.*"role":"admin".*\}\tvia Muster CLI\n$/)
    assert.equal((await juniper.json('audit list --from 2h --actor juniper --action membership')).items.length, 2)
    const file = await juniper.run('audit export -o audit.jsonl')
    assert.match(file.stderr, /✓ \d+ events in audit\.jsonl/)
    const lines = (await readFile(join(juniper.folder, 'audit.jsonl'), 'utf8')).trimEnd().split('\n')
    assert.equal(Number(/(\d+) events/.exec(file.stderr)?.[1]), lines.length)
    assert.equal(JSON.parse(lines[0] ?? '').action, 'organization.created')
    assert.equal(await juniper.mode('audit.jsonl'), '600')
    await assert.rejects(stat(join(juniper.folder, 'audit.jsonl.part')))
    const csv = await juniper.run('audit export --format csv --action membership')
    assert.match(csv.stdout, /^id,at,action,/)
    assert.equal(csv.stderr, '')
    const told = JSON.parse((await juniper.run('audit export --format csv -o audit.csv --json')).stdout)
    assert.deepEqual([told.file, told.events, told.format], ['audit.csv', lines.length, 'csv'])
    assert.equal((await juniper.run('audit list --from yesterday')).code, 2)
    assert.match((await juniper.run('audit export -o nowhere/audit.csv')).text, /nowhere\/audit\.csv cannot be written/)
    await juniper.run('user role juniper_bob member --yes')
    const refused = await bob.run('audit export')
    assert.deepEqual([refused.code, refused.stdout], [1, ''])
    assert.match(refused.text, /You do not have permission for this/)
  })

  test.concurrent('the operator sets plans, suspends, resumes and promotes (S7, S29, S58)', async () => {
    const { kelp, kelp_bob: bob } = await together({ kelp: 'admin', kelp_bob: 'member' })
    const cli = await terminal()
    assert.match((await cli.run('server organization kelp', operator)).stdout, /Plan\tpro\n[\s\S]*Admins\tkelp\n/)
    const small = await cli.run('server plan kelp free', operator)
    assert.match(small.text, /kelp is now on the free plan: 1 seat\.[\s\S]*No one loses access/)
    assert.match((await kelp.run('user invite x@example.com')).text, /plan/)
    assert.equal((await cli.run('server plan kelp', operator)).stdout, 'free\n')
    assert.match((await cli.run('server plan kelp gold', operator)).text, /There is no such plan[\s\S]*free, pro/)
    assert.equal((await cli.run('server suspend kelp', operator)).code, 2) // It would ask, but nobody is at the terminal.
    assert.match((await cli.run('server suspend kelp --reason unpaid --yes', operator)).text, /kelp has been suspended\./)
    assert.match((await bob.run('profile')).text, /The organization is suspended/)
    assert.match((await cli.run('server resume kelp', operator)).text, /kelp has been resumed\./)
    assert.equal((await bob.run('profile')).code, 0)
    assert.match((await cli.run('server promote kelp kelp_bob', operator)).text, /kelp_bob is an admin of kelp\./)
    assert.match((await bob.run('profile')).stdout, /Role\tadmin/)
    assert.equal((await cli.run('server resume kelp', { env: { MUSTER_OPERATOR_TOKEN: 'wrong' } })).code, 1)
  })

  test.concurrent('a member signed out everywhere is told whether an admin or the operator did it', async () => {
    const { teak, teak_bob: bob } = await together({ teak: 'admin', teak_bob: 'member' })
    assert.equal((await teak.run('user sign-out teak_bob')).code, 2) // It would ask, but nobody is at the terminal.
    const done = await teak.run('user sign-out teak_bob --yes')
    assert.match(done.text, /teak_bob has been signed out everywhere: \d sessions? ended\./)
    assert.match((await bob.run('profile')).text, /An admin of your organization signed you out everywhere/)
    assert.match((await teak.run('user sign-out teak_bob --yes')).text, /teak_bob was not signed in anywhere\. Nothing was changed\./)
    assert.match((await teak.run('user sign-out teak --yes')).text, /muster session end --others/)

    const cli = await terminal()
    assert.equal((await cli.run('server sign-out teak teak', operator)).code, 2)
    const json = JSON.parse((await cli.run('server sign-out teak teak --yes --json', operator)).stdout)
    assert.deepEqual([json.member.username, json.ended > 0], ['teak', true])
    assert.match((await teak.run('profile')).text, /The operator of this server signed you out everywhere/)
  })

  test.concurrent('the operator revives an empty organization with a secret for an admin (S23)', async () => {
    const { lime, human } = await together({ lime: 'admin', lime_bob: 'member' })
    const cli = await terminal()
    assert.match((await cli.run('server revive lime', operator)).text, /This organization has members[\s\S]*muster server promote/)
    assert.equal((await lime.run('user remove lime_bob --yes')).code, 0)
    assert.equal((await lime.run('org leave --yes')).code, 0)
    assert.match((await cli.run('server organization lime', operator)).text, /muster server revive lime/)
    const revived = await cli.run('server revive lime', operator)
    assert.match(revived.stdout, /^muster_\S+\n$/)
    const back = await terminal(await muster.login(human.lime_bob))
    assert.equal((await back.run(`org join lime ${revived.stdout.trim()} --yes`)).code, 0)
    assert.match((await back.run('profile')).stdout, /Organization\tlime\nRole\tadmin/)
  })

  test.concurrent('server keys rotate says when the new key signs and does nothing when repeated', async () => {
    const cli = await terminal()
    const rotated = await cli.run('server keys rotate', operator)
    assert.match(rotated.stdout, /\tES256\tsigning\t.*\n.*\tES256\tupcoming\t\S+Z\n$/)
    assert.match(rotated.stderr, /✓ The new key is published and signs tokens in \d+ minutes \(\S+ \S+ UTC\)\. Until then, the current key does\./)
    const again = await cli.run('server keys rotate', operator)
    assert.match(again.stderr, /! Nothing was changed: the next key is already published and signs tokens in \d+ minutes/)
    // A test beside this one creates a stream, and with it an RSA key.
    const keysIn = ({ stdout }: { stdout: string }) =>
      stdout
        .split('\n')
        .filter((line) => line.includes('\tES256\t'))
        .map((line) => line.split('\t')[0])
    assert.deepEqual(keysIn(again), keysIn(rotated))
    assert.deepEqual(keysIn(await cli.run('server keys list', operator)), keysIn(rotated))
  })

  test.concurrent('the operator lists and removes revocation streams', async () => {
    const cli = await terminal()
    const server = await aResourceServer(muster)
    const of = `--client ${server.clientId}`
    const none = await cli.run(`server stream list ${of}`, operator)
    assert.deepEqual([none.code, none.stdout], [0, ''])
    assert.match(none.stderr, /No streams\. A resource server creates one when it starts\./)
    const stream = await aStream(muster, server, { description: 'api-7 in Porto' })
    const listed = await cli.run(`server stream list ${of}`, operator)
    assert.match(listed.stdout, new RegExp(`^${stream.id}\t${server.clientId}\tpoll\tenabled\tapi-7 in Porto\t`))
    assert.equal(JSON.parse((await cli.run(`server stream list ${of} --json`, operator)).stdout).items[0].id, stream.id)
    assert.equal((await cli.run(`server stream remove ${stream.id}`, operator)).code, 2) // It would ask, but nobody is at the terminal.
    assert.match((await cli.run(`server stream remove ${stream.id} --yes`, operator)).text, /has been removed\./)
    assert.equal((await stream.poll()).status, 404)
    assert.match((await cli.run(`server stream remove ${stream.id} --yes`, operator)).text, /no such stream/i)
    assert.equal((await cli.run('server stream list', { env: { MUSTER_OPERATOR_TOKEN: 'wrong' } })).code, 1)
  })

  test.concurrent('an admin shows, sets and removes contacts', async () => {
    const { laurel, laurel_bob: bob } = await together({ laurel: 'admin', laurel_bob: 'member' })
    const set = await laurel.run('org contacts --technical laurel_bob --billing bills@example.com --address "Laurel Ltd\\n1 Main Street"')
    assert.equal(set.stdout, 'Technical\tlaurel_bob\nBilling\tbills@example.com\nAddress\tLaurel Ltd, 1 Main Street\n')
    assert.equal((await bob.run('org contacts')).stdout, 'Technical\tlaurel_bob\n')
    assert.match((await laurel.run('org contacts --billing none')).stdout, /Billing\tnone/)
    assert.match((await bob.run('org contacts --billing x@example.com')).text, /You do not have permission for this/)
  })

  test.concurrent('changing the password ends other logins and lists the keys that still work (S32)', async () => {
    const { yarrow, human } = await together({ yarrow: 'admin' })
    await yarrow.run('key create nightly --scope all')
    const elsewhere = await terminal(await muster.login(human.yarrow))
    const wrong = await yarrow.run('profile password -', { input: `not the password of anybody\n${NEW_PASSWORD}\n` })
    assert.equal(wrong.code, 1)
    assert.match(wrong.text, /That is not your password\./)
    const changed = await yarrow.run('profile password -', { input: `${PASSWORD}\n${NEW_PASSWORD}\n` })
    assert.equal(changed.code, 0, changed.text)
    assert.match(changed.text, /^✓ Your password has been changed\.\nRevoked: \d other logins?, 0 keys\.\n! This key stays valid: nightly \(key_\w+\)\n/)
    assert.equal((await yarrow.run('profile')).code, 0)
    assert.equal((await elsewhere.run('profile')).code, 4)
  })

  test.concurrent('an email address changes when the emailed code is entered', async () => {
    const cli = await terminal(await muster.person('zinnia'))
    const asked = await cli.run('profile email zinnia@example.org -', { input: PASSWORD })
    assert.equal(asked.code, 0, asked.text)
    assert.match(
      asked.text,
      /^A code is on its way to zinnia@example\.org\. It expires in .*\nTo enter it: muster profile email zinnia@example\.org --code CODE\n$/,
    )
    assert.match((await cli.run('profile')).stdout, /Email\tzinnia@example\.com\n/)
    const code = /\b\d{6}\b/.exec((await muster.mail.next('zinnia@example.org')).text)?.[0]
    assert.match((await cli.run(`profile email zinnia@example.org --code ${code}`)).text, /^✓ Your email address is now zinnia@example\.org\.\n$/)
    assert.match((await cli.run('profile')).stdout, /Email\tzinnia@example\.org\n/)
  })

  test.runIf(hasPseudoTerminal)('profile password asks for the new password twice and shows neither', async () => {
    const cli = await terminal(await muster.person('xenia'))
    const change = async (again: string) => {
      const running = cli.start('profile password', { asks: true })
      for (const [question, answer] of [
        [/Current password/, PASSWORD],
        [/New password/, NEW_PASSWORD],
        [/New password again/, again],
      ] as const) {
        await running.until(question)
        running.type(`${answer}\r`)
      }
      return running.ended
    }
    const mistyped = await change('something else')
    assert.equal(mistyped.code, 2)
    assert.match(mistyped.text, /The new passwords do not match\.\s+Nothing was changed\./)
    const changed = await change(NEW_PASSWORD)
    assert.equal(changed.code, 0, changed.text)
    for (const password of [PASSWORD, NEW_PASSWORD]) assert.ok(!changed.text.includes(password))
  })

  test.runIf(hasPseudoTerminal)('deactivating and removing list what ends before they ask', async () => {
    const { maple, maple_bob: bob } = await together({ maple: 'admin', maple_bob: 'admin' })
    await bob.run('resource add application/shop')
    await bob.run('key create laptop --scope all')
    await maple.run('service-account create deployer')
    await bob.run('service-account key create deployer "GitHub Actions" --scope all')
    const keep = maple.start('user deactivate maple_bob', { asks: true })
    await keep.until(
      /Revoked +all their logins and tokens, 1 key, and their[\s\S]*They keep +application\/shop[\s\S]*Still valid +a service account key that they created and could have copied: deployer \("GitHub Actions"\)[\s\S]*Deactivate maple_bob\?/,
    )
    keep.type('n')
    assert.match((await keep.ended).text, /Nothing was changed\./)
    const remove = maple.start('user remove maple_bob', { asks: true })
    await remove.until(/You will own +application\/shop[\s\S]*Remove maple_bob\?/)
    remove.type('y')
    assert.equal((await remove.ended).code, 0)
  })

  test.runIf(hasPseudoTerminal)('a command that revokes or demotes names its target before it asks', async () => {
    const { nettle, human } = await together({ nettle: 'admin', nettle_bob: 'admin' })
    const { access_token } = await deviceLogin(muster, human.nettle, `${SCOPE} offline_access`)
    const ci = (await muster.call('GET', '/v1/me/refresh-tokens', { token: access_token })).body.items[0]
    await nettle.run('key create laptop --scope all')
    const key = (await nettle.json('key list')).items[0].id
    const invitation = (await nettle.run('user invite x.nettle@example.com')).stdout.trim()
    const secret = (await nettle.json('org invite')).id
    const token = /Revoke the refresh token (".*" )?of muster-cli, created [^?]*\?\W+It\W+was\W+never\W+used/ // A long question wraps.
    const questions: [words: string, question: RegExp][] = [
      [`token revoke ${ci.id}`, token],
      [`revoke ${ci.id}`, token],
      [`session end ${ci.session_id}`, /End the refresh session of muster-cli from [^?]*\?\W+Its\W+refresh\W+token\W+ends\W+too/],
      [`session end ${human.nettle.sessionId}`, /End the \w+ session [^?]*\?\W+It\W+is\W+the\W+current\W+one/],
      [`org revoke-secret ${secret}`, /Revoke the organization secret as a member\? nettle created it/],
      ['user role nettle_bob member', /Remove the admin role from nettle_bob\?[\s\S]*revokes\W+their\W+open\W+invitations/],
      [`key revoke ${key}`, /Revoke the key "laptop" of nettle\? It was never used\./],
      ['session end --others', /End \d other sessions?\?/],
      [`invitation revoke ${invitation}`, /Revoke the invitation to x\.nettle@example\.com as a member\?/],
    ]
    for (const [words, question] of questions) {
      const running = nettle.start(words, { asks: true })
      await running.until(question)
      running.type('n')
      assert.match((await running.ended).text, /Nothing was changed\./, words)
    }
    assert.equal((await nettle.json('key list')).items.length, 1)
    assert.equal((await nettle.json('invitation list --state open')).items.length, 2)
    assert.equal((await nettle.json('token list')).items.length, 1)
    assert.match((await nettle.run('user role nettle member', { asks: true })).text, /^✗ You can't do this to yourself/)
  })

  test.runIf(hasPseudoTerminal)('org join asks only when joining would end something', async () => {
    const { olive_bob: bob } = await together({ olive: 'admin', olive_bob: 'member' })
    const { poppy } = await together({ poppy: 'admin' })
    const secret = (await poppy.run('org invite')).stdout.trim()
    assert.equal((await bob.run(`org join poppy ${secret}`)).code, 2) // Nobody is at the terminal.
    const join = bob.start(`org join poppy ${secret}`, { asks: true })
    await join.until(/olive \(member\) {2}→ {2}poppy \(member\)[\s\S]*You'll need a new invitation to return[\s\S]*Join poppy as a member\?/)
    join.type('n')
    assert.match((await join.ended).text, /Nothing was changed\./)
    const elsewhere = await bob.run(`org join poppyseed ${secret}`, { asks: true })
    assert.match(elsewhere.text, /^✗ There is no such invitation/) // Refused without a question, because the secret belongs to another organization (S15).
    const newcomer = await terminal(await muster.person('poppy_new'))
    const asked = newcomer.start(`org join poppy ${secret}`, { asks: true })
    await asked.until(/1 other login of yours[\s\S]*Join poppy as a member\?/)
    asked.type('n')
    assert.equal((await asked.ended).code, 1)
    await newcomer.run('session end --others --yes')
    const joined = newcomer.start(`org join poppy ${secret}`, { asks: true })
    await joined.until(/^✓ You joined poppy as a member\.\s+You left poppy_new\./)
  })

  test.runIf(hasPseudoTerminal)('a blocked move lists its blockers and does not ask (S24)', async () => {
    const { quince } = await together({ quince: 'admin', quince_bob: 'member' })
    const leave = await quince.run('org leave', { asks: true })
    assert.equal(leave.code, 1)
    assert.match(
      leave.text,
      /^quince \(admin\) {2}→ {2}an organization of your own\s+Blocked by:\s[\s\S]*→ {2}muster user role quince_bob admin\s+✗ You cannot leave/,
    )
    assert.doesNotMatch(leave.text, /Leave quince\?/)

    const ada = await terminal(await muster.person('quince_ada'))
    assert.match((await ada.run('org leave', { asks: true })).text, /organization of your own\s+✗ This is a personal organization\.\s+To work with others/)
    await ada.run('resource add application/web')
    await quince.run('user invite quince_ada@example.com')
    const link = linkIn(await muster.mail.next('quince_ada@example.com'))
    const accept = await ada.run(`invitation accept ${link}`, { asks: true })
    assert.equal(accept.code, 1)
    assert.match(
      accept.text,
      /quince_ada \(admin\) {2}→ {2}quince \(member\)[\s\S]*→ {2}muster resource [\s\S]*You cannot leave your organization yet\.\s+Resolve the listed blockers first\./,
    )
    assert.doesNotMatch(accept.text, /Join quince as/)
  })
})
