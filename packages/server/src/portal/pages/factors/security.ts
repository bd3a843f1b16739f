import { type Content, html, type Markup } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, facts, faultSummary, field, form, hiddenFields, linkButton, notice, postButton, sheet } from '../../parts.ts'
import { moment } from '../../time.ts'
import { agentName } from '../credentials/logins.ts'
import type { IdentityView } from '../providers/link.ts'
import { newPasskeyForm, wherePasskeysAre, withoutPasskeys } from './passkey-form.ts'
import { type ResetView, resetNotice } from './reset.ts'
import { type SignInsSection, signInsSection } from './sign-ins.ts'

/** A passkey as its owner sees it. */
export interface PasskeyView {
  path: string
  name: string
  /** True if it stays on one device, such as a security key. */
  deviceBound: boolean
  address: string
  createdAt: Date
  lastUsedAt: Date | null
  lastAddress: string | null
}

/** A browser that is not asked for a second factor (F11). */
export interface RememberedView {
  agent: string | null
  address: string
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  forget: FormTarget
}

export interface SecurityPage {
  frame: Frame
  hasPassword: boolean
  passkeys: readonly PasskeyView[]
  /** Null where passkeys are not possible (F4). */
  newPasskeyPath: string | null
  /** Null if the account has no authenticator app. */
  authenticator: { addedAt: Date; lastUsedAt: Date | null; recoveryCodesLeft: number; locked: boolean } | null
  authenticatorPaths: { add: string; change: string }
  /** An admin's reset that has not taken force yet. */
  reset?: (ResetView & { stop: FormTarget }) | null | undefined
  /** Browsers that are not asked for a second factor. */
  remembered: readonly RememberedView[]
  forgetAll: FormTarget
  /** Null while passwords are off (F23). */
  passwordPath: string | null
  /** Linked providers, and those that can be linked. Undefined if the operator has set none and none is linked. */
  providers?: { linked: readonly IdentityView[]; add: FormTarget; offered: readonly { id: string; name: string }[] } | undefined
  /** The newest sign-ins and failed attempts. */
  recent: SignInsSection
  accountPath: string
  /** For the WebAuthn Signal API: the passkeys that are left. */
  signal: Record<string, unknown> | null
  /** Whether a second factor is asked for after a password or a provider. Null with an app, and where it is off, without a passkey or a password. */
  always: { isOn: boolean; change: FormTarget } | null
  /** What the organization requires and the user lacks (F13). */
  required: { by: string; words: string; from: Date | null } | null
  /** A sentence about the change just made. */
  done?: Content
}

/** How the user signs in, and how to change that (F24). */
export function securityPage({
  frame,
  hasPassword,
  passkeys,
  newPasskeyPath,
  authenticator,
  authenticatorPaths,
  reset,
  remembered,
  forgetAll,
  passwordPath,
  providers,
  recent,
  accountPath,
  signal,
  always,
  required,
  done,
}: SecurityPage): string {
  return layout({
    frame,
    title: 'Security',
    lead: 'How you sign in to your account.',
    wide: true,
    withPasskeys: signal !== null,
    body: [
      done && notice({ tone: 'active', body: done }),
      required &&
        notice({
          tone: 'paused',
          title: `${required.by} requires ${required.words}`,
          body:
            required.from && required.from > frame.now
              ? html`Add it before ${moment(required.from, frame.now)}, so that you can go on from then.`
              : 'Add it here, then go on. Until then you cannot work in the organization.',
        }),
      reset && resetNotice(reset, reset.stop, frame.now),
      sheet({
        body: facts([
          ['Password', passwordPath !== null && passwordFact(passwordPath, hasPassword)],
          [
            'Authenticator app',
            authenticator
              ? html`<span class="with-copy"><span>${authenticator.locked ? 'Locked after 50 wrong codes.' : 'Set.'} ${recoveryCodes(authenticator.recoveryCodesLeft)}</span><a href="${authenticatorPaths.change}">Change<span class="unseen"> your authenticator app</span></a></span>`
              : html`<span class="with-copy"><span class="muted">None</span><a href="${authenticatorPaths.add}">Add<span class="unseen"> an authenticator app</span></a></span>`,
          ],
        ]),
      }),
      html`<h2 class="section"${signal && html` data-signal="${JSON.stringify(signal)}"`}>Passkeys</h2>`,
      newPasskeyPath === null &&
        html`<p class="muted">Passkeys require the main address of this server, with https and a host name instead of an IP address. The operator can change that.</p>`,
      passkeys.length === 0 &&
        newPasskeyPath !== null &&
        html`<p class="muted">None yet. A passkey signs you in with your fingerprint, your face or a security key. It works on this site only, so nobody can trick you into giving it away.</p>`,
      passkeys.length > 0 && html`<ul class="mails">${passkeys.map((passkey) => line(passkey, frame.now))}</ul>`,
      newPasskeyPath !== null && html`<div class="doors">${linkButton(newPasskeyPath, 'Add a passkey', passkeys.length === 0 ? 'primary' : 'plain')}</div>`,
      always &&
        html`<h2 class="section">Second factor</h2><p class="muted">${
          always.isOn
            ? 'After a password or a provider, a passkey is asked for.'
            : 'A password or a provider alone signs in. You can have a passkey asked for after it.'
        }</p><div class="doors">${postButton(always.change, always.isOn ? 'Stop asking for a second factor' : 'Always ask for a second factor')}</div>`,
      remembered.length > 0 && rememberedSection(remembered, forgetAll, frame.now),
      providers && providerSection(providers, frame.now),
      signInsSection(recent, hasPassword ? passwordPath : null, frame.now),
      html`<p class="aside"><a href="${accountPath}">Back to your account</a></p>`,
    ],
  })
}

