import { type Content, html } from '../../html.ts'
import { moment } from '../../time.ts'

/** An API key that works. */
export interface OwnKey {
  description: string
  createdAt: Date
}

const SHOWN = 10

/** With the password go sessions; keys are listed, and end if that is asked for (S32). Field: `end_keys`. Nothing where there are none. */
export function keysToEnd(now: Date, keys: readonly OwnKey[], endKeys = false): Content {
  if (keys.length === 0) return false
  const one = keys.length === 1
  return html`<div class="field check"><p>You hold ${one ? 'an API key' : `${keys.length} API keys`}, which ${one ? 'goes' : 'go'} on working:</p>
<ul class="plain-list">${keys.slice(0, SHOWN).map(({ description, createdAt }) => html`<li>${description}, made ${moment(createdAt, now)}</li>`)}${keys.length > SHOWN && html`<li>and ${keys.length - SHOWN} more</li>`}</ul>
<label for="end_keys"><input type="checkbox" id="end_keys" name="end_keys" value="yes"${endKeys && html` checked`}> End ${one ? 'it' : 'them'} too</label></div>`
}
