import { deactivatedText } from '@muster/contract/page-texts.ts'
import { html } from '../html.ts'
import { type Frame, layout } from '../layout.ts'
import { copy, type FormTarget, facts, linkButton, postButton, sheet } from '../parts.ts'
import { deadline, moment } from '../time.ts'

export interface DeactivatedPage {
  frame: Frame
  organization: string
  since: Date
  /** The person to ask: the technical contact, otherwise the founder or an admin (S35). */
  contact: { name?: string | undefined; email: string }
  useAnother: FormTarget
}

/** Status 401. */
export function deactivatedPage({ frame, organization, since, contact, useAnother }: DeactivatedPage): string {
  const [before, after] = deactivatedText.lead
  return layout({
    frame,
    title: deactivatedText.title,
    lead: html`${before}<strong>${organization}</strong>${after}`,
    body: sheet({
      body: facts([
        ['Organization', organization],
        ['Since', moment(since, frame.now)],
        [deactivatedText.contact, html`${contact.name && html`${contact.name}<br>`}<a href="mailto:${encodeURIComponent(contact.email)}">${contact.email}</a>`],
      ]),
      next: deactivatedText.next,
      actions: postButton(useAnother, 'Use another account', 'plain'),
    }),
  })
}

export interface TooManyAttemptsPage {
  frame: Frame
  retryAt: Date
}

/** Status 429. */
export function tooManyAttemptsPage({ frame, retryAt }: TooManyAttemptsPage): string {
  return layout({
    frame,
    title: 'Too many attempts',
    lead: html`You can try again ${deadline(retryAt, frame.now)}.`,
    body: html`<p class="aside">This limit protects accounts against guessing. Until then, every attempt is refused.</p>`,
  })
}

export interface ProblemPage {
  frame: Frame
  /** From the catalogue of problems. */
  title: string
  /** The reason, if the reader may know it. */
  detail?: string | undefined
  next: string
  code: string
  requestId: string
  back?: { href: string; text: string } | undefined
  /** Instead of the way back, for a session that every page refuses. */
  useAnother?: FormTarget | undefined
}

export function problemPage({ frame, title, detail, next, code, requestId, back, useAnother }: ProblemPage): string {
  return layout({
    frame,
    title: title.replace(/\.$/, ''),
    lead: detail,
    body: sheet({
      body: facts([
        ['Next step', next],
        ['Code', html`<span class="code">${code}</span>`],
        ['Request id', html`<span class="with-copy"><span class="code">${requestId}</span>${copy(requestId, 'the request id')}</span>`],
      ]),
      ...(useAnother
        ? { actions: postButton(useAnother, 'Use another account', 'plain') }
        : back
          ? { actions: linkButton(back.href, back.text, 'plain') }
          : {}),
    }),
  })
}

export interface NotFoundPage {
  frame: Frame
  path: string
}

export function notFoundPage({ frame, path }: NotFoundPage): string {
  return layout({
    frame,
    title: 'Page not found',
    lead: html`There is no page at <span class="code">${path}</span>. The link may be incomplete.`,
    body: html`<div class="doors">${linkButton('/', 'Back to home', 'plain')}</div>`,
  })
}
