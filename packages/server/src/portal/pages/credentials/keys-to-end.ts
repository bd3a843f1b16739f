import { type Content, html } from '../../html.ts'
import { moment } from '../../time.ts'

/** A valid API key of the user. */
export interface OwnKey {
  description: string
  createdAt: Date
}

const SHOWN = 10

/** Lists the API keys that stay valid after a password change, with a checkbox to revoke them (S32). Field: `end_keys`. Nothing for a user without keys. */
export function keysToEnd(now: Date, keys: readonly OwnKey[], endKeys = false): Content {
  if (keys.length === 0) return false
  const one = keys.length === 1
  return html`<div class="field check"><p>${one ? 'This API key stays' : `These ${keys.length} API keys stay`} valid:</p>
<ul class="plain-list">${keys.slice(0, SHOWN).map(({ description, createdAt }) => html`<li>${description}, created ${moment(createdAt, now)}</li>`)}${keys.length > SHOWN && html`<li>and ${keys.length - SHOWN} more</li>`}</ul>
<label for="end_keys"><input type="checkbox" id="end_keys" name="end_keys" value="yes"${endKeys && html` checked`}> Revoke ${one ? 'this key' : 'these keys'} too</label></div>`
}
