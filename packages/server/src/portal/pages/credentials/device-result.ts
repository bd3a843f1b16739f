import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { command, linkButton } from '../../parts.ts'
import { deadline } from '../../time.ts'

export interface DeviceApprovedPage {
  frame: Frame
  client: string
  longLived: boolean
  /** The command that ends this login, if the client has one. */
  endsBy: string | null
}

export function deviceApprovedPage({ frame, client, longLived, endsBy }: DeviceApprovedPage): string {
  return layout({
    frame,
    title: 'Approved',
    heading: html`<span class="status active">Approved</span>`,
    lead: html`<strong>${client}</strong> is logging in now. You can close this page and return to the terminal.`,
    body: html`<section aria-label="Ending it">${
      endsBy === null
        ? html`<p>To end this login before its time, see <a href="/logins">your logins</a>. An email tells you about it too.</p>`
        : command(endsBy, `Ends this login before its ${longLived ? 'year is over' : 'time'}. A mail tells you about it too.`)
    }</section>`,
  })
}

export interface DeviceDeniedPage {
  frame: Frame
  client: string
}

export function deviceDeniedPage({ frame, client }: DeviceDeniedPage): string {
  return layout({
    frame,
    title: 'Denied',
    heading: html`<span class="status idle">Denied</span>`,
    lead: html`<strong>${client}</strong> was not logged in, and the code is worth nothing now. You can close this page.`,
    body: html`<p class="aside">Did someone send you the code? Then they tried to log in as you. Nothing was given to them.</p>`,
  })
}

export interface DeviceEndedPage {
  frame: Frame
  /** Expired, already used, or entered in another browser session. */
  reason: 'expired' | 'used' | 'claimed'
  devicePath: string
  /** The command that starts the login again, if the client is a command line. */
  startAgain: string | null
}

const ended = {
  expired: ['This code has ended', 'A code works for ten minutes. Start the login again in your terminal; it shows a new one.'],
  used: ['This code was used', 'It was approved or denied before. If your terminal still waits, start the login again there.'],
  claimed: ['This code was entered elsewhere', 'A code belongs to the browser that entered it first. Go on there, or start the login again in your terminal.'],
} as const

export function deviceEndedPage({ frame, reason, devicePath, startAgain }: DeviceEndedPage): string {
  const [title, lead] = ended[reason]
  return layout({
    frame,
    title,
    lead,
    body: [startAgain !== null && command(startAgain), html`<div class="doors">${linkButton(devicePath, 'Enter another code', 'plain')}</div>`],
  })
}

export interface DeviceTriesExhaustedPage {
  frame: Frame
  retryAt: Date
}

export function deviceTriesExhaustedPage({ frame, retryAt }: DeviceTriesExhaustedPage): string {
  return layout({
    frame,
    title: 'Too many wrong codes',
    lead: html`No more codes are taken from here for now. Try again ${deadline(retryAt, frame.now)}, with a new code from your terminal.`,
    body: html`<p class="aside">Codes have no vowels, and no digits or letters that look alike. The dash need not be typed.</p>`,
  })
}
