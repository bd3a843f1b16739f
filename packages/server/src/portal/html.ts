import { html as tagged } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** Markup that is safe to send: every value in it was escaped, or was markup itself. */
export type Markup = HtmlEscapedString

/** A value in a template. Text is escaped; undefined, `null` and `false` render nothing. */
export type Content = string | number | false | null | undefined | Markup | readonly Content[]

/** Hono's escaping template without promises: pages are synchronous, so a promise in one is a mistake. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  const markup = tagged(strings, ...values)
  if (markup instanceof Promise) throw new TypeError('A page must not contain a promise.')
  return markup
}
