import { isId, type UserId } from '@muster/contract/ids.ts'
import { isSignInReason, type SignInReason } from '@muster/contract/page-texts.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { refusalOf } from '../domain/command/refused-credential.ts'
import type { LiveState } from '../domain/model/live.ts'
import { cookieName, cookieOptions, type SignedIn } from '../http/browser-session.ts'
import { fieldsOf, type Portal, seeOther } from './portal.ts'
import { withReturnPath } from './return-path.ts'

// For a form that is posted after its session has ended. The typed values are kept in a cookie, encrypted for the user who typed them, and filled in
// again after that user has signed in. They are in no URL and not stored on the server. Passwords and codes are not kept.

/** A form of the portal: its page, and the fields that may be kept. */
export interface TypedForm {
  path: string
  fields: readonly string[]
}

/** Kept values for a page, and the notice about them. */
export interface KeptForm {
  fields: Record<string, string>
  notice: string
}

const KEPT_SECONDS = 900
/** The longest field is an email address. A cookie holds 4,096 bytes. */
const LONGEST_FIELD = 254
const COOKIE = 'muster_typed'

const notices = {
  kept: 'You were signed out before this was sent. Check what you typed, then send it again. Passwords and codes are not kept.',
  otherPerson: 'This form was filled in with another account. Nothing was changed.',
}

/** A hidden field of every form. It ties the form to the user it was shown to. */
export const typedBy = ({ account }: Pick<LiveState, 'account'>): Record<string, string> => ({ typed_by: account.id })

/** False for a form that another user filled in, in a tab that stayed open. */
export const isTypedBy = (request: FastifyRequest, { live }: SignedIn): boolean => (fieldsOf(request.body)['typed_by'] ?? live.account.id) === live.account.id

/** Answers a form whose user is no longer signed in: keeps the typed values and redirects to the sign-in page. */
export async function keepTyped(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  form: TypedForm,
  returnPath: string | null = form.path,
): Promise<FastifyReply> {
  const { config, keys, sessions } = options
  const body = fieldsOf(request.body)
  const userId = await typistOf(options, request)
  const fields = Object.fromEntries(form.fields.flatMap((name) => (body[name] ? [[name, body[name].slice(0, LONGEST_FIELD)]] : [])))
  if (userId !== null && Object.keys(fields).length > 0) {
    const sealed = keys.lasting.seal('typed-form', contextOf(userId, form), JSON.stringify({ until: Date.now() + KEPT_SECONDS * 1_000, fields }))
    reply.setCookie(cookieName(config, COOKIE), `${placeOf(form)}.${sealed.toString('base64url')}`, cookieOptions(config, KEPT_SECONDS))
  }
  if (await sessions.signedIn(request)) return seeOther(reply, form.path)
  return seeOther(reply, withReason(withReturnPath('/sign-in', returnPath), await endOf(options, request)))
}

/** Returns the kept values of this page once. Another user gets an empty form. */
export function takeTyped({ config, keys }: Portal, request: FastifyRequest, reply: FastifyReply, form: TypedForm, { account }: LiveState): KeptForm | null {
  const [place, sealed = ''] = (request.cookies[cookieName(config, COOKIE)] ?? '').split('.')
  if (place !== placeOf(form)) return null
  forgetTyped({ config }, reply)
  try {
    const { until, fields } = JSON.parse(keys.openLasting('typed-form', contextOf(account.id, form), Buffer.from(sealed, 'base64url')))
    return until > Date.now() ? { fields: fieldsOf(fields), notice: notices.kept } : null
  } catch {
    return { fields: {}, notice: notices.otherPerson }
  }
}

export const forgetTyped = ({ config }: Pick<Portal, 'config'>, reply: FastifyReply): void =>
  void reply.clearCookie(cookieName(config, COOKIE), cookieOptions(config, 0))

/** Why the session of this browser has ended, for the sign-in page. Null for a visitor without a session. */
export async function endOf(options: Portal, request: FastifyRequest): Promise<SignInReason | null> {
  const live = await options.sessions.genuine(request)
  const refusal = live ? refusalOf(live, live.session) : null
  if (refusal !== null && isSignInReason(refusal)) return refusal
  return (await typistOf(options, request)) === null ? null : 'token_revoked'
}

export const withReason = (path: string, reason: SignInReason | null): string =>
  reason === null ? path : `${path}${path.includes('?') ? '&' : '?'}reason=${reason}`

/** The sign-in page with a reason, also for a browser that is signed in already. */
export const signInAgain = (reason: SignInReason, returnPath: string | null): string =>
  `${withReason(withReturnPath('/sign-in', returnPath), reason)}&again=yes`

/** The user named in the form, otherwise the user of the browser's session cookie, even if that session has ended. */
async function typistOf({ sessions }: Portal, request: FastifyRequest): Promise<UserId | null> {
  const { typed_by: claimed = '' } = fieldsOf(request.body)
  if (isId('user', claimed)) return claimed
  return (await sessions.genuine(request))?.account.id ?? null
}

const placeOf = ({ path }: TypedForm): string => Buffer.from(path).toString('base64url')
const contextOf = (userId: UserId, { path }: TypedForm): string => `${userId} ${path}`
