import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, emailField, type Fault, type FormTarget, faultSummary, form, linkButton } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { whereEmailIs } from './account.ts'

// While passwords are off, these pages stand where a password would be reset (F23).

export interface AskForLinkPage {
  frame: Frame
  target: FormTarget
  signInPath: string
  email?: string | undefined
  faults?: readonly Fault[] | undefined
}

/** Field: `email`. */
export function askForLinkPage({ frame, target, signInPath, email, faults }: AskForLinkPage): string {
  return layout({
    frame,
    title: 'Get a sign-in link',
    lead: 'Passwords are switched off here. If your account has no passkey and no provider, we email you a sign-in link.',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: emailField({ value: email, faults, autofocus: true }),
        next: 'If this address has an account, we’ll email it.',
        actions: button({ text: 'Send the email' }),
      }),
      html`<div class="asides"><p>Lost your passkey? Ask an admin of your organization or the operator to reset how you sign in. Then ask for a sign-in link here.</p><p><a href="${signInPath}">Back to sign-in</a></p></div>`,
    ],
  })
}

export interface LinkSentPage {
  frame: Frame
  email: string
  minutes: number
  againPath: string
}

/** The same whether or not the address has an account. */
export function linkSentPage({ frame, email, minutes, againPath }: LinkSentPage): string {
  return layout({
    frame,
    title: 'Check your email',
    lead: html`If <strong>${email}</strong> has an account, we emailed it how to sign in. A link works once and expires in ${minutes} minutes.`,
    body: html`<div class="asides"><p>${whereEmailIs(frame)}</p><p><a href="${againPath}">Send another email</a></p></div>`,
  })
}

export interface SignInLinkPage {
  frame: Frame
  target: FormTarget
  email: string
  expiresAt: Date
}

/** Signs in only after a click, because scanners and previews open links too (S17). */
export function signInLinkPage({ frame, target, email, expiresAt }: SignInLinkPage): string {
  return layout({
    frame,
    title: 'Sign in with this link?',
    lead: html`To the account of <strong>${email}</strong>. This page expires ${deadline(expiresAt, frame.now)}.`,
    body: form({
      target,
      body: '',
      next: 'Then you’ll add a passkey. If you have an authenticator app, we first ask for its code.',
      actions: button({ text: 'Sign in' }),
    }),
  })
}

export interface SignInLinkEndedPage {
  frame: Frame
  signInPath: string
  againPath: string
}

export function signInLinkEndedPage({ frame, signInPath, againPath }: SignInLinkEndedPage): string {
  return layout({
    frame,
    title: 'This link is no longer valid',
    lead: 'It was already used, it has expired, a newer link was sent, or your account has another way to sign in.',
    body: html`<div class="doors">${linkButton(signInPath, 'Sign in')}${linkButton(againPath, 'Send a new link', 'plain')}</div>`,
  })
}
