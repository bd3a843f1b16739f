import nodemailer from 'nodemailer'
import type { Config } from '../config.ts'
import type { Mailbox } from './mailbox.ts'
import type { Mail } from './templates.ts'

export interface OutgoingMail extends Mail {
  to: string
  /** What kind of mail it is, for the log: a subject may hold a code. */
  about: string
  /** What most people open the mail for; shown by the local mailbox. */
  code?: string | undefined
  link?: string | undefined
  /** The same when the same mail is sent again, so that receivers can tell. */
  messageId: string
}

export interface Transport {
  /** @throws Error when the mail server did not accept it; the caller retries */
  send(mail: OutgoingMail): Promise<void>
  /** Connects, negotiates TLS and authenticates, without sending. @throws Error whose `next` says what to do */
  verify(): Promise<void>
  close(): void
}

interface Log {
  info(fields: object, message: string): void
}

interface Options {
  config: Pick<Config, 'smtpUrl' | 'mailFrom' | 'issuer'>
  /** Where mail goes without a mail server; null where there is one. */
  mailbox: Mailbox | null
  log: Log
}

/** The mail server of MUSTER_SMTP_URL, or the local mailbox. Each mail leaves one line in the log, without what is secret in it. */
export function createTransport({ config, mailbox, log }: Options): Transport {
  const { smtpUrl, mailFrom, issuer } = config
  if (smtpUrl === null) {
    if (!mailbox) throw new Error('There is neither a mail server nor a local mailbox.')
    return {
      async send(mail) {
        const { id } = mailbox.keep(mail)
        log.info({ to: mail.to, about: mail.about, read: `${issuer}/mailbox/${id}` }, 'mail is in the local mailbox')
      },
      verify: async () => {},
      close() {},
    }
  }
  const transporter = nodemailer.createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 3,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
  })
  const host = new URL(issuer).hostname
  return {
    async send({ to, about, subject, text, html, messageId }) {
      await transporter.sendMail({
        from: mailFrom,
        // As an object, so that nothing in an address can become a second recipient or a header.
        to: { name: '', address: to },
        subject,
        text,
        html,
        messageId: `<${messageId}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' }, // no out-of-office answers (RFC 3834)
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      log.info({ to, about }, 'mail sent')
    },
    async verify() {
      try {
        await transporter.verify()
      } catch (error) {
        throw Object.assign(error as Error, { next: nextStepFor(error as SmtpError) })
      }
    },
    close: () => transporter.close(),
  }
}

type SmtpError = Error & { code?: string; responseCode?: number }

/** What the operator does about a mail server that cannot be used. */
function nextStepFor({ code = '', message }: SmtpError): string {
  if (/certificate|self[- ]signed|issuer/i.test(message))
    return 'Name the certificate authority in NODE_EXTRA_CA_CERTS; for a relay of your own on a trusted network: docs/operations.md, "Email".'
  if (code === 'EAUTH') return 'Check the user and the password in MUSTER_SMTP_URL.'
  if (/wrong version number|greeting/i.test(message))
    return 'Check the scheme of MUSTER_SMTP_URL: smtps:// for TLS from the first byte (port 465), smtp:// for STARTTLS.'
  return 'Check the host and the port in MUSTER_SMTP_URL, and that a firewall lets this machine connect.'
}
