import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { type FormTarget, facts, linkButton, notice, postButton, sheet } from '../../parts.ts'
import { moment } from '../../time.ts'

/** A reset of the user's factors that has not taken force yet (F12). */
export interface ResetView {
  requestedBy: string
  organization: string
  requestedAt: Date
  inForceAt: Date
}

/** On the page Security. */
export const resetNotice = (reset: ResetView, stop: FormTarget, now: Date) => [
  notice({
    tone: 'danger',
    title: 'An admin wants to reset how you sign in',
    body: html`<strong>${reset.requestedBy}</strong> of ${reset.organization} asked for this ${moment(reset.requestedAt, now)}. ${effect(reset, now)} If you did not ask them to do this, stop it.`,
  }),
  html`<div class="doors">${postButton(stop, 'Stop the reset', 'danger')}</div>`,
]

const effect = ({ inForceAt }: ResetView, now: Date) =>
  html`It takes force ${moment(inForceAt, now)}, or when another admin confirms it: your passkeys, your authenticator app and your recovery codes are removed, and all your sessions and keys end.`

export interface StopResetPage {
  frame: Frame
  reset: ResetView
  target: FormTarget
}

/** The link in the email leads here. It stops the reset and does nothing else, so it requires no sign-in. */
export function stopResetPage({ frame, reset, target }: StopResetPage): string {
  return layout({
    frame,
    title: 'Stop the reset?',
    lead: effect(reset, frame.now),
    body: sheet({
      body: facts([
        ['Requested by', reset.requestedBy],
        ['Organization', reset.organization],
        ['Requested', moment(reset.requestedAt, frame.now)],
      ]),
      next: 'If you asked this admin for help, you need not do anything.',
      actions: postButton(target, 'Stop the reset', 'danger'),
    }),
  })
}

export interface ResetStoppedPage {
  frame: Frame
  /** False if it was over before. */
  stopped: boolean
  securityPath: string
}

export const resetStoppedPage = ({ frame, stopped, securityPath }: ResetStoppedPage): string =>
  layout({
    frame,
    title: stopped ? 'The reset was stopped' : 'There is no reset to stop',
    lead: stopped
      ? 'Nothing about how you sign in has changed. Ask the admin why they requested it.'
      : 'It was stopped before, it has taken force, or this link is not complete.',
    body: html`<div class="doors">${linkButton(securityPath, 'See how you sign in')}</div>`,
  })
