import { type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

// The pages behind an invite link, requested as by a browser without JavaScript.
let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterEach(() => muster.clock.restore())
afterAll(() => muster.close())

let count = 0
const fresh = (name: string): string => `${name}${++count}`

interface Answer {
  status: number
  location: string | null
  html: string
}

/** A browser that keeps cookies, follows no redirect by itself, and posts forms from the issuer's own pages. */
function aVisitor() {
  const cookies = new Map<string, string>()
  const send = async (method: string, path: string, fields?: Record<string, string>): Promise<Answer> => {
    const response = await fetch(path.startsWith('http') ? path : `${muster.url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(fields && { origin: muster.url, 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(fields && { body: new URLSearchParams(fields).toString() }),
    })
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '' || /max-age=0/i.test(line)) cookies.delete(name)
      else cookies.set(name, value)
    }
    return { status: response.status, location: response.headers.get('location'), html: await response.text() }
  }
  const visitor = {
    cookies,
    get: (path: string) => send('GET', path),
    head: (path: string) => send('HEAD', path),
    post: (path: string, fields: Record<string, string>) => send('POST', path, fields),
    /** Opens the link and returns the page it redirects to. */
    async open(link: string): Promise<Answer> {
      const first = await visitor.get(link)
      expect(first).toMatchObject({ status: 303, location: '/join' })
      return visitor.get('/join')
    },
    signIn: (human: Pick<Human, 'name'>, way = '/join') => visitor.post('/sign-in', { identifier: human.name, password: PASSWORD, continue: way }),
    /** Presses a button of the page, with the invitation id from its form. */
    async decide(decision: 'accept' | 'decline' | 'transfer', fields: Record<string, string> = {}): Promise<Answer> {
      const { html } = await visitor.get('/join')
      const invitation = /name="invitation" value="([^"]*)"/.exec(html)?.[1] ?? ''
      return visitor.post('/join', { invitation, decision, ...fields })
    },
  }
  return visitor
}

const titleOf = ({ html }: Answer): string => /<title>([^<]*) · Muster<\/title>/.exec(html)?.[1] ?? ''
const anOrganization = async (people: Record<string, 'admin' | 'member'> = {}) => {
  const names = Object.fromEntries(Object.entries({ acme: 'admin' as const, ...people }).map(([name, role]) => [fresh(name), role]))
  const humans = Object.values(await muster.organization(names))
  return { name: humans[0]?.name ?? '', people: humans as [Human, ...Human[]] }
}
const invite = async (admin: Human, email: string, role = 'member'): Promise<{ id: string; link: string }> => {
  const { status, body } = await muster.call('POST', `/v1/organizations/${admin.name}/invitations`, { token: admin.token, body: { email, role } })
  expect(status).toBe(201)
  return { id: body.id, link: /^http\S+\/join\?token=\S+$/m.exec((await muster.mail.next(email)).text)?.[0] ?? '' }
}
const linkOf = async (admin: Human): Promise<{ id: string; link: string }> => {
  const { status, body } = await muster.call('POST', `/v1/organizations/${admin.name}/secrets`, { token: admin.token, body: { kind: 'link' } })
  expect(status).toBe(201)
  return { id: body.id, link: body.url }
}
const me = async (human: Human) => (await muster.call('GET', '/v1/me', { token: (await muster.login(human)).token })).body
const eventsSince = async (seq = 0n) =>
  muster.server.database.kysely.selectFrom('audit_event').select(['seq', 'type', 'outcome']).where('seq', '>', seq).orderBy('seq').execute()
const stateOf = async (admin: Human, id: string) =>
  (await muster.call('GET', `/v1/organizations/${admin.name}/invitations`, { token: admin.token })).body.items.find((one: { id: string }) => one.id === id)
    ?.state

test('scanners, prefetch and previews change nothing, by GET and by HEAD (S17, A16)', async () => {
  const { people } = await anOrganization()
  const { id, link } = await invite(people[0], `${fresh('bob')}@example.com`)
  const last = (await eventsSince()).at(-1)?.seq ?? 0n
  for (let time = 0; time < 20; time++) {
    const scanner = aVisitor()
    await scanner.open(link)
    await scanner.head(link)
    await scanner.head('/join')
    expect((await scanner.get(link.replace('/join?', '/join/accepted?'))).status).toBe(303)
    expect((await scanner.get('/join/declined')).status).toBe(200)
  }
  expect(await eventsSince(last)).toEqual([])
  expect(await stateOf(people[0], id)).toBe('open')
})

test('a form of another site neither accepts nor declines an invitation (S17, C08)', async () => {
  const { people } = await anOrganization()
  const bob = await muster.person(fresh('bob'))
  const { id, link } = await invite(people[0], bob.email)
  const victim = aVisitor()
  await victim.open(link)
  await victim.signIn(bob)
  for (const headers of [{ origin: 'https://evil.example' }, {}, { origin: 'null' }, { origin: muster.url, 'sec-fetch-site': 'cross-site' }]) {
    const response = await fetch(`${muster.url}/join`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: [...victim.cookies].map((pair) => pair.join('=')).join('; '), 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: `invitation=${id}&decision=accept`,
    })
    expect(response.status).toBe(403)
  }
  expect(await stateOf(people[0], id)).toBe('open')
})

test('the page of an invitation is the same for known and unknown addresses (S13)', async () => {
  const { people } = await anOrganization()
  const bob = await muster.person('b0b')
  const one = await aVisitor().open((await invite(people[0], bob.email)).link)
  const two = await aVisitor().open((await invite(people[0], 'b1b@example.com')).link)
  const still = ({ html }: Answer) => html.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T').replace(/\d\d:\d\d UTC/g, 'T')
  expect(still(one)).toBe(still(two))
  expect(one.html).toContain('b•••@example.com')
  expect(one.html).not.toContain(bob.email)
})

test('an invitation token is kept in the cookie only, and in no page or log (E13)', async () => {
  const { people } = await anOrganization()
  const { link } = await invite(people[0], `${fresh('bob')}@example.com`)
  const token = link.split('token=')[1] ?? ''
  const visitor = aVisitor()
  const page = await visitor.open(link)
  for (const { html } of [page, await visitor.get('/sign-in?continue=/join'), await visitor.get('/sign-up?continue=/join')]) expect(html).not.toContain(token)
  expect([...visitor.cookies].filter(([name]) => name !== 'muster_browser')).toEqual([['muster_invitation', token]])
  expect(muster.log.join('')).not.toContain(token.slice(-30))
})

test('an invitation names its inviter with name and username on every page', async () => {
  const { people } = await anOrganization()
  const [ada] = people
  const bob = await muster.person(fresh('bob'))
  const other = await muster.person(fresh('other'))
  const { link } = await invite(ada, bob.email)
  const named = `<dt>Invited by</dt><dd><bdi>${ada.name} Test</bdi> (${ada.name})</dd>`
  const browser = aVisitor()
  expect((await browser.open(link)).html, 'to a stranger').toContain(named)
  await browser.signIn(bob)
  expect((await browser.get('/join')).html, 'to its addressee').toContain(named)
  const another = aVisitor()
  await another.open(link)
  await another.signIn(other)
  expect((await another.get('/join')).html, 'to another account').toContain(`ask ${ada.name} Test (${ada.name}) to invite ${other.email}`)
})

test('markup in a name is escaped on the page of an invitation', async () => {
  const { people } = await anOrganization()
  const [ada] = people
  await muster.call('PATCH', '/v1/me', { token: ada.token, body: { given_name: '<b>Eve', family_name: '' } })
  const { link } = await linkOf(ada)
  expect((await aVisitor().open(link)).html).toContain(`<bdi>&lt;b&gt;Eve</bdi> (${ada.name})`)
})

test.each(['joining', 'registering', 'opening an invitation again'])('the console is the primary action after %s', async (how) => {
  const { people } = await anOrganization()
  const primary = '<a class="button primary" href="/console/">Open the console</a>'
  const browser = aVisitor()
  if (how === 'registering') {
    const { email } = await muster.newcomer(fresh('nina')) // A newcomer has no username yet and signs in with the email address.
    await browser.post('/sign-in', { identifier: email, password: PASSWORD, continue: '' })
    expect(await browser.post('/sign-up/username', { username: fresh('nina_') })).toMatchObject({ status: 303, location: '/' })
  } else {
    const { link } = await linkOf(people[0])
    await browser.signIn(await muster.person(fresh('bob')), '')
    await browser.open(link)
    expect(await browser.decide('accept')).toMatchObject({ status: 303, location: '/join/accepted' })
    if (how === 'opening an invitation again') await browser.open(link)
  }
  const page = await browser.get(how === 'registering' ? '/' : how === 'joining' ? '/join/accepted' : '/join')
  expect(page.html).toContain(primary)
  expect(page.html.match(/class="button primary"/g), 'it is the only one').toHaveLength(1)
})

test('a signed-in member sees the move plan and moves by a click (S20, S25)', async () => {
  const { name, people } = await anOrganization()
  const theirs = await anOrganization({ bob: 'member' })
  const bob = theirs.people[1] as Human
  const { id, link } = await invite(people[0], bob.email)
  const browser = aVisitor()
  await browser.signIn(bob, '')
  const page = await browser.open(link)
  expect(page).toMatchObject({ status: 200 })
  expect(titleOf(page)).toBe(`Move to ${name}?`)
  for (const part of [bob.name, bob.email, `no longer in ${theirs.name}`, 'No, thanks', 'Move account', 'Use another account', 'data-until='])
    expect(page.html).toContain(part)
  expect((await me(bob)).organization.name).toBe(theirs.name)
  expect(await browser.decide('accept')).toMatchObject({ status: 303, location: '/join/accepted' })
  expect(titleOf(await browser.get('/join/accepted'))).toBe(`You joined ${name}`)
  expect((await browser.get('/')).html).toContain(name)
  expect(await stateOf(people[0], id)).toBe('accepted')
  // Opening the used link again says that this invitation was accepted, and offers no further move.
  const again = await browser.open(link)
  expect(titleOf(again)).toBe(`You already belong to ${name}`)
  expect(again.html).toContain('You accepted this invitation earlier.')
  expect(again.html).not.toContain('Your earlier logins have ended')
})

test('a declined invitation cannot be accepted (S20)', async () => {
  const { people } = await anOrganization()
  const bob = await muster.person(fresh('bob'))
  const { id, link } = await linkOf(people[0])
  const browser = aVisitor()
  await browser.open(link)
  await browser.signIn(bob)
  expect(await browser.decide('decline')).toMatchObject({ status: 303, location: '/join/declined' })
  expect(await stateOf(people[0], id)).toBe('declined')
  const ended = await browser.open(link)
  expect([ended.status, titleOf(ended)]).toEqual([410, 'This invitation was declined'])
})

test('a blocked move lists every blocker with its command and is refused (S24)', async () => {
  const { people } = await anOrganization()
  const theirs = await anOrganization({ bob: 'member' })
  const [carl, bob] = theirs.people as [Human, Human]
  for (const name of ['shop', 'blog']) await muster.call('PUT', `/v1/organizations/${carl.name}/resources/application/${name}`, { token: carl.token, body: {} })
  const { id, link } = await invite(people[0], carl.email)
  const browser = aVisitor()
  await browser.open(link)
  await browser.signIn(carl)
  const page = await browser.get('/join')
  for (const command of [
    'muster resource transfer application/shop USER',
    'muster resource transfer application/blog USER',
    `muster user role ${bob.name} admin`,
  ])
    expect(page.html).toContain(command)
  expect(page.html).not.toContain('Move account')
  const refused = await browser.decide('accept')
  expect(refused.status).toBe(409)
  expect(refused.html).toContain('Before you can leave')
  expect(await stateOf(people[0], id)).toBe('open')
})

test('an invite link stays open when a member of the organization opens it', async () => {
  const { name, people } = await anOrganization({ bob: 'member' })
  const [ada, bob] = people as [Human, Human]
  const { id, link } = await linkOf(ada)
  const browser = aVisitor()
  await browser.signIn(bob, '')
  for (const page of [await browser.open(link), await browser.get('/join')]) {
    expect([page.status, titleOf(page)]).toEqual([200, `You already belong to ${name}`])
    expect(page.html).toContain('This link can still be used by one other person.')
    for (const untrue of ['You are now', 'Your earlier logins have ended']) expect(page.html).not.toContain(untrue)
  }
  expect(await stateOf(ada, id)).toBe('open')
})

test('an invitation is refused to another address, and the invited one masked (S8)', async () => {
  const { people } = await anOrganization()
  const mallory = await muster.person(fresh('mallory'))
  const { id, link } = await invite(people[0], 'zoe@example.com')
  const browser = aVisitor()
  await browser.open(link)
  await browser.signIn(mallory)
  const page = await browser.get('/join')
  expect([page.status, titleOf(page)]).toEqual([403, 'This invitation is for another address'])
  for (const part of ['z•••@example.com', mallory.email, 'Use another account', `ask ${people[0].name}`]) expect(page.html).toContain(part)
  expect(page.html).not.toContain('zoe@example.com')
  expect((await browser.post('/join', { invitation: id, decision: 'accept' })).status).toBe(403)
  expect((await browser.post('/join', { invitation: id, decision: 'decline' })).status).toBe(403)
  expect(await stateOf(people[0], id)).toBe('open')
  expect(await browser.post('/sign-out', { another: 'yes', continue: '/join' })).toMatchObject({ location: '/sign-in?continue=%2Fjoin' })
})

test('a newcomer joins by an invitation only after the emailed code (S8, S55, A02)', async () => {
  const { name, people } = await anOrganization()
  const email = `${fresh('nina')}@example.com`
  const { id, link } = await invite(people[0], email)
  const browser = aVisitor()
  await browser.open(link)
  const filled = { email, password: 'vellum otter canoe ninety', given_name: 'Nina', family_name: 'Test', continue: '/join' }
  expect(await browser.post('/sign-up', filled)).toMatchObject({ status: 303, location: '/sign-up/verify?continue=%2Fjoin' })
  // No account exists before the code is entered, so nobody can join yet.
  expect((await browser.post('/join', { invitation: id, decision: 'accept', username: 'nina' })).location).toBe('/sign-in?continue=%2Fjoin')
  const code = /\b\d{6}\b/.exec((await muster.mail.next(email)).text)?.[0] ?? ''
  expect(await browser.post('/sign-up/verify', { code, continue: '/join' })).toMatchObject({ status: 303, location: '/join' })
  const page = await browser.get('/join')
  expect(page.html).toContain('name="username"')
  expect((await browser.decide('accept', { username: people[0].name })).status).toBe(409)
  expect(await stateOf(people[0], id)).toBe('open')
  const username = fresh('nina_')
  expect(await browser.decide('accept', { username })).toMatchObject({ status: 303, location: '/join/accepted' })
  const account = await muster.server.services.store.reading.accounts.findByUsername(username)
  const member = account && (await muster.server.services.store.reading.memberships.current(account.id))
  expect(member).toMatchObject({ status: 'active', role: 'member' })
  expect((await browser.get('/')).html).toContain(name)
})

test.each([
  ['used', 410, 'This invitation has already been used'],
  ['expired', 410, 'This invitation has expired'],
  ['revoked', 410, 'This invitation is not valid'],
  ['superseded', 404, 'Invitation not found'],
  ['forged', 404, 'Invitation not found'],
] as const)('the page of an invitation that is %s explains the next step (S15, S16)', async (how, status, title) => {
  const { name, people } = await anOrganization()
  const bob = await muster.person(fresh('bob'))
  const { id, link } = await invite(people[0], bob.email)
  const path = `/v1/organizations/${people[0].name}/invitations/${id}`
  if (how === 'used') await muster.call('POST', '/v1/invitations/accept', { token: bob.token, body: { token: link.split('token=')[1] } })
  if (how === 'expired') await muster.clock.advance(168 * 3_600 + 1)
  if (how === 'revoked') await muster.call('DELETE', path, { token: people[0].token })
  if (how === 'superseded') await muster.call('POST', `${path}/resend`, { token: people[0].token })
  const page = await aVisitor().open(how === 'forged' ? `${link}x` : link)
  expect([page.status, titleOf(page)]).toEqual([status, title])
  expect(page.html).toMatch(how === 'used' ? /If you accepted it, sign in\./ : /[Aa]sk (an admin|for a new invitation)/)
  if (status === 410) expect(page.html).toContain(name)
})

test('an invitation is accepted only from the page that showed it (S20)', async () => {
  const [one, two] = [await anOrganization(), await anOrganization()]
  const bob = await muster.person(fresh('bob'))
  const [first, second] = [await linkOf(one.people[0]), await linkOf(two.people[0])]
  const browser = aVisitor()
  await browser.open(first.link)
  await browser.signIn(bob)
  await browser.open(second.link)
  expect(await browser.post('/join', { invitation: first.id, decision: 'accept' })).toMatchObject({ status: 303, location: '/join' })
  expect((await me(bob)).organization.name).toBe(bob.name)
})

describe('a deactivated member invited to another organization (S26)', () => {
  const aDeactivated = async () => {
    const inviting = await anOrganization()
    const theirs = await anOrganization({ bob: 'member', carol: 'admin' })
    const [ada, bob, carol] = theirs.people as [Human, Human, Human]
    await muster.call('PUT', `/v1/organizations/${ada.name}/resources/application/shop`, { token: bob.token, body: {} })
    expect((await muster.call('POST', `/v1/organizations/${ada.name}/members/${bob.name}/deactivate`, { token: carol.token, body: {} })).status).toBe(200)
    return { inviting, theirs, ada, bob, carol }
  }

  test('a deactivated member sees the invitation only with the right password', async () => {
    const { inviting, theirs, ada, bob } = await aDeactivated()
    const browser = aVisitor()
    await browser.open((await invite(inviting.people[0], bob.email)).link)
    const wrong = await browser.post('/sign-in', { identifier: bob.name, password: 'not the password at all', continue: '/join' })
    expect(wrong.status).toBe(401)
    expect(wrong.html).not.toContain(theirs.name)
    expect(browser.cookies.has('muster_answer')).toBe(false)
    const page = await browser.signIn(bob)
    expect([page.status, titleOf(page)]).toEqual([401, 'Your account is deactivated'])
    for (const part of [theirs.name, ada.email, inviting.name, 'Move account', 'No, thanks']) expect(page.html).toContain(part)
    expect((await browser.get('/join')).status).toBe(401)
  })

  test('a deactivated member accepts, and their resources pass to the admin', async () => {
    const { inviting, ada, bob, carol } = await aDeactivated()
    const { id, link } = await invite(inviting.people[0], bob.email)
    const browser = aVisitor()
    await browser.open(link)
    await browser.signIn(bob)
    expect(await browser.decide('accept')).toMatchObject({ status: 303, location: '/join/accepted' })
    expect(titleOf(await browser.get('/join/accepted'))).toBe(`You joined ${inviting.name}`)
    expect((await browser.get('/')).html).toContain(inviting.name)
    expect(browser.cookies.has('muster_answer')).toBe(false)
    expect(await stateOf(inviting.people[0], id)).toBe('accepted')
    const { body } = await muster.call('GET', `/v1/organizations/${ada.name}/resources/application/shop`, { token: ada.token })
    expect(JSON.stringify(body.owner)).toContain(carol.name)
    expect((await me(bob)).organization).toMatchObject({ name: inviting.name, role: 'member' })
  })

  test('a deactivated member declines and stays deactivated', async () => {
    const { inviting, bob } = await aDeactivated()
    const { id, link } = await invite(inviting.people[0], bob.email)
    const browser = aVisitor()
    await browser.open(link)
    await browser.signIn(bob)
    expect(await browser.decide('decline')).toMatchObject({ status: 303, location: '/join/declined' })
    expect(await stateOf(inviting.people[0], id)).toBe('declined')
    expect(browser.cookies.has('muster_answer')).toBe(false)
    expect((await browser.post('/sign-in', { identifier: bob.name, password: PASSWORD })).status).toBe(401)
  })

  test('an invitation session gives access to nothing but its invitation', async () => {
    const { inviting, bob } = await aDeactivated()
    const browser = aVisitor()
    await browser.open((await linkOf(inviting.people[0])).link)
    await browser.signIn(bob)
    const answer = browser.cookies.get('muster_answer') ?? ''
    for (const path of ['/', '/device', '/sign-up/username']) {
      const page = await browser.get(path)
      expect([path, page.status, titleOf(page)]).toEqual([path, 401, 'Your account is deactivated'])
    }
    expect((await browser.post('/device', { user_code: 'BCDF-GHJK' })).status).toBe(401)
    for (const path of ['/v1/me', '/v1/me/move', `/v1/organizations/${bob.name}`]) {
      expect((await muster.call('GET', path, { token: answer })).status).toBe(401)
      expect(
        (
          await muster.call('GET', path, {
            headers: { cookie: `muster_answer=${answer}; muster_session=${answer}`, origin: muster.url, 'sec-fetch-site': 'same-origin' },
          })
        ).status,
      ).toBe(401)
    }
    const asSession = aVisitor()
    asSession.cookies.set('muster_session', answer)
    expect((await asSession.get('/')).html).toContain('Create an account')
  })

  test('an invitation session is bound to its invitation and version', async () => {
    const { inviting, bob } = await aDeactivated()
    const other = await anOrganization()
    const { id, link } = await invite(inviting.people[0], bob.email)
    const browser = aVisitor()
    await browser.open(link)
    await browser.signIn(bob)
    const second = await linkOf(other.people[0])
    expect(titleOf(await browser.open(second.link))).toBe(`You are invited to join ${other.name}`)
    expect((await browser.post('/join', { invitation: second.id, decision: 'accept' })).status).toBe(303)
    expect(await stateOf(other.people[0], second.id)).toBe('open')
    expect(await stateOf(inviting.people[0], id)).toBe('open')
    await browser.open(link)
    await muster.call('POST', `/v1/organizations/${inviting.people[0].name}/invitations/${id}/resend`, { token: inviting.people[0].token })
    expect((await browser.post('/join', { invitation: id, decision: 'accept' })).location).toBe('/sign-in?continue=%2Fjoin')
    expect(await stateOf(inviting.people[0], id)).toBe('open')
  })

  test('an invitation session expires after exactly fifteen minutes', async () => {
    const { inviting, bob } = await aDeactivated()
    const { id, link } = await invite(inviting.people[0], bob.email)
    const browser = aVisitor()
    await browser.open(link)
    await browser.signIn(bob)
    const { rows } = await sql<{ seconds: number }>`
      select round(extract(epoch from expires_at - created_at))::int as seconds from invitation_session where invitation_id = ${id}`.execute(
      muster.server.database.kysely,
    )
    expect(rows).toEqual([{ seconds: 900 }])
    await muster.clock.advance(870)
    expect((await browser.get('/join')).status).toBe(401)
    await muster.clock.advance(30)
    expect(titleOf(await browser.get('/join'))).toBe(`You are invited to join ${inviting.name}`)
    expect((await browser.post('/join', { invitation: id, decision: 'accept' })).location).toBe('/sign-in?continue=%2Fjoin')
  })

  test('an invitation of another kind, address or organization starts no session', async () => {
    const { inviting, ada, bob } = await aDeactivated()
    const secret = (await muster.call('POST', `/v1/organizations/${inviting.name}/secrets`, { token: inviting.people[0].token, body: {} })).body.secret
    const links = [`${muster.url}/join?token=${secret}`, (await linkOf(ada)).link, (await invite(inviting.people[0], `${fresh('other')}@example.com`)).link]
    for (const link of links) {
      const browser = aVisitor()
      await browser.open(link)
      const page = await browser.signIn(bob)
      expect(page.status).toBe(401)
      expect(page.html).not.toContain('Move account')
      expect(browser.cookies.has('muster_answer')).toBe(false)
    }
  })

  test('an invitation session ends at a password reset or a change of account', async () => {
    const { inviting, bob } = await aDeactivated()
    const { id, link } = await invite(inviting.people[0], bob.email)
    const browser = aVisitor()
    const begins = async () => {
      await browser.open(link)
      await browser.signIn(bob)
      expect((await browser.get('/join')).status).toBe(401)
    }
    const isOver = async () => {
      expect(titleOf(await browser.get('/join'))).toBe(`You are invited to join ${inviting.name}`)
      expect((await browser.post('/join', { invitation: id, decision: 'accept' })).location).toBe('/sign-in?continue=%2Fjoin')
      expect(await stateOf(inviting.people[0], id)).toBe('open')
    }

    await begins()
    const answer = browser.cookies.get('muster_answer') ?? ''
    expect((await browser.post('/sign-out', { another: 'yes', continue: '/join' })).location).toBe('/sign-in?continue=%2Fjoin')
    expect(browser.cookies.has('muster_answer')).toBe(false)
    browser.cookies.set('muster_answer', answer) // The attacker has kept the cookie.
    await isOver()

    await begins()
    await browser.post('/forgot-password', { email: bob.email })
    const reset = /http\S+reset-password\?token=\S+/.exec((await muster.mail.next(bob.email)).text)?.[0] ?? ''
    await aVisitor().post('/reset-password', { token: reset.split('token=')[1] ?? '', password: 'another vellum otter canoe' })
    await isOver()
  })
})

describe('a blocked move', () => {
  const blocked = async (names: string[]) => {
    const target = await anOrganization()
    const { name, people } = await anOrganization({ bob: 'member' })
    const [boss, bob] = people as [Human, Human]
    for (const resource of names) await muster.call('PUT', `/v1/organizations/${name}/resources/application/${resource}`, { token: bob.token })
    const { link } = await invite(target.people[0], bob.email)
    const visitor = aVisitor()
    await visitor.open(link)
    await visitor.signIn(bob)
    return { visitor, name, boss, bob, target: target.name }
  }

  test('a blocked move shows the invitation, then one card for all resources', async () => {
    const { visitor, name, boss, target } = await blocked(['one-app', 'two-app', 'three-app'])
    const { html } = await visitor.get('/join')
    const order = [`<dd>${target}</dd>`, `You own 3 resources in ${name}`, '<details', `muster resource transfer --all --to ${boss.name}`].map((part) =>
      html.indexOf(part),
    )
    expect(order).toEqual(order.toSorted((one, other) => one - other))
    expect(order).not.toContain(-1)
    expect(html.match(/You own 3 resources/g)).toHaveLength(1)
    const folded = /<details[\s\S]*<\/details>/.exec(html)?.[0] ?? ''
    for (const resource of ['one-app', 'two-app', 'three-app']) expect(folded).toContain(`muster resource transfer application/${resource} ${boss.name}`)
    expect(html.replace(folded, '')).not.toContain('muster resource')
    expect(html).toContain(`value="${boss.name}"`)
  })

  test('a blocked move can be accepted after all resources are transferred', async () => {
    const { visitor, name, boss, bob, target } = await blocked(['one-app', 'two-app'])
    expect(await visitor.decide('transfer', { owner: boss.name })).toMatchObject({ status: 303, location: '/join?done=transferred' })
    expect((await visitor.get('/join?done=transferred')).html).toContain('Your resources have been transferred.')
    const { items } = (await muster.call('GET', `/v1/organizations/${name}/resources`, { token: boss.token })).body
    expect(items.map(({ owner }: { owner: { id: string } }) => owner.id)).toEqual([boss.id, boss.id])
    expect(await visitor.decide('accept')).toMatchObject({ status: 303, location: '/join/accepted' })
    expect((await me(bob)).organization.name).toBe(target)
  })

  test('a transfer to a user who is not an active member names the field', async () => {
    const { visitor, bob } = await blocked(['one-app'])
    const { status, html } = await visitor.decide('transfer', { owner: 'nobody<b>' })
    expect(status).toBe(404)
    expect(html).toContain('id="owner-fault"')
    expect(html).toContain('value="nobody&lt;b&gt;"')
    expect((await me(bob)).organization.name).not.toBe(bob.name)
  })
})
