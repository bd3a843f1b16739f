import { html, type Markup } from '../../html.ts'
import { button, type FormTarget, hiddenFields } from '../../parts.ts'

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
