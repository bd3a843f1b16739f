import { buffer } from 'node:stream/consumers'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export interface Mail {
  from: string
  /** The recipients of the envelope, which decide about the delivery. */
  to: string[]
  subject: string
  text: string
  html: string
  headers: Record<string, string>
}

export interface MailSink {
  /** For MUSTER_SMTP_URL. */
  url: string
  /** Returns the oldest email to the address that no earlier call has returned. Waits until there is one. */
  next(to: string, options?: { withinMilliseconds?: number }): Promise<Mail>
  all(): Mail[]
  /** Refuses the next deliveries temporarily (451), like a server with a problem. */
  refuse(times: number): void
  /** Accepts the next deliveries and cuts the connection before the response, so the sender cannot tell whether they arrived. */
  dropAfterData(times: number): void
  /** Delays the response to every later email by this time. */
  slow(milliseconds: number): void
  stop(): Promise<void>
}

/** A mail server in this process that accepts every email and delivers none. */
export async function startMailSink(): Promise<MailSink> {
  const mails: { mail: Mail; taken: boolean }[] = []
  const waiting = new Set<() => void>()
  let refusals = 0
  let drops = 0
  let thinking = 0

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      buffer(stream)
        .then(async (raw) => {
          if (refusals > 0) {
            refusals -= 1
            throw Object.assign(new Error('4.3.0 Try again later'), { responseCode: 451 })
          }
          if (thinking > 0) await new Promise((resolve) => setTimeout(resolve, thinking))
          const { subject = '', text = '', html = '', headers } = await PostalMime.parse(raw)
          const { mailFrom, rcptTo } = session.envelope
          const mail: Mail = {
            from: mailFrom ? mailFrom.address : '',
            to: rcptTo.map(({ address }) => address),
            subject,
            text,
            html,
            headers: Object.fromEntries(headers.map(({ key, value }) => [key, value])),
          }
          mails.push({ mail, taken: false })
          for (const look of waiting) look()
          if (drops > 0) {
            drops -= 1
            for (const connection of server.connections) if (connection.id === session.id) connection._socket.destroy()
            return
          }
          done()
        })
        .catch(done)
    },
  })
  server.on('error', () => {}) // A client that disconnects early is not an error of this server.
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.server.address() as { port: number }

  const take = (to: string): Mail | undefined => {
    const entry = mails.find(({ mail, taken }) => !taken && mail.to.some((address) => address.toLowerCase() === to.toLowerCase()))
    if (entry) entry.taken = true
    return entry?.mail
  }

  return {
    url: `smtp://127.0.0.1:${port}`,
    next: (to, { withinMilliseconds = 60_000 } = {}) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const mail = take(to)
          if (!mail) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(mail)
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          const others = mails.map(({ mail }) => `${mail.to.join(', ')}: ${mail.subject}`).join('; ')
          reject(new Error(`No email to ${to} came within ${withinMilliseconds} ms. Received: ${others || 'none'}.`))
        }, withinMilliseconds)
        waiting.add(look)
        look()
      }),
    all: () => mails.map(({ mail }) => mail),
    refuse(times) {
      refusals = times
    },
    dropAfterData(times) {
      drops = times
    },
    slow(milliseconds) {
      thinking = milliseconds
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}
