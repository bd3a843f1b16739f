import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, form, postButton, sheet } from '../../parts.ts'
import { moment } from '../../time.ts'
import { type AccountView, actingAs } from '../accounts/account.ts'

export interface LinkPage {
  frame: Frame
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  /** The name of the provider, and the account there. */
  provider: string
  label: string
  faults?: readonly Fault[] | undefined
}

/** Links the account at a provider to the account that is signed in. `decision` is `decline` for *Do not link*. */
export function linkProviderPage({ frame, target, account, useAnother, provider, label, faults }: LinkPage): string {
  return layout({
    frame,
    title: `Link ${provider}?`,
    lead: html`<strong>${label}</strong> at ${provider} will sign you in to this account.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      actingAs(account, useAnother),
      form({
        target,
        body: '',
        next: 'We’ll email you about it. You can unlink it under Security.',
        actions: [button({ text: 'Do not link', tone: 'plain', name: 'decision', value: 'decline' }), button({ text: 'Link' })],
      }),
    ],
  })
}

/** An account at a provider, as its owner sees it. */
export interface IdentityView {
  path: string
  provider: string
  label: string
  address: string
  createdAt: Date
  lastUsedAt: Date | null
  lastAddress: string | null
  /** The operator has switched the provider off. */
  isOff: boolean
}

export interface IdentityPage {
  frame: Frame
  identity: IdentityView
  unlink: FormTarget
  securityPath: string
  faults?: readonly Fault[] | undefined
}

export function identityPage({ frame, identity, unlink, securityPath, faults }: IdentityPage): string {
  const { provider, label, createdAt, lastUsedAt, address, lastAddress } = identity
  return layout({
    frame,
    title: `${label} at ${provider}`,
    lead: html`Linked ${moment(createdAt, frame.now)} from ${address}. ${
      lastUsedAt ? html`Last used ${moment(lastUsedAt, frame.now)} from ${lastAddress}.` : 'Not used yet.'
    }`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      sheet({
        body: html`<p>After you unlink it, it no longer signs you in. Sessions that it has started go on.</p>`,
        actions: postButton(unlink, 'Unlink', 'danger'),
      }),
      html`<p class="aside"><a href="${securityPath}">Back to Security</a></p>`,
    ],
  })
}
