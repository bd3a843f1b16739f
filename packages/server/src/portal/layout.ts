import { assets } from './assets.ts'
import { type Content, html, type Markup } from './html.ts'
import { mark, notice } from './parts.ts'

/** What every page needs to know about the server. */
export interface Frame {
  /** The server's clock. Countdowns use it instead of the reader's clock (S54). */
  now: Date
  /** The issuer's host: `localhost:4000`, `accounts.example.com`. */
  host: string
  /** The local mailbox page, if this installation has one. */
  mailboxPath?: string | undefined
  /** Shown above the content: something that happened before this page. */
  notice?: string | undefined
}

/** Progress through several pages. `current` counts from 0. */
export interface Steps {
  labels: readonly string[]
  current: number
}

export interface Layout {
  frame: Frame
  title: string
  /** The heading of level 1. Defaults to the title. */
  heading?: Content
  lead?: Content
  steps?: Steps | undefined
  /** What this page is part of: "Logging in with muster in your terminal". */
  context?: Content
  /** True when the page reports a mistake. The title then begins with "Error", which a screen reader reads first. */
  failed?: boolean | undefined
  wide?: boolean
  /** The page asks the browser for a passkey. */
  withPasskeys?: boolean | undefined
  /** Redirects to this address; see `continuePage`. */
  refreshTo?: string
  body: Content
}

/** A whole page. */
export function layout({ frame, title, heading, lead, steps, context, failed, wide, withPasskeys, refreshTo, body }: Layout): string {
  return html`<!doctype html>
<html lang="en" data-now="${frame.now.toISOString()}">
<head>
<meta charset="utf-8">
<title>${failed ? 'Error: ' : ''}${title} · Muster</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<meta name="robots" content="noindex">
${refreshTo !== undefined && html`<meta http-equiv="refresh" content="0; url=${refreshTo}">`}
<link rel="icon" type="image/svg+xml" href="${assets['mark.svg'].path}">
<link rel="stylesheet" href="${assets['portal.css'].path}">
<script src="${assets['portal.js'].path}" defer></script>
${withPasskeys && html`<script src="${assets['passkeys.js'].path}" defer></script>`}
</head>
<body class="${wide ? 'wide' : 'narrow'}">
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/">${mark()}<span>Muster</span></a>
<span class="host">${frame.host}</span>
</header>
<main id="main" tabindex="-1">
${steps && stepList(steps)}
${context && html`<p class="context">${context}</p>`}
<h1>${heading ?? title}</h1>
${lead && html`<p class="lead">${lead}</p>`}
${frame.notice && notice({ tone: 'paused', body: frame.notice })}
${body}
</main>
<footer class="bottom">
<span>Accounts for this cloud</span>
<ul>
${frame.mailboxPath !== undefined && html`<li><a href="${frame.mailboxPath}">Local mailbox</a></li>`}
<li><a href="/docs">API</a></li>
</ul>
</footer>
</body>
</html>
`.toString()
}

function stepList({ labels, current }: Steps): Markup {
  return html`<ol class="steps" aria-label="Steps">${labels.map(
    (label, index) =>
      html`<li class="${index < current ? 'done' : index === current ? 'now' : 'next'}"${index === current && html` aria-current="step"`}><span>${label}</span>${
        index < current && html`<span class="unseen"> (done)</span>`
      }</li>`,
  )}</ol>`
}
