import { type SignInReason, signInReasons } from '@muster/contract/page-texts.ts'
import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type CommandLine, type Fault, type FormTarget, faultSummary, field, form, linkButton } from '../../parts.ts'
import { type PasskeyRequestView, passkeyButton } from '../factors/passkey-form.ts'
import { lastWayLine, type ProvidersView, providerButtons } from '../providers/buttons.ts'
import { type Purpose, purposeLine } from './account.ts'

export interface SignInPage {
  frame: Frame
  target: FormTarget
  signUpPath: string
  forgotPasswordPath: string
  purpose?: Purpose | undefined
  /** Why the user has to sign in again. */
  reason?: SignInReason | undefined
  identifier?: string | undefined
  faults?: readonly Fault[] | undefined
  /** Null where passkeys are not possible. */
  passkey: PasskeyRequestView | null
  providers?: ProvidersView | undefined
}

/** Fields: `identifier` (email or username, S45), `password`. */
export function signInPage({ frame, target, signUpPath, forgotPasswordPath, purpose, reason, identifier, faults, passkey, providers }: SignInPage): string {
  return layout({
    frame,
    title: 'Sign in',
    context: purposeLine(purpose),
    lead: reason && signInReasons[reason],
    failed: Boolean(faults?.length),
    withPasskeys: passkey !== null,
    body: [
      faultSummary(faults),
      lastWayLine(providers),
      form({
        target,
        body: [
          field({
            name: 'identifier',
            label: 'Email or username',
            kind: 'identifier',
            autocomplete: passkey ? 'username webauthn' : 'username',
            maxlength: 254,
            value: identifier,
            faults,
            autofocus: identifier === undefined,
          }),
          field({
            name: 'password',
            label: 'Password',
            type: 'password',
            kind: 'current-password',
            autocomplete: 'current-password',
            maxlength: 256,
            faults,
            autofocus: identifier !== undefined,
          }),
          html`<p class="small"><a href="${forgotPasswordPath}">Forgot your password?</a></p>`,
        ],
        next:
          purpose?.kind === 'terminal'
            ? 'Next, you’ll review the request from your terminal.'
            : purpose?.kind === 'invitation'
              ? 'Next, you’ll review the invitation.'
              : purpose
                ? `Next, you’ll continue to ${purpose.client}.`
                : 'Next, you’ll see your account.',
        actions: button({ text: 'Sign in' }),
      }),
      passkey && passkeyButton({ ...passkey, text: 'Sign in with a passkey', autofill: true }),
      providerButtons(providers),
      html`<p class="aside">New here? <a href="${signUpPath}">Create an account</a></p>`,
    ],
  })
}

export interface SignedOutPage {
  frame: Frame
  signInPath: string
  cli: CommandLine
}

export function signedOutPage({ frame, signInPath, cli }: SignedOutPage): string {
  return layout({
    frame,
    title: 'You are signed out',
    lead: html`This browser session has ended. You are still logged in on your terminals. To log out there, run: <code>${cli('logout')}</code>`,
    body: html`<div class="doors">${linkButton(signInPath, 'Sign in again', 'plain')}</div>`,
  })
}
