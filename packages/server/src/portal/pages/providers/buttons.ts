import { type Content, html } from '../../html.ts'
import { button, type FormTarget, hiddenFields } from '../../parts.ts'

/** The providers that the operator has set. */
export interface ProvidersView {
  target: FormTarget
  list: readonly { id: string; name: string }[]
  /** How this browser signed in last (F23). */
  last?: string | null | undefined
}

/** A button for each provider. Field: `provider`. */
export const providerButtons = (view: ProvidersView | undefined): Content =>
  view &&
  view.list.length > 0 &&
  html`<form class="providers" method="post" action="${view.target.action}">${hiddenFields(view.target.hidden)}<p class="or">or</p>${view.list.map(
    ({ id, name }) => button({ text: `Continue with ${name}`, tone: 'plain', name: 'provider', value: id }),
  )}</form>`

/** A line about the way that this browser used last, for a page that offers several. */
export function lastWayLine(view: ProvidersView | undefined): Content {
  if (!view?.last || view.list.length === 0) return undefined
  const way = { password: 'your password', passkey: 'a passkey' }[view.last] ?? view.list.find(({ id }) => id === view.last)?.name
  return way && html`<p class="muted">This browser signed in with ${way} last time.</p>`
}
