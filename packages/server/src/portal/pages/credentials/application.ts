import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type FormTarget, facts, form, linkButton, notice } from '../../parts.ts'
import { type AccountView, actingAs } from '../accounts/account.ts'

/** What a scope lets an application see, in words. */
export const scopeTexts: Readonly<Record<string, string>> = {
  openid: 'That it is you: an id that stays the same',
  profile: 'Your name, username, organization and role',
  email: 'Your email address',
  offline_access: 'All this while you are away, until you end it',
  api: 'Everything you can do here, in your name',
}

export interface ConsentPage {
  frame: Frame
  /** Buttons: `decision` = `allow` or `cancel`. */
  target: FormTarget
  account: AccountView
  useAnother: FormTarget
  application: { name: string; host: string }
  scopes: readonly string[]
}

export function consentPage({ frame, target, account, useAnother, application, scopes }: ConsentPage): string {
  return layout({
    frame,
    title: `Let ${application.name} know who you are?`,
    body: [
      actingAs(account, useAnother),
      form({
        target,
        body: [
          html`<h2>It will see</h2><ul class="grants">${scopes.map((scope) => html`<li>${scopeTexts[scope] ?? html`<span class="code">${scope}</span>`}</li>`)}</ul>`,
          scopes.includes('api') || scopes.includes('offline_access')
            ? notice({
                tone: 'paused',
                body: scopes.includes('api')
                  ? 'This is more than signing in: the application can act as you.'
                  : 'It keeps this right after you close the page.',
              })
            : '',
        ],
        next: html`Next you go to <span class="code">${application.host}</span>. It never learns your password.`,
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
  /** The application that asks, when it said which it is. */
  application?: string | undefined
}

export function logoutConfirmPage({ frame, target, account, application }: LogoutConfirmPage): string {
  return layout({
    frame,
    title: 'Sign out of Muster too?',
    lead: application ? html`You left <strong>${application}</strong>. This browser is still signed in here.` : 'This browser is still signed in here.',
    body: [
      form({
        target,
        body: facts([
          ['Username', account.username],
          ['Email', account.email],
        ]),
        next: 'Signing out ends this browser session. Logins on your terminals go on.',
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
  /** The address of the application, already checked against its registration. */
  to: string
  name: string
}

/** Leads to another origin after a form, where a redirect would be stopped by `form-action 'self'`. */
export function continuePage({ frame, to, name }: ContinuePage): string {
  if (/^\s*(javascript|data|vbscript|blob):/i.test(to)) throw new TypeError('A page cannot lead there.')
  return layout({
    frame,
    title: `Continuing to ${name}`,
    lead: 'If nothing happens, use the button.',
    refreshTo: to,
    body: html`<div class="doors">${linkButton(to, 'Continue')}</div>`,
  })
}
