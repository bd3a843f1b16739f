import { html } from '../../html.ts'
import { type Frame, layout } from '../../layout.ts'
import { button, emailField, type Fault, type FormTarget, faultSummary, field, form } from '../../parts.ts'
import { type Purpose, purposeLine } from '../accounts/account.ts'
import { signUpSteps } from '../accounts/sign-up.ts'

export interface ProviderSignUpPage {
  frame: Frame
  target: FormTarget
  /** Signs in to an account that exists, and links it. */
  linkPath: string
  /** The name of the provider, and the account there. */
  provider: string
  label: string
  values: { email: string; given_name: string; family_name: string; invitation: string }
  /** The provider is trusted for this address, so it needs no code. */
  trusted: string | null
  /** False: a password cannot be added later (F23). */
  passwords: boolean
  /** Signing up requires an invitation that this browser has not opened. */
  needsInvitation: boolean
  purpose?: Purpose | undefined
  faults?: readonly Fault[] | undefined
}

/** Fields: `email`, `given_name`, `family_name`, and `invitation` where it is needed. */
export function providerSignUpPage({
  frame,
  target,
  linkPath,
  provider,
  label,
  values,
  trusted,
  passwords,
  needsInvitation,
  purpose,
  faults,
}: ProviderSignUpPage): string {
  return layout({
    frame,
    title: 'Create an account',
    ...(trusted === null && { steps: signUpSteps(purpose, 0) }),
    context: purposeLine(purpose),
    lead: html`You signed in with ${provider} as <strong>${label}</strong>. No account is linked to it yet.`,
    failed: Boolean(faults?.length),
    body: [
      faultSummary(faults),
      form({
        target,
        body: [
          needsInvitation &&
            field({
              name: 'invitation',
              label: 'Invite link or organization secret',
              autocomplete: 'off',
              maxlength: 300,
              value: values.invitation,
              faults,
              hint: 'Signing up here may need an invitation.',
              optional: true,
            }),
          emailField({ value: values.email, faults, hint: trusted === null ? undefined : `${trusted} needs no code. We email a code to any other address.` }),
          html`<div class="pair">${field({ name: 'given_name', label: 'Given name', autocomplete: 'given-name', maxlength: 100, value: values.given_name, faults })}${field(
            { name: 'family_name', label: 'Family name', autocomplete: 'family-name', maxlength: 100, value: values.family_name, optional: true, faults },
          )}</div>`,
        ],
        next:
          trusted === null
            ? 'We’ll email you a code to confirm your address.'
            : passwords
              ? 'Your account gets no password. You can add one later.'
              : undefined,
        actions: button({ text: 'Continue' }),
      }),
      html`<p class="aside">Already have an account? <a href="${linkPath}">Sign in and link it</a></p>`,
    ],
  })
}
