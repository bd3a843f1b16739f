import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SignedIn } from '../http/browser-session.ts'
import { fieldsOf, type Portal, seeOther } from './portal.ts'
import { returnPathOf, withReturnPath } from './return-path.ts'
import { isTypedBy, keepTyped } from './typed-form.ts'

// Pages about the account of the person who is signed in.

export type OwnPage = (signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Where the person goes on after a page that is only a step, such as adding the factor that something else requires. */
export const returnPathIn = (request: FastifyRequest): string | null =>
  returnPathOf(fieldsOf(request.method === 'POST' ? request.body : request.query)['continue'])

/** Anybody else signs in first, and comes back to the page. */
export const ownPage =
  (options: Portal) =>
  (path: string, handler: OwnPage) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const signedIn = await options.sessions.signedIn(request)
    if (signedIn && isTypedBy(request, signedIn)) return handler(signedIn, request, reply)
    const back = withReturnPath(path, returnPathIn(request))
    return request.method === 'POST' ? keepTyped(options, request, reply, { path, fields: [] }, back) : seeOther(reply, withReturnPath('/sign-in', back))
  }

/** A page that requires a recent sign-in is shown only after it, so that nothing is typed in vain (F17). */
export const confirmFirst = (reply: FastifyReply, back: string): FastifyReply => seeOther(reply, withReturnPath('/account/confirm', back))

/** Where the user changes their password. Null if they have none, or passwords are off. */
export const passwordPathOf = async ({ store }: Pick<Portal, 'store'>, { principal }: SignedIn): Promise<string | null> =>
  (await store.reading.accounts.find(principal.userId))?.passwordHash == null ? null : '/account/password'
