import type { CodeDigits } from '../../../domain/accounts/store.ts'
import { type HeldRole, nameOfRole } from '../../../domain/model/role.ts'
import { type Content, html, type Markup } from '../../html.ts'
import type { Frame } from '../../layout.ts'
import { button, type FormTarget, hiddenFields } from '../../parts.ts'

/** An account as its owner sees it. */
export interface AccountView {
  email: string
  givenName: string
  familyName: string
  username: string | null
  organization: { name: string; role: HeldRole } | null
}

/** What a person is signing in for. Shown above the heading. */
export interface Purpose {
  /** The client's name: `muster`, or an application's. */
  client: string
  kind: 'terminal' | 'application' | 'invitation'
  /** True for `muster register`, false for `muster login`. */
  registers?: boolean
}

export const purposeLine = (purpose: Purpose | undefined): Content =>
  purpose &&
  {
    terminal: html`${purpose.registers ? 'Registering' : 'Logging in'} with <strong>${purpose.client}</strong> in your terminal`,
    application: html`Continuing to <strong>${purpose.client}</strong>`,
    invitation: html`Invitation to <strong>${purpose.client}</strong>`,
  }[purpose.kind]

export const fullName = ({ givenName, familyName }: AccountView): string => `${givenName} ${familyName}`.trim()

/** The signed-in account in one line, with a button to use another. */
export function actingAs(account: AccountView, useAnother?: FormTarget): Markup {
  return html`<div class="acting"><div class="who"><p class="name">${account.username ?? fullName(account)}</p><p>${account.email}</p></div>${
    useAnother &&
    html`<form class="inline" method="post" action="${useAnother.action}">${hiddenFields(useAnother.hidden)}${button({ text: 'Use another account', tone: 'link' })}</form>`
  }</div>`
}

export const organizationLine = (account: AccountView): Content =>
  account.organization
    ? html`${account.organization.name} <span class="muted">(${nameOfRole(account.organization.role)})</span>`
    : html`<span class="muted">None yet</span>`

/** The length of an emailed code: twelve digits while its address is flooded with codes. */
export const inWords: Record<CodeDigits, string> = { 6: 'six', 12: 'twelve' }

/** Where to look for an email that has not arrived. */
export const whereEmailIs = (frame: Frame): Content =>
  frame.mailboxPath === undefined
    ? 'No email after a few minutes? Check your spam folder.'
    : html`No mail server is configured. Find the email in the <a href="${frame.mailboxPath}">local mailbox</a>.`
