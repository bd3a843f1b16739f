import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startMailSink } from '@muster/testkit/mail-sink.ts'
import { freePort, type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// A real mail server in this process is slow, refuses, or disconnects after DATA. One test kills Muster while it sends.
describe('email invitations', () => {
  let muster: Muster
  let ada: Human
  beforeAll(async () => {
    muster = await startMuster()
    ada = await muster.person('ada')
  })
  afterAll(() => muster.close())

  const invite = (email: string, more: object = {}) => muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email, ...more } })
  const linkIn = (text: string): string => /^http\S+\/join\?token=\S+$/m.exec(text)?.[0] ?? ''
  const mailsTo = (email: string) => muster.mail.all().filter(({ to }) => to.includes(email))

  test('an email invitation links to the issuer, whatever host the request names (A11)', async () => {
    const poisons: Record<string, string>[] = [
      { 'x-forwarded-host': 'evil.example' },
      { forwarded: 'host=evil.example;proto=http' },
      { 'x-forwarded-proto': 'http', 'x-forwarded-host': 'evil.example', 'x-original-host': 'evil.example', 'x-host': 'evil.example' },
    ]
    for (const [at, headers] of poisons.entries()) {
      const body = { email: `bob${at}@example.com` }
      expect((await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body, headers })).status).toBe(201)
      const mail = await muster.mail.next(`bob${at}@example.com`)
      expect(mail.subject).toBe('Invitation to join ada')
      expect(linkIn(mail.text)).toMatch(new RegExp(`^${muster.url}/join\\?token=muster_ei_`))
      expect(`${mail.text}${mail.html}${JSON.stringify(mail.headers)}`).not.toContain('evil.example')
      for (const [, href] of mail.html.matchAll(/href="([^"]*)"/g)) expect(href?.startsWith(`${muster.url}/`)).toBe(true)
    }
  })

  test('an invite link is emailed but never stored or logged (S18, E13, E14)', async () => {
    const { body } = await invite('carol@example.com')
    const link = linkIn((await muster.mail.next('carol@example.com')).text)
    const token = link.split('token=')[1] ?? ''
    expect(token).toMatch(/^muster_ei_/)
    expect(muster.log.join('\n')).not.toContain(token.slice(-30))
    await expect
      .poll(async () => (await muster.call('GET', '/v1/organizations/ada/invitations?q=carol@', { token: ada.token })).body.items[0]?.mailed_at)
      .toEqual(expect.stringMatching(/^20/))
    expect(body).toMatchObject({ kind: 'email', email: 'carol@example.com', role: 'member', state: 'open', created_by: 'ada', accepted_by: null, version: 1 })
  })

  test("a person's name cannot inject headers, recipients or links into an email", async () => {
    const eve = await muster.person('eve')
    await muster.server.database.kysely
      .updateTable('account')
      .set({ given_name: 'Eve\r\nBcc: victim@example.com', family_name: '<a href="https://evil.example">www.evil.example</a>' })
      .where('id', '=', eve.id)
      .execute()
    await muster.call('POST', '/v1/organizations/eve/invitations', { token: eve.token, body: { email: 'dave@example.com' } })
    const mail = await muster.mail.next('dave@example.com')
    expect(mail.to).toEqual(['dave@example.com'])
    expect(Object.keys(mail.headers)).not.toContain('bcc')
    expect(mail.html).not.toMatch(/href="https:\/\/evil|www\.evil\.example/)
    expect(mail.text).not.toMatch(/^Bcc:/m)
  })

  test.each(['a@example.com\r\nBcc: b@example.com', 'a@example.com, b@example.com', 'a b@example.com', '"a\nb"@example.com', 'a@example.com>'])(
    'an email address that is not exactly one is refused: %j',
    async (email) => {
      expect(await invite(email)).toMatchObject({ status: 422, body: { code: 'email_invalid' } })
    },
  )

  const jobsOf = async (id: string) =>
    (await sql<{ state: string }>`select state::text from jobs.job where data ->> 'invitationId' = ${id}`.execute(muster.server.database.kysely)).rows
  /** Waits for the refused job and postpones its retry by a day, so that it runs only when the test says so. */
  const refusedOnce = async (id: string) => {
    const pause = sql`update jobs.job set start_after = start_after + interval '1 day' where data ->> 'invitationId' = ${id} and state = 'retry'`
    await expect.poll(async () => (await pause.execute(muster.server.database.kysely)).numAffectedRows, { interval: 10 }).toBe(1n)
  }
  const nowDue = (id: string) =>
    sql`update jobs.job set start_after = created_on where data ->> 'invitationId' = ${id} and state = 'retry'`.execute(muster.server.database.kysely)

  test('an invitation revoked before it could leave or resent since is not emailed (S19)', async () => {
    muster.mail.refuse(2)
    const one = (await invite('frank@example.com')).body
    await refusedOnce(one.id)
    await muster.call('DELETE', `/v1/organizations/ada/invitations/${one.id}`, { token: ada.token })
    await nowDue(one.id)
    const two = (await invite('grace@example.com')).body
    await refusedOnce(two.id)
    expect((await muster.call('POST', `/v1/organizations/ada/invitations/${two.id}/resend`, { token: ada.token })).status).toBe(200)
    await nowDue(two.id)
    const mail = await muster.mail.next('grace@example.com', { withinMilliseconds: 60_000 })
    const path = linkIn(mail.text).slice(muster.url.length)
    expect((await muster.call('POST', '/v1/invitations/preview', { body: { token: path.split('token=')[1] } })).status).toBe(200)
    await expect.poll(async () => (await jobsOf(one.id)).map(({ state }) => state), { timeout: 60_000 }).toEqual(['completed'])
    await expect.poll(async () => (await jobsOf(two.id)).map(({ state }) => state), { timeout: 60_000 }).toEqual(['completed', 'completed'])
    expect(mailsTo('frank@example.com')).toEqual([])
    expect(new Set(mailsTo('grace@example.com').map(({ text }) => linkIn(text))).size).toBe(1)
  })

  test('an invitation that has expired before its email could leave is not emailed (S16)', async () => {
    muster.mail.refuse(1)
    const late = (await invite('ivan@example.com')).body
    await refusedOnce(late.id)
    await muster.clock.advance(7 * 86_400)
    await nowDue(late.id)
    try {
      await expect.poll(async () => (await jobsOf(late.id)).map(({ state }) => state), { timeout: 60_000 }).toEqual(['completed'])
      expect(mailsTo('ivan@example.com')).toEqual([])
    } finally {
      await muster.clock.restore()
    }
  })

  test('an email is retried until the mail server accepts it', async () => {
    muster.mail.refuse(2)
    await invite('heidi@example.com')
    expect(linkIn((await muster.mail.next('heidi@example.com', { withinMilliseconds: 60_000 })).text)).not.toBe('')
    expect(mailsTo('heidi@example.com')).toHaveLength(1)
  })

  test('an email is sent again with its message id after a lost connection (I8)', async () => {
    muster.mail.dropAfterData(1)
    await invite('judy@example.com')
    await muster.mail.next('judy@example.com')
    await muster.mail.next('judy@example.com', { withinMilliseconds: 60_000 })
    expect(new Set(mailsTo('judy@example.com').map(({ headers }) => headers['message-id'])).size).toBe(1)
  })

  test('a slow mail server does not delay the response to an invitation', async () => {
    muster.mail.slow(1_500)
    const emails = Array.from({ length: 6 }, (_, at) => `slow${at}@example.com`)
    const { body } = await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { emails } })
    expect(emails.flatMap(mailsTo)).toEqual([])
    expect(body.results.map(({ status }: { status: string }) => status)).toEqual(Array(6).fill('created'))
    await Promise.all(emails.map((email) => muster.mail.next(email, { withinMilliseconds: 60_000 })))
    muster.mail.slow(0)
  })
})

