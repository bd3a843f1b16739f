import { wordsOfScopes } from '@muster/contract/permissions.ts'
import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type FormTarget, facts, form, linkButton, notice } from '../../parts.ts'
import { type AccountView, actingAs } from '../accounts/account.ts'

export interface ConsentPage {
  frame: Frame
  /** Buttons: `decision` = `allow` or `cancel`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  application: { name: string; host: string }
  scopes: readonly string[]
  /** What the permissions among the scopes allow. */
  permissions?: ReadonlyMap<string, string>
  /** The names of the APIs that the request is for. Empty: Muster's own. */
  apis?: readonly string[]
}

export function consentPage({ frame, target, account, useAnother, application, scopes, permissions, apis = [] }: ConsentPage): string {
  const textOf = (scope: string) =>
    scope === 'api' && apis.length > 0 ? `Act as you, with all your permissions at ${apis.join(' and ')}` : (wordsOfScopes[scope] ?? permissions?.get(scope))
  return layout({
    frame,
    title: `Allow ${application.name} to use your account?`,
    body: [
      actingAs(account, useAnother),
      form({
        target,
        body: [
          html`<h2>This application will be able to</h2><ul class="grants">${scopes.map((scope) => html`<li>${textOf(scope) ?? html`<span class="code">${scope}</span>`}</li>`)}</ul>`,
          scopes.includes('api') || scopes.includes('offline_access')
            ? notice({
                tone: 'paused',
                body: scopes.includes('api')
                  ? 'This is more than sign-in. The application can act as you.'
                  : 'The application keeps this access after you close the page.',
              })
            : '',
        ],
        next: html`Next, you’ll go to <span class="code">${application.host}</span>. The application never sees your password.`,
        actions: [button({ text: 'Cancel', tone: 'plain', name: 'decision', value: 'cancel' }), button({ text: 'Allow', name: 'decision', value: 'allow' })],
      }),
    ],
  })
}

export interface LogoutConfirmPage {
  frame: Frame
  /** Buttons: `decision` = `sign_out` or `stay`. */
  target: FormTarget
  account: AccountView
  /** The application that requests it, if it identified itself. */
  application?: string | undefined
}

export function logoutConfirmPage({ frame, target, account, application }: LogoutConfirmPage): string {
  return layout({
    frame,
    title: 'Sign out of Muster too?',
    lead: application
      ? html`You signed out of <strong>${application}</strong>. You are still signed in to Muster in this browser.`
      : 'You are still signed in to Muster in this browser.',
    body: [
      form({
        target,
        body: facts([
          ['Username', account.username],
          ['Email', account.email],
        ]),
        next: 'This signs you out in this browser only. Your terminals stay logged in.',
        actions: [
          button({ text: 'Stay signed in', tone: 'plain', name: 'decision', value: 'stay' }),
          button({ text: 'Sign out', name: 'decision', value: 'sign_out' }),
        ],
      }),
    ],
  })
}

export interface ContinuePage {
  frame: Frame
  /** The application’s address, already checked against its registration. */
  to: string
  name: string
}

/** Leads to another origin after a form. The policy `form-action 'self'` would stop a redirect. */
export function continuePage({ frame, to, name }: ContinuePage): string {
  if (/^\s*(javascript|data|vbscript|blob):/i.test(to)) throw new TypeError('A page cannot link to this URL.')
  return layout({
    frame,
    title: `Continuing to ${name}`,
    lead: 'If you are not redirected, select Continue.',
    refreshTo: to,
    body: html`<div class="doors">${linkButton(to, 'Continue')}</div>`,
  })
}
