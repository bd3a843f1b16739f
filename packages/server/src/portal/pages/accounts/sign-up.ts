import type { CodeDigits } from '../../../domain/accounts/store.ts'
import type { Admission } from '../../../domain/model/admission.ts'
import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, emailField, type Fault, type FormTarget, faultSummary, field, form, postButton } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { passkeysElsewhere } from '../factors/passkey-form.ts'
import { type ProvidersView, providerButtons } from '../providers/buttons.ts'
import { inWords, type Purpose, purposeLine, whereEmailIs } from './account.ts'

/** The steps of a sign-up. In a device login the terminal asks for the username, so the last step is the approval (S55). */
export const signUpSteps = (purpose: Purpose | undefined, current: number, withPasskey = false) => ({
  labels: [
    'Account',
    'Email code',
    ...(withPasskey ? ['Passkey'] : []),
    purpose ? { terminal: 'Approval', application: 'Username', invitation: 'Invitation' }[purpose.kind] : 'Username',
  ],
  current,
})

export interface SignUpPage {
  frame: Frame
  target: FormTarget
  signInPath: string
  purpose?: Purpose | undefined
  values?: { email?: string; given_name?: string; family_name?: string; invitation?: string } | undefined
  faults?: readonly Fault[] | undefined
  /** Who may sign up here, for a visitor without an invitation. The page says it before anything is typed (O15). */
  restricted?: Pick<Admission, 'signUp' | 'domains'> | undefined
  providers?: ProvidersView | undefined
  /** The account gets a passkey and no password (F2). */
  withPasskey?: boolean
  /** False: there is no account with a password (F23). */
  passwords: boolean
  /** The same form the other way: with a passkey, or with a password. Null where only one is possible. */
  otherWay?: string | null
}

const DOMAINS_SHOWN = 5

/** `example.com and every domain below example.org` */
function domainsInWords(domains: readonly string[]): string {
  const words = domains.slice(0, DOMAINS_SHOWN).map((rule) => (rule.startsWith('*.') ? `every domain below ${rule.slice(2)}` : rule))
  if (domains.length > DOMAINS_SHOWN) words.push('others')
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** Fields: `email`, `password` unless with a passkey, `given_name`, `family_name`, and `invitation` where it is needed. */
export function signUpPage(page: SignUpPage): string {
  const { frame, target, signInPath, purpose, values = {}, faults, restricted, providers, withPasskey = false, otherWay = null, passwords } = page
  return layout({
    frame,
    title: 'Create an account',
    steps: signUpSteps(purpose, 0, withPasskey),
    context: purposeLine(purpose),
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      restricted
        ? html`<div class="notice"><p>${
            restricted.signUp === 'invitation'
              ? 'Signing up here needs an invitation. Open the link in your invitation, or paste it below.'
              : `Addresses of ${domainsInWords(restricted.domains)} can sign up here. Any other address needs an invitation.`
          }</p></div>`
        : '',
      withPasskey &&
        html`<noscript><div class="notice paused"><p>Passkeys need JavaScript.${otherWay !== null && html` <a href="${otherWay}">Sign up with a password</a>`}</p></div></noscript>`,
      !passwords && !withPasskey
        ? passkeysElsewhere
        : form({
            target,
            body: [
              restricted &&
                field({
                  name: 'invitation',
                  label: 'Invite link or organization secret',
                  autocomplete: 'off',
                  maxlength: 300,
                  value: values.invitation,
                  faults,
                  optional: restricted.signUp === 'domains',
                  autofocus: restricted.signUp === 'invitation',
                }),
              emailField({ value: values.email, faults, autofocus: restricted?.signUp !== 'invitation' }),
              !withPasskey &&
                field({
                  name: 'password',
                  label: 'Password',
                  type: 'password',
                  kind: 'new-password',
                  autocomplete: 'new-password',
                  maxlength: 256,
                  hint: 'Use at least 10 characters. A few unrelated words work well.',
                  faults,
                }),
              html`<div class="pair">${field({ name: 'given_name', label: 'Given name', autocomplete: 'given-name', maxlength: 100, value: values.given_name, faults })}${field(
                {
                  name: 'family_name',
                  label: 'Family name',
                  autocomplete: 'family-name',
                  maxlength: 100,
                  value: values.family_name,
                  optional: true, // some people have one name
                  faults,
                },
              )}</div>`,
            ],
            next: `We’ll email you a code to confirm your address. Your account is created when you enter it.${withPasskey ? ' Then you’ll add a passkey.' : ''}`,
            actions: button({ text: 'Send the code' }),
          }),
      providerButtons(providers),
      html`<div class="asides">${
        otherWay !== null &&
        html`<p><a href="${otherWay}">Sign up with ${withPasskey ? 'a password instead of a passkey' : 'a passkey instead of a password'}</a></p>`
      }<p>Already have an account? <a href="${signInPath}">Sign in</a></p></div>`,
    ],
  })
}

