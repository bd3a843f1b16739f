import { type Content, html, type Markup } from './html.ts'

/** Where a form is sent, with its hidden fields. */
export interface FormTarget {
  action: string
  hidden: Record<string, string>
}

/** A mistake in a form. Without a field, it concerns the whole form. */
export interface Fault {
  field?: string | undefined
  text: string
}

/** The logo. Decorative: the name is beside it. */
export const mark = (): Markup =>
  html`<svg class="mark" viewBox="0 0 16 16" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="square" aria-hidden="true" focusable="false"><path d="M2 3h12M2 8h6.5M2 13h3"/><path class="tick" d="m8.75 11.25 2.25 2.25 3.75-5.25"/></svg>`

export const hiddenFields = (hidden: Record<string, string>): Markup[] =>
  Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

export interface Field {
  name: string
  label: string
  type?: 'text' | 'email' | 'password'
  value?: string | undefined
  hint?: Content
  autocomplete: string
  inputmode?: 'numeric' | 'email' | 'text'
  maxlength?: number
  faults?: readonly Fault[] | undefined
  /** Focuses this field. Ignored when the page reports a mistake: the report has the focus then. */
  autofocus?: boolean
  optional?: boolean
  /** Suggestions for a plain text field. Other values can be typed. */
  choices?: readonly string[]
  kind?: 'plain' | 'mail-code' | 'user-code' | 'username' | 'identifier' | 'new-password' | 'current-password'
}

/** A labelled input with its hint and fault. `aria-describedby` connects them for screen readers. */
export function field({
  name,
  label,
  type = 'text',
  value,
  hint,
  autocomplete,
  inputmode,
  maxlength,
  faults = [],
  autofocus,
  optional,
  choices = [],
  kind = 'plain',
}: Field): Markup {
  const fault = faults.find((one) => one.field === name)
  const described = [hint && `${name}-hint`, fault && `${name}-fault`, kind === 'new-password' && `${name}-count`, kind === 'username' && `${name}-state`]
    .filter(Boolean)
    .join(' ')
  const input = html`<input id="${name}" name="${name}" type="${type}" autocomplete="${autocomplete}"${!optional && html` required`}${
    type !== 'password' && value && html` value="${value}"`
  }${inputmode && html` inputmode="${inputmode}"`}${maxlength && html` maxlength="${maxlength}"`}${choices.length > 0 && html` list="${name}-choices"`}${described && html` aria-describedby="${described}"`}${
    fault && html` aria-invalid="true"`
  }${autofocus && faults.length === 0 && html` autofocus`}${type !== 'text' || kind !== 'plain' ? html` autocapitalize="${kind === 'user-code' ? 'characters' : 'none'}" autocorrect="off" spellcheck="false"` : ''} data-kind="${kind}">`
  return html`<div class="field ${kind}${fault ? ' faulty' : ''}">
<label for="${name}">${label}${optional && html` <span class="optional">(optional)</span>`}</label>
${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${fault && html`<p class="fault" id="${name}-fault"><span class="unseen">Error: </span>${fault.text}</p>`}
${type === 'password' ? html`<div class="with-toggle">${input}<button type="button" class="toggle" data-shows="${name}" aria-pressed="false" hidden>Show<span class="unseen"> password</span></button></div>` : input}
${kind === 'new-password' && html`<p class="state" id="${name}-count" data-count-of="${name}" data-least="10"></p>`}
${choices.length > 0 && html`<datalist id="${name}-choices">${choices.map((choice) => html`<option value="${choice}">`)}</datalist>`}
${kind === 'username' && html`<p class="state" id="${name}-state" data-state-of="${name}" role="status"></p>`}
</div>`
}

/** The field `email`. */
export const emailField = (more: Pick<Field, 'value' | 'faults' | 'hint' | 'autofocus'> & { label?: string }): Markup =>
  field({ name: 'email', label: 'Email', type: 'email', inputmode: 'email', autocomplete: 'email', maxlength: 254, ...more })