/** Without a password, one can be added. */
export const passwordFact = (path: string, hasPassword: boolean): Content =>
  hasPassword
    ? html`<span class="with-copy"><span>Set</span><a href="${path}">Change<span class="unseen"> your password</span></a></span>`
    : html`<span class="with-copy"><span class="muted">None</span><a href="${path}">Add<span class="unseen"> a password</span></a></span>`

const rememberedSection = (remembered: readonly RememberedView[], forgetAll: FormTarget, now: Date): Content => [
  html`<h2 class="section">Remembered browsers</h2><p class="muted">In these browsers, your password alone is enough to sign in. Adding or removing a way to sign in forgets all of them, and so does a new password.</p>`,
  html`<ul class="mails">${remembered.map((device) => rememberedLine(device, now))}</ul>`,
  remembered.length > 1 && html`<div class="doors">${postButton(forgetAll, `Forget all ${remembered.length} remembered browsers`, 'danger')}</div>`,
]

function rememberedLine({ agent, address, createdAt, lastUsedAt, expiresAt, forget }: RememberedView, now: Date): Markup {
  const name = agent === null ? 'Browser' : agentName(agent)
  return html`<li><div class="about"><h3 class="subject">${name}</h3><p>Last used ${moment(lastUsedAt, now)} from ${address}</p><p>Added ${moment(createdAt, now)}, expires ${moment(expiresAt, now)}</p></div>
<form class="inline" method="post" action="${forget.action}">${hiddenFields(forget.hidden)}<button type="submit" class="button plain">Forget<span class="unseen">: ${name}, ${address}</span></button></form></li>`
}

const providerSection = ({ linked, add, offered }: NonNullable<SecurityPage['providers']>, now: Date): Content => [
  html`<h2 class="section">Other providers</h2>`,
  linked.length === 0 && html`<p class="muted">None linked. A linked account signs you in here too.</p>`,
  linked.length > 0 &&
    html`<ul class="mails">${linked.map(
      ({ path, provider, label, address, createdAt, lastUsedAt, lastAddress, isOff }) =>
        html`<li><div class="about"><h3 class="subject">${provider}: ${label}</h3>${
          isOff && html`<p>This server no longer offers it.</p>`
        }<p>Linked ${moment(createdAt, now)} from ${address}</p><p>${
          lastUsedAt ? html`Last used ${moment(lastUsedAt, now)} from ${lastAddress}` : 'Not used yet'
        }</p></div><a class="button plain" href="${path}">Change<span class="unseen">: ${provider}</span></a></li>`,
    )}</ul>`,
  offered.length > 0 &&
    html`<form class="doors" method="post" action="${add.action}">${hiddenFields(add.hidden)}${offered.map(({ id, name }) =>
      button({ text: `Link ${name}`, tone: 'plain', name: 'provider', value: id }),
    )}</form>`,
]

