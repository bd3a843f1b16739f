import { createTransport } from '@muster/server/mail/transport.ts'
import { startMailSink } from '@muster/testkit/mail-sink.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, type Office } from './office.ts'

let office: Office
beforeAll(async () => {
  office = await anOffice()
  await office.person('ada')
})
afterAll(() => office.close())

describe('the local mailbox', () => {
  test('the local mailbox shows emails to this machine, with their HTML sandboxed', async () => {
    const list = await office.browser().get('/mailbox')
    expect(list.statusCode).toBe(200)
    expect(list.body).toContain('ada@example.com')
    const [mail] = office.mailbox.all()
    expect((await office.browser().get(`/mailbox/${mail?.id}`)).body).toContain('Enter this code on the page')
    const part = await office.browser().get(`/mailbox/${mail?.id}/html`)
    expect(part.headers['content-security-policy']).toContain('sandbox')
    expect((await office.browser().get('/')).body).toContain('Local mailbox')
  })

  const strangers: [string, string, Record<string, string>][] = [
    ['another machine', '192.0.2.7', {}],
    ['another machine by IPv6', '2001:db8::7', {}],
    ['another name for this machine', '127.0.0.1', { host: 'rebound.evil.example' }],
    ['a host name that only begins like the issuer', '127.0.0.1', { host: 'localhost.evil.example:4000' }],
    ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'cf-connecting-ip'].map(
      (name): [string, string, Record<string, string>] => [`a request with the header ${name}`, '127.0.0.1', { [name]: '127.0.0.1' }],
    ),
  ]
  test.each(strangers)('the local mailbox does not exist for %s', async (_, address, headers) => {
    const [mail] = office.mailbox.all()
    for (const path of ['/mailbox', `/mailbox/${mail?.id}`, `/mailbox/${mail?.id}/html`]) {
      const answer = await office.browser(address).get(path, headers)
      expect(answer.statusCode).toBe(404)
      expect(answer.body).not.toContain(mail?.code)
    }
    expect((await office.browser(address).get('/', headers)).body).not.toContain('Local mailbox')
  })

  test.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('the local mailbox answers requests from %s', async (address) => {
    expect((await office.browser(address).get('/mailbox', { host: address === '127.0.0.1' ? '127.0.0.1:4000' : '[::1]:4000' })).statusCode).toBe(200)
  })

  test('an email is logged with its recipient and without its code', () => {
    const [mail] = office.mailbox.all()
    const line = office.logged.find((one) => one.includes(mail?.id ?? ''))
    expect(line).toContain('ada@example.com')
    expect(line).toContain(`/mailbox/${mail?.id}`)
    expect(line).not.toContain(mail?.code)
  })
})

describe('the mail server', () => {
  test('the mail server receives each email for one recipient, marked auto-generated', async () => {
    const sink = await startMailSink()
    const lines: string[] = []
    const config = { smtpUrl: sink.url, mailFrom: 'Muster <no-reply@example.com>', issuer: 'https://accounts.example.com' }
    const transport = createTransport({ config, mailbox: null, log: { info: (fields) => lines.push(JSON.stringify(fields)) } })
    await transport.send({
      to: 'ada@example.com',
      about: 'sign up code',
      subject: '123456 is your code',
      text: 'Text',
      html: '<p>Text</p>',
      messageId: 'job-1',
    })
    const mail = await sink.next('ada@example.com')
    expect(mail).toMatchObject({ to: ['ada@example.com'], subject: '123456 is your code', from: 'no-reply@example.com' })
    expect(mail.headers).toMatchObject({ 'message-id': '<job-1@accounts.example.com>', 'auto-submitted': 'auto-generated' })
    expect(lines.join()).not.toContain('123456')
    transport.close()
    await sink.stop()
  })
})