export interface Button {
  text: string
  tone?: 'primary' | 'plain' | 'danger' | 'link'
  name?: string
  value?: string
  /** The id of its form, if the button is outside of it. */
  form?: string
}

export const button = ({ text, tone = 'primary', name, value, form }: Button): Markup =>
  html`<button type="submit" class="button ${tone}"${name && html` name="${name}"`}${value && html` value="${value}"`}${form && html` form="${form}"`}>${text}</button>`

export const linkButton = (href: string, text: string, tone: 'primary' | 'plain' = 'primary'): Markup =>
  html`<a class="button ${tone}" href="${href}">${text}</a>`

/** The foot of a sheet: what happens next, and the actions. The primary action comes last. */
const foot = (next: Content, actions: Content): Markup =>
  html`<div class="foot">${next ? html`<p class="next">${next}</p>` : ''}<div class="actions">${actions}</div></div>`

export interface Sheet {
  body: Content
  next?: Content
  actions?: Content
}

/** A card without a form. */
export const sheet = ({ body, next, actions }: Sheet): Markup =>
  html`<div class="sheet"><div class="body">${body}</div>${(next || actions) && foot(next, actions ?? '')}</div>`

/** A card with a form: a plain POST. The server checks it, with and without JavaScript. */
export const form = ({ target, body, next, actions, id, attributes }: Sheet & { target: FormTarget; id?: string; attributes?: Markup }): Markup =>
  html`<form class="sheet" method="post" action="${target.action}" novalidate${id && html` id="${id}"`}${attributes}>${hiddenFields(target.hidden)}${body && html`<div class="body">${body}</div>`}${foot(next, actions)}</form>`

/** A form of one button: sign out, resend. */
export const postButton = (target: FormTarget, text: string, tone: Button['tone'] = 'link'): Markup =>
  html`<form class="inline" method="post" action="${target.action}">${hiddenFields(target.hidden)}${button({ text, tone })}</form>`

/** All faults, each linked to its field. The summary takes the focus, so that a screen reader reads it first. */
export function faultSummary(faults: readonly Fault[] | undefined): Content {
  if (!faults || faults.length === 0) return ''
  const line = ({ field, text }: Fault): Markup => (field ? html`<a href="#${field}">${text}</a>` : html`${text}`)
  return html`<div class="notice danger" role="alert" tabindex="-1" autofocus>${
    faults.length === 1
      ? html`<p>${faults.map(line)}</p>`
      : html`<p class="title">Fix ${faults.length} problems to continue</p><ul>${faults.map((fault) => html`<li>${line(fault)}</li>`)}</ul>`
  }</div>`
}

export interface Notice {
  tone: 'plain' | 'active' | 'paused' | 'danger'
  title?: Content
  body: Content
}

export const notice = ({ tone, title, body }: Notice): Markup =>
  html`<div class="notice ${tone}">${title && html`<p class="title">${title}</p>`}<p>${body}</p></div>`

/** Names and values in two columns. Rows without a value are left out. */
export const facts = (rows: readonly (readonly [name: string, value: Content])[]): Markup =>
  html`<dl class="facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`

/** A copy button. Hidden without JavaScript; the text beside it can be selected. */
export const copy = (text: string, what: string): Markup =>
  html`<button type="button" class="copy" data-copy="${text}" hidden><span data-label>Copy</span><span class="unseen"> ${what}</span></button>`

/** Writes a command as people here run it. `first`: they may not be logged in yet, so the command names this server. */
export type CommandLine = (words: string, about?: { first?: boolean }) => string

/** A command to copy, with its explanation. */
export const command = (text: string, explanation?: Content): Markup =>
  html`<div class="command"><div class="line"><code>${text}</code>${copy(text, text)}</div>${explanation && html`<p>${explanation}</p>`}</div>`

/** A code to compare or to type, large and spaced. Screen readers read it letter by letter. */
export const codeDisplay = (code: string, label: string): Markup =>
  html`<p class="code-display"><span class="unseen">${label}: ${[...code.replace(/[^A-Za-z0-9]/g, '')].join(' ')}</span><span aria-hidden="true">${code}</span></p>`
