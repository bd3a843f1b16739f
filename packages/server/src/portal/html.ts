import { html as tagged } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** Markup that is safe to send: everything put into it was escaped, or was markup itself. */
export type Markup = HtmlEscapedString

/** What may stand between the braces of a template. Text is escaped; nothing, `null` and `false` leave no trace. */
export type Content = string | number | false | null | undefined | Markup | readonly Content[]

/** Hono's escaping template, held to what is known at once: the pages wait for nothing, so a promise in one is a mistake. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  const markup = tagged(strings, ...values)
  if (markup instanceof Promise) throw new TypeError('A page was given a promise.')
  return markup
}
