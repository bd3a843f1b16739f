import type { Errand } from './pages/index.ts'

// Where a person goes on after signing in or up. It comes back to us in a query or a form, so it is taken for one of our own few
// pages or for nothing: an address of somebody else's choice would make the portal the first half of a phishing mail.

const CLIENT_ID = /^[\w-]{1,64}$/
const USER_CODE = /^[A-Za-z0-9 -]{1,20}$/
/** The name of a dialog, which a page of the console has open. */
const DIALOG = /^[a-z-]{1,40}$/

/** The path to go on to, rebuilt from what is known in it, or null. */
export function wayOf(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > 500 || !/^\/[a-z]/.test(value)) return null
  const [address = '', hash = ''] = cut(value, '#')
  const [path = '', query = ''] = cut(address, '?')
  if (isConsole(path)) return `${path}${query && `?${new URLSearchParams(query)}`}${DIALOG.test(hash) ? `#${hash}` : ''}`
  if (isJoin(path) || isOwnPage(path)) return path
  if (path === '/device') {
    const asked = new URLSearchParams(query)
    return deviceWay(asked.get('user_code'), { signUp: asked.has('sign_up'), client: asked.get('client') })
  }
  if (/^\/interaction\/[\w-]{1,64}$/.test(path)) return path
  return null
}

/** Both sides of the first mark, which is the one that a browser goes by. */
function cut(text: string, mark: '?' | '#'): [before: string, after: string] {
  const at = text.indexOf(mark)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

interface OnDevice {
  /** The terminal registers somebody. */
  signUp?: boolean
  /** The id of a command line that is not ours. */
  client?: string | null | undefined
}

/** The device page, with the code that came along if it can be one. */
export function deviceWay(userCode: string | null | undefined, { signUp = false, client }: OnDevice = {}): string {
  if (!userCode || !USER_CODE.test(userCode)) return '/device'
  const query = new URLSearchParams({ user_code: userCode, ...(signUp && { sign_up: 'yes' }) })
  if (client && CLIENT_ID.test(client)) query.set('client', client)
  return `/device?${query}`
}

const isSignUpForDevice = (way: string | null): boolean => way?.startsWith('/device?') === true && new URLSearchParams(way.slice(8)).has('sign_up')

/** Where a visitor begins who is not signed in: `muster register` brings people who have no account yet. */
export const entranceFor = (way: string | null): string => withWay(isSignUpForDevice(way) ? '/sign-up' : '/sign-in', way)

/** The invitation whose link this browser has opened. */
export const isJoin = (way: string): boolean => way === '/join'

/** A page of the console, with its filters and its dialog. No segment is `..`, by which a browser would go up to pages that are not listed here. */
export const isConsole = (way: string): boolean => /^\/console(\/(?!\.{1,2}([/?#]|$))[\w.~-]+)*\/?([?#]|$)/.test(way)

const ownPages = new Set(['/logins', '/account', '/account/names', '/account/email', '/account/password'])

/** A person's own pages: the emails lead to them, and a form whose session has ended comes back to its page. */
export const isOwnPage = (way: string): boolean => ownPages.has(way)

export const isInteraction = (way: string): boolean => way.startsWith('/interaction/')

/** The command line that asks for the login, as its link says; null for ours. */
export const deviceClientOf = (way: string | null): string | null => (way?.startsWith('/device?') ? new URLSearchParams(way.slice(8)).get('client') : null)

/** The user code on the way to the device page. */
export const userCodeOf = (way: string | null): string | null => (way?.startsWith('/device?') ? new URLSearchParams(way.slice(8)).get('user_code') : null)

/** A page of ours that carries the way on. */
export const withWay = (path: string, way: string | null): string => (way === null ? path : `${path}?continue=${encodeURIComponent(way)}`)

export const hiddenWay = (way: string | null): Record<string, string> => (way === null ? {} : { continue: way })

/** What the person came for, for the pages on the way there: for an application, or for the program of a terminal. */
export const errandOf = (way: string | null, { application, program }: { application: string | null; program: string | null }): Errand | undefined => {
  if (way === null || isJoin(way) || isOwnPage(way) || isConsole(way)) return undefined
  return isInteraction(way)
    ? { client: application ?? 'the application', kind: 'application' }
    : { client: program ?? 'muster', kind: 'terminal', registers: isSignUpForDevice(way) }
}
