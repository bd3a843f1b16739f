import { type SignInReason, signInReasons } from '@muster/contract/page-texts.ts'
import { html, type Markup } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type CommandLine, type Fault, type FormTarget, faultSummary, field, form, linkButton } from '../../parts.ts'
import { type PasskeyRequestView, passkeyButton, passkeysElsewhere, withoutPasskeySignIn } from '../factors/passkey-form.ts'
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
  /** False: passkeys and providers are the only ways in (F23). */
  passwords: boolean
  /** Null where passkeys are not possible. */
  passkey: PasskeyRequestView | null
  providers?: ProvidersView | undefined
}

/** Fields: `identifier` (email or username, S45), `password`. Neither while passwords are off. */
export function signInPage(page: SignInPage): string {
  const { frame, signUpPath, purpose, reason, faults, passkey, providers, passwords } = page
  const newHere = html`New here? <a href="${signUpPath}">Create an account</a>`
  return layout({
    frame,
    title: 'Sign in',
    context: purposeLine(purpose),
    lead: reason ? signInReasons[reason] : !passwords && nextAfterSignIn(purpose),
    failed: Boolean(faults?.length),
    withPasskeys: passkey !== null,
    body: [
      faultSummary(faults),
      lastWayLine(providers),
      passwords ? passwordForm(page) : passkey === null && passkeysElsewhere,
      passkey && !passwords && withoutPasskeySignIn,
      passkey && passkeyButton({ ...passkey, text: 'Sign in with a passkey', tone: passwords ? 'plain' : 'primary', autofill: passwords }),
      providerButtons(providers),
      passwords
        ? html`<p class="aside">${newHere}</p>`
        : html`<div class="asides"><p>Can’t sign in? <a href="${page.forgotPasswordPath}">Get a sign-in link</a></p><p>${newHere}</p></div>`,
    ],
  })
}

const passwordForm = ({ target, forgotPasswordPath, purpose, identifier, faults, passkey }: SignInPage): Markup =>
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
    next: nextAfterSignIn(purpose),
    actions: button({ text: 'Sign in' }),
  })

function nextAfterSignIn(purpose: Purpose | undefined): string {
  if (purpose?.kind === 'terminal') return 'Next, you’ll review the request from your terminal.'
  if (purpose?.kind === 'invitation') return 'Next, you’ll review the invitation.'
  return purpose ? `Next, you’ll continue to ${purpose.client}.` : 'Next, you’ll see your account.'
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
