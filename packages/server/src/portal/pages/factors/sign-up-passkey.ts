import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { type Fault, type FormTarget, faultSummary, linkButton, notice, sheet } from '../../parts.ts'
import { type Purpose, purposeLine } from '../accounts/account.ts'
import { nextAfterSignUp, signUpSteps } from '../accounts/sign-up.ts'
import { newPasskeyForm, wherePasskeysAre, withoutPasskeys } from './passkey-form.ts'

export interface SignUpPasskeyPage {
  frame: Frame
  target: FormTarget
  /** Options of `navigator.credentials.create`, as JSON (WebAuthn). */
  options: Record<string, unknown>
  purpose?: Purpose | undefined
  /** Where the sign-up goes on without this passkey. */
  skipPath: string
  /** The account has a passkey already, and this is another. */
  isAnother: boolean
  /** False: an emailed link can set no password (F23). */
  passwords: boolean
  name?: string | undefined
  faults?: readonly Fault[] | undefined
}

/** A passkey for a new account without a password (F2). Fields: `name`, `response`. */
export function signUpPasskeyPage({ frame, target, options, purpose, skipPath, isAnother, passwords, name, faults }: SignUpPasskeyPage): string {
  return layout({
    frame,
    title: isAnother ? 'Add another passkey' : 'Add your passkey',
    steps: signUpSteps(purpose, 2, true),
    context: purposeLine(purpose),
    lead: isAnother ? 'Keep it in another place than the first one, such as your phone or a security key.' : wherePasskeysAre,
    failed: Boolean(faults?.length),
    withPasskeys: true,
    body: [
      faultSummary(faults),
      withoutPasskeys,
      newPasskeyForm({ target, options, name, faults, next: 'We’ll notify you by email.' }),
      isAnother
        ? html`<p class="aside"><a href="${skipPath}">Continue with one passkey</a></p>`
        : html`<div class="asides"><p>Your account has been created. ${passwords ? 'To sign in again without a passkey, you set a password with a link that we email you.' : 'Without a passkey, you sign in again with a sign-in link that we email you.'}</p><p><a href="${skipPath}">Continue without a passkey</a></p></div>`,
    ],
  })
}

export interface RestoredPasskeyPage {
  frame: Frame
  purpose?: Purpose | undefined
  confirmPath: string
  anotherPath: string
}

/** After a restore, a sign-in link leads here. The owner uses the passkey once in this session, or adds another if it is lost (F2, F23). */
export const restoredPasskeyPage = ({ frame, purpose, confirmPath, anotherPath }: RestoredPasskeyPage): string =>
  layout({
    frame,
    title: 'Use your passkey once',
    context: purposeLine(purpose),
    lead: 'This server was restored from a backup. Your passkey signs you in again once you have used it here.',
    body: sheet({
      body: html`<p>If you no longer have it, add another passkey, and remove the old one under Security.</p>`,
      actions: [linkButton(anotherPath, 'Add another passkey', 'plain'), linkButton(confirmPath, 'Use the passkey')],
    }),
  })

export interface PasskeyReadyPage {
  frame: Frame
  purpose?: Purpose | undefined
  /** The number of passkeys, at least one. */
  passkeys: number
  /** False: an emailed link can set no password (F23). */
  passwords: boolean
  anotherPath: string
  /** Null for an account that has an authenticator app. */
  authenticatorPath: string | null
  skipPath: string
}

/** After the first passkey of a sign-up: what helps if it is lost (F2). */
export function passkeyReadyPage({ frame, purpose, passkeys, passwords, anotherPath, authenticatorPath, skipPath }: PasskeyReadyPage): string {
  const isOnlyWay = passkeys === 1 && authenticatorPath !== null
  return layout({
    frame,
    title: passkeys === 1 ? 'Your passkey is ready' : 'Your passkeys are ready',
    steps: signUpSteps(purpose, 2, true),
    context: purposeLine(purpose),
    lead: `Next time, sign in with ${passkeys === 1 ? 'it' : 'any of them'}. Your account has no password.`,
    body: [
      authenticatorPath === null && notice({ tone: 'active', body: 'Your authenticator app and recovery codes are ready too.' }),
      sheet({
        body: [
          html`<p>${
            isOnlyWay ? 'Add another passkey' : html`<a href="${anotherPath}">Add another passkey</a>`
          } in another place, such as your phone or a security key. If you lose one, you sign in with the other.</p>`,
          authenticatorPath !== null &&
            html`<p><a href="${authenticatorPath}">Add an authenticator app with recovery codes</a>. ${passwords ? 'If you ever set a password, signing in with it then also needs a code.' : 'Signing in with a provider then also needs a code.'}</p>`,
          isOnlyWay &&
            html`<p>${
              passwords
                ? 'If you skip this and lose your passkey, you set a password with a link that we email you. Access to your inbox is then enough to sign in.'
                : 'If you skip this and lose your passkey, an admin of your organization or the operator has to reset how you sign in.'
            }</p>`,
        ],
        next: nextAfterSignUp(purpose),
        actions: isOnlyWay ? [linkButton(skipPath, 'Skip', 'plain'), linkButton(anotherPath, 'Add another passkey')] : linkButton(skipPath, 'Continue'),
      }),
    ],
  })
}
