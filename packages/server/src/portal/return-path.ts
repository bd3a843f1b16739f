import type { Purpose } from './pages/index.ts'

// Where a user continues after signing in or up. The path comes from a query or a form, so only a few of our own pages are accepted. An
// arbitrary URL would make the portal an open redirect, useful for phishing.

const CLIENT_ID = /^[\w-]{1,64}$/
const USER_CODE = /^[A-Za-z0-9 -]{1,20}$/
/** The name of an open dialog of the console. */
const DIALOG = /^[a-z-]{1,40}$/

/** The return path, rebuilt from its known parts, or null. */
export function returnPathOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 500 || !/^\/[a-z]/.test(value)) return null
  const [address = '', hash = ''] = cut(value, '#')
  const [path = '', query = ''] = cut(address, '?')
  if (isConsole(path)) return `${path}${query && `?${new URLSearchParams(query)}`}${DIALOG.test(hash) ? `#${hash}` : ''}`
  if (goingOn.has(path)) return withReturnPath(path, returnPathOf(new URLSearchParams(query).get('continue')))
  if (isJoin(path) || isOwnPage(path)) return path
  if (path === '/device') {
    const asked = new URLSearchParams(query)
    return deviceReturnPath(asked.get('user_code'), { signUp: asked.has('sign_up'), client: asked.get('client') })
  }
  if (/^\/interaction\/[\w-]{1,64}$/.test(path)) return path
  return null
}

/** Splits at the first mark, as a browser does. */
function cut(text: string, mark: '?' | '#'): [before: string, after: string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

interface OnDevice {
  /** True for `muster register`. */
  signUp?: boolean
  /** The id of a command-line client other than Muster's. */
  client?: string | null | undefined
}

/** The path of the device page, with the user code if it is well formed. */
export function deviceReturnPath(userCode: string | null | undefined, { signUp = false, client }: OnDevice = {}): string {
  if (!userCode || !USER_CODE.test(userCode)) return '/device'
  const query = new URLSearchParams({ user_code: userCode, ...(signUp && { sign_up: 'yes' }) })
  if (client && CLIENT_ID.test(client)) query.set('client', client)
  return `/device?${query}`
}

const isSignUpForDevice = (returnPath: string | null): boolean =>
  returnPath?.startsWith('/device?') === true && new URLSearchParams(returnPath.slice(8)).has('sign_up')

/** Where a visitor starts who is not signed in. For `muster register` it is the sign-up page. */
export const entranceFor = (returnPath: string | null): string => withReturnPath(isSignUpForDevice(returnPath) ? '/sign-up' : '/sign-in', returnPath)

/** True for the page of the invitation that this browser has opened. */
export const isJoin = (returnPath: string): boolean => returnPath === '/join'

/** A page of the console, with its filters and dialog. A `..` segment is refused, because a browser would resolve it to another page. */
const isConsole = (returnPath: string): boolean => /^\/console(\/(?!\.{1,2}([/?#]|$))[\w.~-]+)*\/?([?#]|$)/.test(returnPath)

/** The page of a sign-up where the first passkey is added (F2). */
export const passkeyStep = '/sign-up/passkey'
/** Own pages that lead on to where the person came from. */
const goingOn = new Set([passkeyStep, '/account/security', '/account/add-passkey', '/account/add-authenticator'])

const ownPages = new Set([
  passkeyStep,
  '/logins',
  '/account',
  '/account/names',
  '/account/email',
  '/account/password',
  '/account/security',
  '/account/add-passkey',
  '/account/add-authenticator',
  '/account/authenticator',
  '/account/link-provider',
])
const itemPage = /^\/account\/(passkeys\/pky|providers\/idn)_[0-9a-z]{26}$/

/** The user's own pages. Emails link to them, and a form whose session has ended returns to its page. */
export const isOwnPage = (returnPath: string): boolean => {
  const [path] = cut(returnPath, '?')
  return ownPages.has(goingOn.has(path) ? path : returnPath) || itemPage.test(returnPath)
}

export const isInteraction = (returnPath: string): boolean => returnPath.startsWith('/interaction/')

/** The command-line client that requests the login, according to its link. Null for Muster's. */
export const deviceClientOf = (returnPath: string | null): string | null =>
  returnPath?.startsWith('/device?') ? new URLSearchParams(returnPath.slice(8)).get('client') : null

/** The user code in a return path to the device page. */
export const userCodeOf = (returnPath: string | null): string | null =>
  returnPath?.startsWith('/device?') ? new URLSearchParams(returnPath.slice(8)).get('user_code') : null

/** A path with the return path in its query. */
export const withReturnPath = (path: string, returnPath: string | null): string =>
  returnPath === null ? path : `${path}?continue=${encodeURIComponent(returnPath)}`

export const hiddenReturnPath = (returnPath: string | null): Record<string, string> => (returnPath === null ? {} : { continue: returnPath })

/** What the user is signing in for: an application, or a command in a terminal. */
export const purposeOf = (returnPath: string | null, { application, program }: { application: string | null; program: string | null }): Purpose | undefined => {
  if (returnPath === null || isJoin(returnPath) || isOwnPage(returnPath) || isConsole(returnPath)) return undefined
  return isInteraction(returnPath)
    ? { client: application ?? 'the application', kind: 'application' }
    : { client: program ?? 'muster', kind: 'terminal', registers: isSignUpForDevice(returnPath) }
}
