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
  /** Available names close to the one typed. Each link fills in the form and registers nothing. */
  suggestions?: readonly { name: string; href: string }[] | undefined
  /** True at the end of a sign-up, false for an older account that still has no username. */
  signingUp?: boolean
  /** The sign-up has had the step of a passkey. */
  withPasskey?: boolean
  faults?: readonly Fault[] | undefined
}

/** Field: `username` (S39, S43, S45). */
export function usernamePage({ frame, target, signOut, email, value, suggestions, signingUp, withPasskey, faults }: UsernamePage): string {
  return layout({
    frame,
    title: 'Choose a username',
    steps: signingUp ? signUpSteps(undefined, withPasskey ? 3 : 2, withPasskey) : undefined,
    lead: 'Others know you by your username. You can’t change it later.',
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
            hint: '3 to 30 lowercase letters, digits or underscores.',
            faults,
            autofocus: true,
          }),
          suggestions && suggestions.length > 0
            ? html`<p class="suggestions">Available: ${suggestions.map(({ name, href }) => html`<a href="${href}">${name}</a> `)}</p>`
            : '',
        ],
        next: 'You’ll also get a personal organization with the same name.',
        actions: button({ text: 'Register' }),
      }),
      html`<div class="asides"><p>Signed in as ${email}</p>${postButton(signOut, 'Sign out')}</div>`,
    ],
  })
}
