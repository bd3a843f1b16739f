import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { type FormTarget, linkButton, notice, postButton, sheet } from '../../parts.ts'

/** Codes are asked for after a password or a provider, and in a browser that is signed in. */
const notYours = (hasPassword = true) => `someone has ${hasPassword ? 'your password, ' : ''}your provider account, or a browser where you are signed in.`

/** On the page of the second factor, to a person who has proved the first one. */
export const lockedNotice = ({ resend, hasLink, sent }: LockedApp, others: string) =>
  sent
    ? notice({ tone: 'active', body: 'We sent a link to the email address of your account. It unlocks the app. Then come back here and enter a new code.' })
    : [
        notice({
          tone: 'paused',
          title: 'Your authenticator app is locked',
          body: html`50 wrong codes were entered, so it accepts no code. Use ${others}, or ${
            hasLink ? 'unlock the app by the link that we sent to the email address of your account' : 'ask for a link by email that unlocks the app'
          }. If the wrong codes were not yours, ${notYours()} If you have a password, set a new one.`,
        }),
        html`<div class="doors">${postButton(resend, hasLink ? 'Send the link again' : 'Send a link', 'plain')}</div>`,
      ]

export interface LockedApp {
  resend: FormTarget
  /** False if no link is valid: it has expired, or the app was locked before there were links. */
  hasLink: boolean
  /** True if the person has just asked for the link. */
  sent: boolean
}

export interface UnlockPage {
  frame: Frame
  target: FormTarget
  /** Null for an account without a password. */
  forgotPath: string | null
}

/** The link in the email leads here. It unlocks the app and does nothing else, so it requires no sign-in. Opening the page changes nothing, because programs open links. */
export const unlockPage = ({ frame, target, forgotPath }: UnlockPage): string =>
  layout({
    frame,
    title: 'Unlock your authenticator app?',
    lead: 'It was locked after 50 wrong codes. Once it is unlocked, its codes are accepted again when you sign in.',
    body: sheet({
      body: html`<p>If the wrong codes were not yours, ${notYours(forgotPath !== null)} ${
        forgotPath === null ? 'End the sign-ins that you do not recognize.' : html`<a href="${forgotPath}">Set a new password</a> first.`
      }</p>`,
      next: 'This link works once. It signs nobody in.',
      actions: postButton(target, 'Unlock the app', 'primary'),
    }),
  })

export interface UnlockedPage {
  frame: Frame
  /** False if the link is not valid. */
  unlocked: boolean
  signInPath: string
}

export const unlockedPage = ({ frame, unlocked, signInPath }: UnlockedPage): string =>
  layout({
    frame,
    title: unlocked ? 'Your authenticator app is unlocked' : 'This link is not valid',
    lead: unlocked
      ? 'Sign in with a new code from the app.'
      : 'It was used or has expired, the app is open again, or your ways to sign in have changed. If the app is still locked, sign in again and ask for a new link.',
    body: html`<div class="doors">${linkButton(signInPath, 'Sign in')}</div>`,
  })
