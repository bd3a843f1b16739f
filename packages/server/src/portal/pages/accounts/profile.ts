import type { CodeDigits } from '../../../domain/accounts/store.ts'
import { type Content, html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, facts, faultSummary, field, form, linkButton, notice, sheet } from '../../parts.ts'
import { deadline } from '../../time.ts'
import { keysToEnd, type OwnKey } from '../credentials/keys-to-end.ts'
import { type AccountView, fullName, inWords, organizationLine, whereMailIs } from './account.ts'

const back = (accountPath: string) => html`<p class="aside"><a href="${accountPath}">Back to your account</a></p>`

export interface AccountPage {
  frame: Frame
  account: AccountView
  paths: { names: string; email: string; password: string; logins: string; home: string }
  /** What was just changed. */
  done?: Content
}

/** One's own account, with the way to change each thing that can be changed. */
export function accountPage({ frame, account, paths, done }: AccountPage): string {
  const change = (href: string, what: string) => html`<a href="${href}">Change<span class="unseen"> ${what}</span></a>`
  return layout({
    frame,
    title: 'Your account',
    body: [
      done && notice({ tone: 'active', body: done }),
      sheet({
        body: facts([
          ['Name', html`<span class="with-copy"><span>${fullName(account)}</span>${change(paths.names, 'the name')}</span>`],
          ['Email', html`<span class="with-copy"><span>${account.email}</span>${change(paths.email, 'the email address')}</span>`],
          ['Password', html`<span class="with-copy"><span>Set</span>${change(paths.password, 'the password')}</span>`],
          ['Username', account.username === null ? html`<span class="muted">None yet</span>` : html`${account.username} <span class="muted">(for ever)</span>`],
          ['Organization', organizationLine(account)],
        ]),
        next: 'Not sure that it is only you? Look at where you are signed in.',
        actions: linkButton(paths.logins, 'Your logins', 'plain'),
      }),
      html`<p class="aside"><a href="${paths.home}">To the start</a></p>`,
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
        next: 'Everyone in your organization sees it. The username stays.',
        actions: button({ text: 'Save the name' }),
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
    hint: 'Once more, so that nobody does this who only found your screen unlocked.',
  })

/** Password managers file what is typed here under it. */
const forManagers = (email: string) =>
  html`<input class="unseen" type="text" name="username_for_managers" value="${email}" autocomplete="username" tabindex="-1" aria-hidden="true" readonly>`

export interface PasswordPage {
  frame: Frame
  target: FormTarget
  email: string
  /** Own API keys that work. */
  keys: readonly OwnKey[]
  endKeys?: boolean | undefined
  accountPath: string
  forgotPasswordPath: string
  faults?: readonly Fault[] | undefined
}

/** Fields: `current_password`, `password`, and `end_keys` where there are keys. */
export function changePasswordPage({ frame, target, email, keys, endKeys, accountPath, forgotPasswordPath, faults }: PasswordPage): string {
  return layout({
    frame,
    title: 'Change your password',
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          forManagers(email),
          currentPassword(faults, 'current_password'),
          field({
            name: 'password',
            label: 'New password',
            type: 'password',
            kind: 'new-password',
            autocomplete: 'new-password',
            maxlength: 256,
            hint: '10 to 256 characters, and hard to guess. A few unrelated words do well.',
            faults,
          }),
          keysToEnd(frame.now, keys, endKeys),
        ],
        next: 'This ends every other session and refresh token you hold. This browser stays signed in.',
        actions: button({ text: 'Change the password' }),
      }),
      html`<p class="aside">Do not know it? <a href="${forgotPasswordPath}">Have a link mailed</a></p>`,
      back(accountPath),
    ],
  })
}

export interface EmailPage {
  frame: Frame
  target: FormTarget
  current: string
  email?: string | undefined
  accountPath: string
  faults?: readonly Fault[] | undefined
}

/** Fields: `email`, `password`. */
export function changeEmailPage({ frame, target, current, email, accountPath, faults }: EmailPage): string {
  return layout({
    frame,
    title: 'Change your email address',
    lead: html`It is <strong>${current}</strong> now.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          forManagers(current),
          field({
            name: 'email',
            label: 'New email',
            type: 'email',
            inputmode: 'email',
            autocomplete: 'email',
            maxlength: 254,
            value: email,
            faults,
            autofocus: true,
          }),
          currentPassword(faults),
        ],
        next: 'Next you enter a code that is mailed to the new address. Until then nothing changes.',
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
  /** Null when the code has ended or was tried too often. */
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
      title: 'This code has ended',
      lead: html`The code that went to <strong>${email}</strong> can no longer be used. Your address is as it was.`,
      failed: Boolean(faults?.length),
      body: [faultSummary(faults), html`<div class="doors">${linkButton(againPath, 'Start again')}</div>`, back(accountPath)],
    })
  }
  return layout({
    frame,
    title: 'Enter the code from the mail',
    lead: html`We sent ${inWords[digits]} digits to <strong>${email}</strong>.`,
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
          hint: html`It ends ${deadline(expiresAt, frame.now)}.`,
        }),
        next: 'Then this is the address you sign in with, and the old one is told.',
        actions: button({ text: 'Confirm' }),
      }),
      html`<div class="asides"><p>${whereMailIs(frame)}</p><p><a href="${againPath}">Another address, or a new code</a></p></div>`,
      back(accountPath),
    ],
  })
}
