import type { ProblemCode } from '@muster/contract/problems.ts'
import { isSignInReason, signInReasons } from '@muster/contract/standing-text.ts'

/** This page with its filters and its open dialog, for after signing in. */
export const here = (): string => `${location.pathname}${location.search}${location.hash}`

/** `reason` is the code of the refusal, which the page of the portal puts into words. */
export const signInPath = (reason: string, next: string = here()): string => `/sign-in?${new URLSearchParams({ continue: next, reason })}`

export const textOf = (reason: ProblemCode): string => signInReasons[isSignInReason(reason) ? reason : 'token_revoked']