test('an acknowledged invitation is emailed even if the server is killed (I8)', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-inviter-'))
  const sink = await startMailSink()
  sink.slow(30)
  const script = fileURLToPath(new URL('./inviter.ts', import.meta.url))
  const start = async (mode: 'invite' | 'drain') =>
    spawn(process.execPath, [script, join(folder, 'data'), sink.url, String(await freePort()), mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const acknowledged: string[] = []
  try {
    for (const kills of [15, 70]) {
      sink.dropAfterData(1)
      const child = await start('invite')
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk
        if (output.split('\n').length > kills) child.kill('SIGKILL')
      })
      const [code] = (await once(child, 'exit')) as [number | null]
      expect(code).toBeNull()
      // A line cut off by the kill was not acknowledged.
      const whole = output.split('\n').slice(0, -1)
      acknowledged.push(...whole.filter((line) => line.startsWith('to-')))
    }
    expect(acknowledged.length).toBeGreaterThan(75)
    const child = await start('drain')
    try {
      const missing = () => {
        const arrived = new Set(sink.all().flatMap(({ to }) => to))
        return acknowledged.filter((to) => !arrived.has(to))
      }
      await expect.poll(missing, { timeout: 120_000, interval: 200 }).toEqual([])
      // A second copy of an email, sent because of a kill or a cut connection, must have the same message id.
      const byAddress = Map.groupBy(sink.all(), ({ to }) => to[0])
      for (const mails of byAddress.values()) expect(new Set(mails.map(({ headers }) => headers['message-id'])).size).toBe(1)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
  } finally {
    await sink.stop()
    await rm(folder, { recursive: true, force: true })
  }
})
