import { html, type Markup } from '../../html.ts'
import { button, type Fault, type FormTarget, field, form, hiddenFields } from '../../parts.ts'

/** A request to the browser: options of `navigator.credentials.get`, as JSON (WebAuthn). */
export interface PasskeyRequestView {
  options: Record<string, unknown>
  target: FormTarget
}

interface Ceremony extends PasskeyRequestView {
  text: string
  tone?: 'primary' | 'plain'
  /** The field with `autocomplete="webauthn"` on the same page suggests passkeys. */
  autofill?: boolean
}

/** A button that asks the browser for a passkey. Hidden without JavaScript. Field: `response`. */
export const passkeyButton = ({ options, target, text, tone = 'plain', autofill = false }: Ceremony): Markup =>
  html`<form class="passkey" method="post" action="${target.action}" data-passkey="${JSON.stringify(options)}"${autofill && html` data-autofill`} hidden>${hiddenFields({ ...target.hidden, response: '' })}${button({ text, tone })}<p class="state bad" data-passkey-state role="status"></p></form>`

export const wherePasskeysAre = 'Your browser asks where to keep it: in your password manager, on this device, on your phone or on a security key.'

/** Removed where the browser supports passkeys. */
export const withoutPasskeys = html`<div data-without-passkeys class="notice paused"><p>Adding a passkey requires JavaScript and a browser that supports passkeys.</p></div>`

/** The same for signing in. */
export const withoutPasskeySignIn = html`<div data-without-passkeys class="notice paused"><p>Signing in with a passkey requires JavaScript and a browser that supports passkeys.</p></div>`

/** On an address where passkeys are not possible (F4). */
export const passkeysElsewhere = html`<div class="notice paused"><p>Passkeys require the main address of this server, with https and a host name.</p></div>`

interface NewPasskey extends PasskeyRequestView {
  name?: string | undefined
  faults?: readonly Fault[] | undefined
  next: string
}

/** A form that asks the browser to create a passkey. Hidden without JavaScript. Fields: `name`, `response`. */
export const newPasskeyForm = ({ options, target, name, faults, next }: NewPasskey): Markup =>
  form({
    target,
    attributes: html` data-passkey="${JSON.stringify(options)}" data-ceremony="create" hidden`,
    body: [
      field({
        name: 'name',
        label: 'Name',
        autocomplete: 'off',
        maxlength: 60,
        optional: true,
        value: name,
        faults,
        hint: 'Helps you tell your passkeys apart. If empty, we use the name of your password manager.',
      }),
      html`<p class="state bad" data-passkey-state role="status"></p>`,
    ],
    next,
    actions: button({ text: 'Add a passkey' }),
  })