/** A sentence about the page that follows a sign-up. */
export function nextAfterSignUp(purpose: Purpose | undefined): string {
  if (purpose?.kind === 'terminal') return 'Next, you’ll review the request from your terminal.'
  return purpose?.kind === 'invitation' ? 'Next, you’ll review the invitation.' : 'Next, you’ll choose a username.'
}

export interface VerifyCodePage {
  frame: Frame
  target: FormTarget
  resend: FormTarget
  startOver: FormTarget
  email: string
  digits: CodeDigits
  /** A passkey is added after the code (F2). */
  withPasskey?: boolean
  /** When the newest code expires. Null when it has expired or was entered wrong too often. */
  expiresAt: Date | null
  purpose?: Purpose | undefined
  /** True right after the user requested a new code. */
  resent?: boolean
  faults?: readonly Fault[] | undefined
}

/** Field: `code`. The page is the same whether or not the address has an account (S44). */
export function verifyCodePage(page: VerifyCodePage): string {
  const { frame, target, resend, startOver, email, digits, withPasskey = false, expiresAt, purpose, resent, faults } = page
  const links = html`<div class="asides"><p>${whereEmailIs(frame)}</p>${expiresAt && postButton(resend, 'Send a new code')}${postButton(startOver, 'Use another address')}</div>`
  const steps = signUpSteps(purpose, 1, withPasskey)
  const common = { frame, title: 'Check your email for a code', steps, context: purposeLine(purpose), failed: Boolean(faults?.length) }
  if (!expiresAt) {
    return layout({
      ...common,
      title: 'This code is no longer valid',
      lead: html`The code we sent to <strong>${email}</strong> can no longer be used. Request a new one to continue. You don’t need to fill in the form again.`,
      body: [
        faultSummary(faults),
        form({ target: resend, body: '', next: 'Only the newest code is valid.', actions: button({ text: 'Send a new code' }) }),
        links,
      ],
    })
  }
  return layout({
    ...common,
    lead: html`We sent a ${inWords[digits]}-digit code to <strong>${email}</strong>.`,
    body: [
      resent && !faults?.length ? html`<div class="notice active" role="status"><p>We sent a new code. The earlier one is no longer valid.</p></div>` : '',
      faultSummary(faults),
      form({
        target,
        body: field({
          name: 'code',
          label: digits === 6 ? 'Six-digit code' : 'Twelve-digit code',
          kind: 'mail-code',
          autocomplete: 'one-time-code',
          inputmode: 'numeric',
          maxlength: digits + 3, // with spaces, for those who paste "123 456"
          faults,
          autofocus: true,
          hint: html`Expires ${deadline(expiresAt, frame.now)}.`,
        }),
        next: withPasskey ? 'Next, you’ll add a passkey.' : nextAfterSignUp(purpose),
        actions: button({ text: 'Confirm' }),
      }),
      links,
    ],
  })
}
