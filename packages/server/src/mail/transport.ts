import type { Transporter } from 'nodemailer'
import { type Config, isLocalHost } from '../config.ts'
import type { Mail } from './compose.ts'
import type { Mailbox } from './mailbox.ts'

export interface OutgoingMail extends Mail {
  to: string
  /** The kind of email, for the log: the subject may contain a code. */
  about: string
  /** Shown in the list of the local mailbox. */
  code?: string | undefined
  link?: string | undefined
  /** The same when an email is sent again, so that receivers can recognize it. */
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
  /** Receives the emails without a mail server. Null with one. */
  mailbox: Mailbox | null
  log: Log
}

/** The mail server of MUSTER_SMTP_URL, or the local mailbox. Each email is logged in one line, without its secrets. */
export function createTransport({ config, mailbox, log }: Options): Transport {
  const { smtpUrl, mailFrom, issuer } = config
  if (smtpUrl === null) {
    if (!mailbox) throw new Error('No mail server and no local mailbox is configured.')
    return {
      async send(mail) {
        const { id } = mailbox.keep(mail)
        log.info({ to: mail.to, about: mail.about, read: `${issuer}/mailbox/${id}` }, 'email is in the local mailbox')
      },
      verify: async () => {},
      close() {},
    }
  }
  let opened: Promise<Transporter> | undefined
  /** The library is loaded after the start, with the first use. */
  const transporter = (): Promise<Transporter> => {
    opened ??= import('nodemailer').then(({ createTransport: open }) =>
      open({
        url: smtpUrl,
        requireTLS: requiresTls(smtpUrl),
        pool: true,
        maxConnections: 3,
        connectionTimeout: 10_000,
        greetingTimeout: 10_000,
        socketTimeout: 30_000,
      }),
    )
    return opened
  }
  const host = new URL(issuer).hostname
  return {
    async send({ to, about, subject, text, html, messageId }) {
      await (await transporter()).sendMail({
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
      log.info({ to, about }, 'email sent')
    },
    async verify() {
      try {
        await (await transporter()).verify()
      } catch (error) {
        throw Object.assign(error as Error, { next: nextStepFor(error as SmtpError) })
      }
    },
    close: () => void opened?.then((transport) => transport.close()),
  }
}

/** Emails have codes and links, so they go in plain text to this machine only, or if the operator says so in the URL. An attacker in the network could hide STARTTLS. */
function requiresTls(smtpUrl: string): boolean {
  const { hostname, searchParams } = new URL(smtpUrl)
  return !isLocalHost(hostname) && searchParams.get('ignoreTLS') !== 'true' && searchParams.get('requireTLS') !== 'false'
}

type SmtpError = Error & { code?: string; responseCode?: number }

/** What the operator can do about a mail server that cannot be used. */
function nextStepFor({ code = '', message }: SmtpError): string {
  if (/certificate|self[- ]signed|issuer/i.test(message))
    return 'Set NODE_EXTRA_CA_CERTS to the certificate of its authority. For your own relay on a trusted network, see docs/operations.md, "Email".'
  if (code === 'ETLS')
    return 'The mail server offers no STARTTLS. Use smtps:// if it has implicit TLS. To let emails with codes go in plain text, add ?ignoreTLS=true to MUSTER_SMTP_URL; see docs/operations.md, "Email".'
  if (code === 'EAUTH') return 'Check the username and password in MUSTER_SMTP_URL.'
  if (/wrong version number|greeting/i.test(message)) return 'Check the scheme of MUSTER_SMTP_URL: smtps:// for implicit TLS (port 465), smtp:// for STARTTLS.'
  return 'Check the host and port in MUSTER_SMTP_URL, and that no firewall blocks the connection.'
}
