import { isSignInReason, signInReasons } from '@muster/contract/page-texts.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'

/** The current page with its filters and its open dialog, to return to after signing in. */
export const currentPath = (): string => `${location.pathname}${location.search}${location.hash}`

/** `reason` is the problem code, which the sign-in page of the portal explains. */
export const signInPath = (reason: string, next: string = currentPath()): string => `/sign-in?${new URLSearchParams({ continue: next, reason })}`

export const describeReason = (reason: ProblemCode): string => signInReasons[isSignInReason(reason) ? reason : 'token_revoked']

/** Submits a form as the portal does. The response is the signed-out page and deletes the cookie. */
export function signOut(): void {
  const form = document.createElement('form')
  form.method = 'post'
  form.action = '/sign-out'
  document.body.append(form)
  form.submit()
}
