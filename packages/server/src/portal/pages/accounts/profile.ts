import type { CodeDigits } from '../../../domain/accounts/store.ts'
import { type Content, html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, emailField, type Fault, type FormTarget, facts, faultSummary, field, form, linkButton, notice, sheet } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { keysToEnd, type OwnKey } from '../credentials/keys-to-end.ts'
import { passwordFact } from '../factors/security.ts'
import { type AccountView, fullName, inWords, organizationLine, whereEmailIs } from './account.ts'

const back = (accountPath: string) => html`<p class="aside"><a href="${accountPath}">Back to your account</a></p>`

export interface AccountPage {
  frame: Frame
  account: AccountView
  hasPassword: boolean
  /** `password`: null while passwords are off (F23). */
  paths: { names: string; email: string; password: string | null; security: string; logins: string; home: string }
  /** A sentence about the change just made. */
  done?: Content
}

/** The user's own account, with a link to change each value. */
export function accountPage({ frame, account, hasPassword, paths, done }: AccountPage): string {
  const change = (href: string, value: string) => html`<a href="${href}">Change<span class="unseen"> ${value}</span></a>`
  return layout({
    frame,
    title: 'Your account',
    body: [
      done && notice({ tone: 'active', body: done }),
      sheet({
        body: facts([
          ['Name', html`<span class="with-copy"><span>${fullName(account)}</span>${change(paths.names, 'your name')}</span>`],
          ['Email', html`<span class="with-copy"><span>${account.email}</span>${change(paths.email, 'your email address')}</span>`],
          ['Password', paths.password !== null && passwordFact(paths.password, hasPassword)],
          [
            'Username',
            account.username === null ? html`<span class="muted">None yet</span>` : html`${account.username} <span class="muted">(permanent)</span>`,
          ],
          ['Organization', organizationLine(account)],
        ]),
        next: 'See how you sign in, and where you are signed in.',
        actions: [linkButton(paths.security, 'Security', 'plain'), linkButton(paths.logins, 'Your logins', 'plain')],
      }),
      html`<p class="aside"><a href="${paths.home}">Back to home</a></p>`,
    ],
  })
}

export interface NamesPage {
  frame: Frame
  target: FormTarget
  values: { given_name: string; family_name: string }
  accountPath: string
  faults?: readonly Fault[] | undefined
}

/** Fields: `given_name`, `family_name`. */
export function namesPage({ frame, target, values, accountPath, faults }: NamesPage): string {
  return layout({
    frame,
    title: 'Change your name',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: html`<div class="pair">${field({ name: 'given_name', label: 'Given name', autocomplete: 'given-name', maxlength: 100, value: values.given_name, faults, autofocus: true })}${field({ name: 'family_name', label: 'Family name', autocomplete: 'family-name', maxlength: 100, value: values.family_name, faults, optional: true })}</div>`,
        next: 'Everyone in your organization sees your name. Your username does not change.',
        actions: button({ text: 'Save name' }),
      }),
      back(accountPath),
    ],
  })
}

const currentPassword = (faults: readonly Fault[] | undefined, name = 'password') =>
  field({
    name,
    label: 'Current password',
    type: 'password',
    kind: 'current-password',
    autocomplete: 'current-password',
    maxlength: 256,
    faults,
    hint: 'Enter your password to confirm that it’s you.',
  })

/** Password managers store the new password under this address. */
export const forManagers = (email: string) =>
  html`<input class="unseen" type="text" name="username_for_managers" value="${email}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>`

export interface PasswordPage {
  frame: Frame
  /** False for an account that gets its first password. */
  hasPassword: boolean
  target: FormTarget
  email: string
  /** The user's valid API keys. */
  keys: readonly OwnKey[]
  endKeys?: boolean | undefined
  accountPath: string
  forgotPasswordPath: string
  faults?: readonly Fault[] | undefined
}

/** Fields: `current_password` if there is one, `password`, and `end_keys` where there are keys. */
export function changePasswordPage({ frame, hasPassword, target, email, keys, endKeys, accountPath, forgotPasswordPath, faults }: PasswordPage): string {
  return layout({
    frame,
    title: hasPassword ? 'Change your password' : 'Add a password',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          forManagers(email),
          hasPassword && currentPassword(faults, 'current_password'),
          field({
            name: 'password',
            label: 'New password',
            type: 'password',
            kind: 'new-password',
            autocomplete: 'new-password',
            maxlength: 256,
            hint: 'Use at least 10 characters. A few unrelated words work well.',
            faults,
          }),
          keysToEnd(frame.now, keys, endKeys),
        ],
        next: 'This ends all your other sessions and refresh tokens. This browser stays signed in.',
        actions: button({ text: hasPassword ? 'Change password' : 'Add password' }),
      }),
      hasPassword && html`<p class="aside">Forgot your password? <a href="${forgotPasswordPath}">Reset it by email</a></p>`,
      back(accountPath),
    ],
  })
}

export interface EmailPage {
  frame: Frame
  /** The account has a password, which is asked for. */
  hasPassword: boolean
  target: FormTarget
  current: string
  email?: string | undefined
  accountPath: string
  faults?: readonly Fault[] | undefined
}

/** Fields: `email`, `password`. */
export function changeEmailPage({ frame, hasPassword, target, current, email, accountPath, faults }: EmailPage): string {
  return layout({
    frame,
    title: 'Change your email address',
    lead: html`Your current address is <strong>${current}</strong>.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [forManagers(current), emailField({ label: 'New email', value: email, faults, autofocus: true }), hasPassword && currentPassword(faults)],
        next: 'We’ll email a code to the new address. Nothing changes until you enter it.',
        actions: button({ text: 'Send the code' }),
      }),
      back(accountPath),
    ],
  })
}

export interface VerifyEmailPage {
  frame: Frame
  target: FormTarget
  email: string
  digits: CodeDigits
  /** Null when the code has expired or was entered wrong too often. */
  expiresAt: Date | null
  againPath: string
  accountPath: string
  faults?: readonly Fault[] | undefined
}

/** Field: `code`. The page is the same whether or not the address has an account (S44). */
export function verifyEmailPage({ frame, target, email, digits, expiresAt, againPath, accountPath, faults }: VerifyEmailPage): string {
  if (!expiresAt) {
    return layout({
      frame,
      title: 'This code is no longer valid',
      lead: html`The code we sent to <strong>${email}</strong> can no longer be used. Your email address has not changed.`,
      failed: Boolean(faults?.length),
      body: [faultSummary(faults), html`<div class="doors">${linkButton(againPath, 'Start again')}</div>`, back(accountPath)],
    })
  }
  return layout({
    frame,
    title: 'Check your email for a code',
    lead: html`We sent a ${inWords[digits]}-digit code to <strong>${email}</strong>.`,
    failed: Boolean(faults?.length),
    body: [
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
        next: 'You’ll then sign in with this address. We’ll notify the old one.',
        actions: button({ text: 'Confirm' }),
      }),
      html`<div class="asides"><p>${whereEmailIs(frame)}</p><p><a href="${againPath}">Use another address or get a new code</a></p></div>`,
      back(accountPath),
    ],
  })
}
