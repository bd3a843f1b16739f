import { html } from '../html.ts'
import { type Frame, layout } from '../layout.ts'
import { copy, facts, linkButton, sheet } from '../parts.ts'
import { moment } from '../time.ts'

/** A mail as the local mailbox keeps it. `code` and `link` are what most people come for. */
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
    lead: 'No mail server is set, so mail ends here instead of leaving this machine. Only this machine can see the page.',
    body:
      mails.length === 0
        ? sheet({ body: html`<p class="empty">No mail yet. Sign up, and the code arrives here.</p>`, actions: linkButton('/', 'To the start', 'plain') })
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
  /** Where the HTML part is shown alone, under `mailPartContentSecurityPolicy`. */
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
          html`<pre class="mail-text" tabindex="0" role="region" aria-label="Text of the mail">${text}</pre>`,
        ],
        ...(htmlPath !== undefined
          ? {
              next: 'This is the text part.',
              actions: html`<a class="button plain" href="${htmlPath}" target="_blank" rel="noopener noreferrer">HTML part in a new tab</a>`,
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
