import { html } from 'hono/html'
import { forHeader } from './safe-text.ts'

// The form of every email: blocks, as text and as HTML.

/** The content of an email, without sender and recipient. */
export interface Mail {
  subject: string
  text: string
  html: string
}

type Markup = ReturnType<typeof html>

/** The issuer as a URL: the only source of links. */
export interface Sender {
  issuer: string
  /** False: the operator has switched passwords off, and a sign-in link signs in a person who has no other way in (F23). */
  passwords: boolean
}

type Block =
  | { code: string }
  | { command: string }
  | { paragraph: string }
  | { quiet: string }
  | { button: string; url: string }
  | { link: string; url: string }
  | { rows: readonly (readonly [name: string, value: string])[] }

interface Draft extends Pick<Sender, 'issuer'> {
  subject: string
  heading: string
  blocks: readonly Block[]
}

export function compose({ issuer, subject, heading, blocks }: Draft): Mail {
  const host = new URL(issuer).host
  const foot = `Sent by the Muster server at ${host}.`
  return {
    subject: forHeader(subject),
    text: `${[heading, ...blocks.map(asText), '-- ', foot].join('\n\n').replace('-- \n\n', '-- \n')}\n`,
    html: String(asPage(heading, foot, blocks.map(asHtml))),
  }
}

function asText(block: Block): string {
  if ('code' in block) return `    ${block.code}`
  if ('command' in block) return `    ${block.command}` // not wrapped, so that it can be copied
  if ('paragraph' in block) return wrap(block.paragraph)
  if ('quiet' in block) return wrap(block.quiet)
  if ('button' in block) return `${block.button}:\n${ours(block.url)}`
  if ('link' in block) return `${block.link}:\n${ours(block.url)}`
  const width = Math.max(...block.rows.map(([name]) => name.length))
  return block.rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

// The colours of the portal, in a notation that old email programs support.
const ink = '#1b1a16'
const muted = '#5d5b54'
const accent = '#3a4bb8'
const sans = "system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
const mono = "ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace"

function asHtml(block: Block): Markup {
  if ('code' in block)
    return html`<p class="code" style="margin:0 0 16px;padding:12px 16px;background:#f4f3ef;border:1px solid #dedcd6;border-radius:6px;font:600 28px/1.3 ${mono};letter-spacing:0.16em;color:${ink}">${block.code}</p>`
  if ('command' in block)
    return html`<p class="code" style="margin:0 0 16px;padding:8px 12px;background:#f4f3ef;border:1px solid #dedcd6;border-radius:6px;font:400 13px/1.4 ${mono};color:${ink};word-break:break-word">${block.command}</p>`
  if ('paragraph' in block) return html`<p style="margin:0 0 16px">${block.paragraph}</p>`
  if ('quiet' in block) return html`<p class="muted" style="margin:0 0 16px;font-size:13px;color:${muted}">${block.quiet}</p>`
  if ('button' in block)
    return html`<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px"><tr><td class="button" bgcolor="${accent}" style="border-radius:6px;background:${accent}"><a href="${ours(block.url)}" style="display:inline-block;padding:11px 18px;font-weight:600;color:#ffffff;text-decoration:none">${block.button}</a></td></tr></table>`
  if ('link' in block)
    return html`<p style="margin:0 0 16px;font-size:13px"><a class="link" href="${ours(block.url)}" style="color:${accent}">${block.link}</a></p>`
  return html`<table cellpadding="0" cellspacing="0" border="0" width="100%" style="margin:0 0 16px;font-size:13px">${block.rows.map(
    ([name, value]) =>
      html`<tr><th scope="row" class="muted cell" align="left" valign="top" width="96" style="padding:7px 12px 7px 0;border-top:1px solid #dedcd6;font-weight:400;color:${muted}">${name}</th><td class="cell" valign="top" style="padding:7px 0;border-top:1px solid #dedcd6;word-break:break-word">${value}</td></tr>`,
  )}</table>`
}

function asPage(heading: string, foot: string, blocks: Markup[]): Markup {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${heading}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #0f1013 !important; color: #ebecee !important; }
  .sheet { background: #16181b !important; border-color: #2d2f33 !important; }
  .muted { color: #a6a8ad !important; }
  .cell { border-color: #2d2f33 !important; }
  .code { background: #0b0c0e !important; border-color: #2d2f33 !important; color: #ebecee !important; }
  .link { color: #adb9fc !important; }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#fafaf8;color:${ink}">
<table role="presentation" class="page" cellpadding="0" cellspacing="0" border="0" width="100%" bgcolor="#fafaf8" style="background:#fafaf8;color:${ink};font:400 15px/1.5 ${sans}">
<tr><td align="center" style="padding:24px 16px">
<table role="presentation" cellpadding="0" cellspacing="0" border="0" width="100%" style="max-width:480px">
<tr><td style="padding:0 0 12px;font-size:16px;font-weight:600">Muster</td></tr>
<tr><td class="sheet" bgcolor="#ffffff" style="padding:24px 24px 8px;background:#ffffff;border:1px solid #dedcd6;border-radius:6px">
<h1 style="margin:0 0 16px;font-size:20px;line-height:1.3;font-weight:600">${heading}</h1>
${blocks}
</td></tr>
<tr><td class="muted" style="padding:12px 0;font-size:12px;color:${muted}">${foot}</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`
}

/** Emails link only to http and https. */
function ours(url: string): string {
  const { protocol, href } = new URL(url)
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('An email cannot link to this URL.')
  return href
}

/** Wraps plain text at 76 characters. */
function wrap(text: string): string {
  const lines: string[] = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line && line.length + word.length + 1 > 76) lines.push(word)
    else lines[lines.length - 1] = line ? `${line} ${word}` : word
  }
  return lines.join('\n')
}

/** "20 November 2026, 18:42 UTC": a form that no email program turns into an appointment. */
export function instant(date: Date): string {
  return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })}, ${date.toISOString().slice(11, 16)} UTC`
}
