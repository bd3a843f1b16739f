import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, type Fault, type FormTarget, faultSummary, field, form, postButton } from '../../parts.ts'
import { signUpSteps } from './sign-up.ts'

export interface UsernamePage {
  frame: Frame
  target: FormTarget
  signOut: FormTarget
  email: string
  value?: string | undefined
  /** Free names close to what was wanted; each leads back here with the name filled in, and takes nothing yet. */
  suggestions?: readonly { name: string; href: string }[] | undefined
  /** True at the end of a sign-up, false when an account of before comes back without a username. */
  signingUp?: boolean
  faults?: readonly Fault[] | undefined
}

/** Field: `username` (S39, S43, S45). */
export function usernamePage({ frame, target, signOut, email, value, suggestions, signingUp, faults }: UsernamePage): string {
  return layout({
    frame,
    title: 'Choose your username',
    steps: signingUp ? signUpSteps(undefined, 2) : undefined,
    lead: html`It is how others see you, and the first name of your own organization. It is yours for ever and cannot be changed.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          field({
            name: 'username',
            label: 'Username',
            kind: 'username',
            autocomplete: 'username',
            maxlength: 30,
            value,
            hint: '3 to 30 characters: lowercase letters, digits and underscores.',
            faults,
            autofocus: true,
          }),
          suggestions && suggestions.length > 0
            ? html`<p class="suggestions">Free now: ${suggestions.map(({ name, href }) => html`<a href="${href}">${name}</a> `)}</p>`
            : '',
        ],
        next: 'Next you are registered, and an organization with this name is made for you.',
        actions: button({ text: 'Register' }),
      }),
      html`<div class="asides"><p>Signed in as ${email}</p>${postButton(signOut, 'Sign out')}</div>`,
    ],
  })
}
