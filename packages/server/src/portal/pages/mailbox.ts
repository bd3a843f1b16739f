import { html } from '../html.ts'
import { type Frame, layout } from '../layout.ts'
import { copy, facts, linkButton, sheet } from '../parts.ts'
import { moment } from '../time.ts'

/** An email in the local mailbox. `code` and `link` are shown in the list, because most visits are for them. */
export interface MailView {
  path: string
  to: string
  subject: string
  at: Date
  code?: string | undefined
  link?: string | undefined
}

export interface MailboxPage {
  frame: Frame
  mails: readonly MailView[]
}

/** Newest first. */
export function mailboxPage({ frame, mails }: MailboxPage): string {
  return layout({
    frame,
    title: 'Local mailbox',
    wide: true,
    lead: 'No mail server is configured, so Muster keeps emails here instead of sending them. Only this machine can open this page.',
    body:
      mails.length === 0
        ? sheet({ body: html`<p class="empty">No emails yet. Sign up, and your code appears here.</p>`, actions: linkButton('/', 'Back to home', 'plain') })
        : html`<ul class="mails">${mails.map(
            (mail) =>
              html`<li><div class="about"><a class="subject" href="${mail.path}">${mail.subject}</a><p>${mail.to}, ${moment(mail.at, frame.now)}</p></div>${grab(mail)}</li>`,
          )}</ul>`,
  })
}

export interface MailPage {
  frame: Frame
  mail: MailView
  from: string
  text: string
  /** Shows the HTML part alone, under `mailPartContentSecurityPolicy`. */
  htmlPath?: string | undefined
  mailboxPath: string
}

export function mailPage({ frame, mail, from, text, htmlPath, mailboxPath }: MailPage): string {
  return layout({
    frame,
    title: mail.subject,
    wide: true,
    context: html`<a href="${mailboxPath}">Local mailbox</a>`,
    body: [
      mail.code || mail.link ? html`<div class="grab-box">${grab(mail)}</div>` : '',
      sheet({
        body: [
          facts([
            ['From', from],
            ['To', mail.to],
            ['Sent', moment(mail.at, frame.now)],
          ]),
          html`<pre class="mail-text" tabindex="0" role="region" aria-label="Text of the email">${text}</pre>`,
        ],
        ...(htmlPath !== undefined
          ? {
              next: 'This is the plain-text part.',
              actions: html`<a class="button plain" href="${htmlPath}" target="_blank" rel="noopener noreferrer">Open the HTML part in a new tab</a>`,
            }
          : {}),
      }),
    ],
  })
}

const grab = ({ code, link }: MailView) =>
  code !== undefined
    ? html`<div class="grab"><span class="mailed-code">${code}</span>${copy(code, `the code ${code}`)}</div>`
    : link !== undefined && /^https?:/.test(link)
      ? html`<div class="grab">${linkButton(link, 'Open the link', 'plain')}${copy(link, 'the link')}</div>`
      : ''