const recoveryCodes = (left: number): string =>
  left === 0 ? 'No recovery codes left.' : left === 1 ? 'One recovery code left.' : `${left} recovery codes left.`

const kindOf = ({ deviceBound }: Pick<PasskeyView, 'deviceBound'>): string => (deviceBound ? 'On one device' : 'Synchronized between devices')

function line(passkey: PasskeyView, now: Date): Markup {
  const { path, name, address, createdAt, lastUsedAt, lastAddress } = passkey
  return html`<li><div class="about"><h3 class="subject">${name}</h3><p>${kindOf(passkey)}</p><p>Added ${moment(createdAt, now)} from ${address}</p><p>${
    lastUsedAt ? html`Last used ${moment(lastUsedAt, now)} from ${lastAddress}` : 'Not used yet'
  }</p></div><a class="button plain" href="${path}">Change<span class="unseen">: ${name}</span></a></li>`
}

export interface NewPasskeyPage {
  frame: Frame
  target: FormTarget
  /** Options of `navigator.credentials.create`, as JSON (WebAuthn). */
  options: Record<string, unknown>
  hasPassword: boolean
  backPath: string
  name?: string | undefined
  faults?: readonly Fault[] | undefined
}

/** Fields: `name`, `response`. */
export function newPasskeyPage({ frame, target, options, hasPassword, backPath, name, faults }: NewPasskeyPage): string {
  return layout({
    frame,
    title: 'Add a passkey',
    lead: wherePasskeysAre,
    failed: Boolean(faults?.length),
    withPasskeys: true,
    body: [
      faultSummary(faults),
      withoutPasskeys,
      newPasskeyForm({ target, options, name, faults, next: `${hasPassword ? 'Your password stays valid. ' : ''}We’ll notify you by email.` }),
      html`<p class="aside"><a href="${backPath}">Back to Security</a></p>`,
    ],
  })
}

export interface PasskeyPage {
  frame: Frame
  passkey: PasskeyView
  rename: FormTarget
  remove: FormTarget
  securityPath: string
  name?: string | undefined
  faults?: readonly Fault[] | undefined
}

/** Fields: `name`. */
export function passkeyPage({ frame, passkey, rename, remove, securityPath, name, faults }: PasskeyPage): string {
  return layout({
    frame,
    title: passkey.name,
    lead: html`${kindOf(passkey)}. ${passkey.lastUsedAt ? html`Last used ${moment(passkey.lastUsedAt, frame.now)} from ${passkey.lastAddress}.` : 'Not used yet.'}`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target: rename,
        body: field({ name: 'name', label: 'Name', autocomplete: 'off', maxlength: 60, value: name ?? passkey.name, faults }),
        actions: button({ text: 'Save name' }),
      }),
      sheet({
        body: html`<p>After you remove this passkey, it can no longer be used to sign in. Sessions that were started with it stay active: end them under <a href="/logins">Your logins</a>. Delete it in your password manager too.</p>`,
        actions: postButton(remove, 'Remove passkey', 'danger'),
      }),
      html`<p class="aside"><a href="${securityPath}">Back to Security</a></p>`,
    ],
  })
}

export interface AuthenticatorPage {
  frame: Frame
  authenticator: { addedAt: Date; lastUsedAt: Date | null; recoveryCodesLeft: number }
  newCodes: FormTarget
  remove: FormTarget
  securityPath: string
}

export function authenticatorPage({ frame, authenticator, newCodes, remove, securityPath }: AuthenticatorPage): string {
  const { addedAt, lastUsedAt, recoveryCodesLeft } = authenticator
  return layout({
    frame,
    title: 'Your authenticator app',
    lead: html`Added ${moment(addedAt, frame.now)}. ${lastUsedAt ? html`Last used ${moment(lastUsedAt, frame.now)}.` : 'Not used yet.'}`,
    body: [
      sheet({
        body: html`<p>${recoveryCodes(recoveryCodesLeft)} New codes replace all earlier ones.</p>`,
        actions: postButton(newCodes, 'Create new recovery codes', 'plain'),
      }),
      sheet({
        body: html`<p>After you remove the app, no second factor is asked for when you sign in. Your recovery codes are deleted with it.</p>`,
        actions: postButton(remove, 'Remove the app', 'danger'),
      }),
      html`<p class="aside"><a href="${securityPath}">Back to Security</a></p>`,
    ],
  })
}
