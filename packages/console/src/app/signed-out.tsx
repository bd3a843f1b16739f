import type { ProblemCode } from '@muster/contract/problems.ts'
import { isSignInReason, signInReasons } from '@muster/contract/standing-text.ts'
import { buttonClass } from '../ui/button.tsx'
import { Outside } from './outside.tsx'

/** This page with its filters and its open dialog, for after signing in. */
export const here = (): string => `${location.pathname}${location.search}${location.hash}`

/** `reason` is the code of the refusal, which the page of the portal puts into words. */
export const signInPath = (reason: string, next: string = here()): string => `/sign-in?${new URLSearchParams({ continue: next, reason })}`

export const textOf = (reason: ProblemCode): string => signInReasons[isSignInReason(reason) ? reason : 'token_revoked']

/** The session ended while the console was open. */
export const SignedOut = ({ reason }: { reason: ProblemCode }) => (
  <Outside title="You are signed out">
    <p role="status">{textOf(reason)}</p>
    <div>
      <a href={signInPath(reason)} className={buttonClass('primary')}>
        Sign in
      </a>
    </div>
  </Outside>
)
