import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { command, linkButton } from '../../parts.ts'
import { deadline } from '../../time.ts'

export interface DeviceApprovedPage {
  frame: Frame
  client: string
  /** The command that ends this login, if the client has one. */
  endsBy: string | null
}

export function deviceApprovedPage({ frame, client, endsBy }: DeviceApprovedPage): string {
  return layout({
    frame,
    title: 'Approved',
    heading: html`<span class="status active">Approved</span>`,
    lead: html`<strong>${client}</strong> is logging in now. You can close this page and return to your terminal.`,
    body: html`<section aria-label="End this login">${
      endsBy === null
        ? html`<p>To end this login early, go to <a href="/logins">your logins</a>. We also emailed you about it.</p>`
        : command(endsBy, 'Ends this login early. We also emailed you about it.')
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
    lead: html`<strong>${client}</strong> was not logged in. The code is no longer valid. You can close this page.`,
    body: html`<p class="aside">If someone sent you this code, they were trying to log in as you. They did not get access.</p>`,
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
  expired: ['This code has expired', 'Codes expire after ten minutes. Start again in your terminal to get a new one.'],
  used: ['This code has already been used', 'The request was approved or denied earlier. If your terminal is still waiting, start again there.'],
  claimed: [
    'This code was entered in another browser',
    'A code belongs to the browser that entered it first. Continue there, or start again in your terminal.',
  ],
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
    lead: html`You can’t enter more codes for now. Try again ${deadline(retryAt, frame.now)} with a new code from your terminal.`,
    body: html`<p class="aside">Codes contain no vowels and no characters that look alike. You can leave out the dash.</p>`,
  })
}
