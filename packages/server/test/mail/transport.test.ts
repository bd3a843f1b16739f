import { createTransport } from '@muster/server/mail/transport.ts'
import { makeCertificates } from '@muster/testkit/certificate.ts'
import { startMuster } from '@muster/testkit/muster.ts'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, expect, test } from 'vitest'

// The operator must learn about an unusable mail server before a user waits in vain for a code.

const stopping: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stopping.splice(0).reverse()) await stop()
})

async function startSmtp(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({ disableReverseLookup: true, onData: (stream, _session, done) => void stream.resume().on('end', () => done()), ...options })
  server.on('error', () => {})
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  stopping.push(() => new Promise<void>((resolve) => server.close(resolve)))
  return (server.server.address() as { port: number }).port
}

function transportTo(smtpUrl: string) {
  const config = { smtpUrl, mailFrom: 'Accounts <accounts@example.com>', issuer: 'https://accounts.example.com' }
  const transport = createTransport({ config, mailbox: null, log: { info: () => {} } })
  stopping.push(async () => transport.close())
  return transport
}

const email = { to: 'ada@example.com', about: 'test', subject: 'Hello', text: 'Hello', html: '<p>Hello</p>', messageId: '1' }
const { certificate: cert, key } = makeCertificates(['localhost'])

test('the transport check passes when the mail server accepts the connection', async () => {
  const port = await startSmtp({ authOptional: true, disabledCommands: ['STARTTLS'] })
  await expect(transportTo(`smtp://localhost:${port}`).verify()).resolves.toBeUndefined()
})

test.each<[what: string, start: () => Promise<string>, next: RegExp]>([
  ['a self-signed certificate', async () => `smtp://localhost:${await startSmtp({ authOptional: true, cert, key })}`, /NODE_EXTRA_CA_CERTS/],
  [
    'a wrong password',
    async () => {
      const port = await startSmtp({ disabledCommands: ['STARTTLS'], onAuth: (_auth, _session, done) => done(new Error('535 5.7.8 rejected')) })
      return `smtp://mail:wrong@localhost:${port}`
    },
    /username and password/,
  ],
  ['TLS on a plain SMTP port', async () => `smtps://localhost:${await startSmtp({ authOptional: true, cert, key })}`, /scheme of MUSTER_SMTP_URL/],
  ['a closed port', async () => 'smtp://127.0.0.1:1', /host and port/],
])('the transport check names the next step after %s', async (_what, start, next) => {
  const error = (await transportTo(await start())
    .verify()
    .catch((reason: unknown) => reason)) as Error & { next: string }
  expect(error).toBeInstanceOf(Error)
  expect(error.next).toMatch(next)
  expect(`${error.message} ${error.next}`).not.toContain('wrong@')
})

/** This machine by an address that the server does not take for its own, so it stands for another host. */
const elsewhere = '[::ffff:127.0.0.1]'

test('the transport check names the next step if another host offers no STARTTLS', async () => {
  const port = await startSmtp({ authOptional: true, disabledCommands: ['STARTTLS'] })
  const transport = transportTo(`smtp://${elsewhere}:${port}`)
  await expect(transport.verify()).rejects.toMatchObject({ code: 'ETLS', next: expect.stringContaining('?ignoreTLS=true') })
  await expect(transport.send(email)).rejects.toMatchObject({ code: 'ETLS' })
})

test.each(['ignoreTLS=true', 'requireTLS=false'])('an email goes in plain text to another host with %s', async (setting) => {
  const port = await startSmtp({ authOptional: true, disabledCommands: ['STARTTLS'] })
  await expect(transportTo(`smtp://${elsewhere}:${port}?${setting}`).send(email)).resolves.toBeUndefined()
})

test('an email goes to another host by STARTTLS', async () => {
  let isEncrypted = false
  const port = await startSmtp({
    authOptional: true,
    cert,
    key,
    onData: (stream, session, done) => {
      isEncrypted = session.secure
      stream.resume().on('end', () => done())
    },
  })
  await transportTo(`smtp://${elsewhere}:${port}?tls.rejectUnauthorized=false`).send(email)
  expect(isEncrypted).toBe(true)
})

test('an email reaches a self-signed relay with the setting of docs/operations.md', async () => {
  const port = await startSmtp({ authOptional: true, cert, key })
  const transport = transportTo(`smtp://localhost:${port}?tls.rejectUnauthorized=false`)
  await expect(transport.verify()).resolves.toBeUndefined()
  await expect(transport.send(email)).resolves.toBeUndefined()
})

test('the server starts without its mail server and logs the next step (O6)', async () => {
  const muster = await startMuster({ env: { MUSTER_SMTP_URL: 'smtp://127.0.0.1:1' } })
  stopping.push(() => muster.close())
  const warning = () => muster.log.find((line) => line.includes('the mail server cannot be used'))
  await expect.poll(warning).toBeDefined()
  expect(JSON.parse(warning() as string)).toMatchObject({ level: 'warn', next: expect.stringContaining('MUSTER_SMTP_URL') })
})
