import type { CodeDigits } from '../../../domain/accounts/store.ts'
import { type Content, html, type Markup } from '../../html.ts'
import type { Frame } from '../../layout.ts'
import { button, type FormTarget, hiddenFields } from '../../parts.ts'

/** An account as its owner sees it. */
export interface AccountView {
  email: string
  givenName: string
  familyName: string
  username: string | null
  organization: { name: string; role: 'admin' | 'member' } | null
}

/** What the person came for, said above the heading of the pages on the way there. */
export interface Errand {
  /** The client's name: `muster`, or an application's. */
  client: string
  kind: 'terminal' | 'application' | 'invitation'
  /** The terminal registers somebody; without it, it logs somebody in. */
  registers?: boolean
}

export const errandLine = (errand: Errand | undefined): Content =>
  errand &&
  {
    terminal: html`${errand.registers ? 'Registering with' : 'Logging in to'} <strong>${errand.client}</strong> on your terminal`,
    application: html`Continuing to <strong>${errand.client}</strong>`,
    invitation: html`Invited to <strong>${errand.client}</strong>`,
  }[errand.kind]

export const fullName = ({ givenName, familyName }: AccountView): string => `${givenName} ${familyName}`.trim()

/** Who acts, in one line, with the way to be someone else. */
export function actingAs(account: AccountView, useAnother?: FormTarget): Markup {
  return html`<div class="acting"><div class="who"><p class="name">${account.username ?? fullName(account)}</p><p>${account.email}</p></div>${
    useAnother &&
    html`<form class="inline" method="post" action="${useAnother.action}">${hiddenFields(useAnother.hidden)}${button({ text: 'Use another account', tone: 'link' })}</form>`
  }</div>`
}

export const organizationLine = (account: AccountView): Content =>
  account.organization
    ? html`${account.organization.name} <span class="muted">(${account.organization.role})</span>`
    : html`<span class="muted">None yet</span>`

/** Where to look for a mail that does not come. */
/** How long an emailed code is: twelve digits while its address is flooded with codes. */
export const inWords: Record<CodeDigits, string> = { 6: 'six', 12: 'twelve' }

export const whereMailIs = (frame: Frame): Content =>
  frame.mailboxPath === undefined
    ? 'No mail after a few minutes? Look in the spam folder.'
    : html`No mail server is set here: the mail lies in the <a href="${frame.mailboxPath}">local mailbox</a>.`
