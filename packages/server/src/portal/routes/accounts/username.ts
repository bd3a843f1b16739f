import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { LiveState } from '../../../domain/model/live.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { freeNamesNear } from '../../../domain/organizations/register.ts'
import { register } from '../../../domain/organizations/use-invitation.ts'
import { usernamePage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { faultsOf, fieldsOf, frameOf, goOn, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { hiddenReturnPath, returnPathOf, withReturnPath } from '../../return-path.ts'
import { isTypedBy, keepTyped, type TypedForm, takeTyped, typedBy } from '../../typed-form.ts'

/** For this long after its creation, an account without a username is shown the steps of the sign-up. */
const SIGNING_UP_MILLISECONDS = 3_600_000

const usernameForm: TypedForm = { path: '/sign-up/username', fields: ['username'] }

/** The username of a new account, which registers it (S55). */
export async function usernameRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions } = options

  app.get('/sign-up/username', page, async (request, reply) => {
    const { continue: to, username } = fieldsOf(request.query)
    const returnPath = returnPathOf(to)
    const signedIn = await sessions.signedIn(request)
    if (!signedIn) return seeOther(reply, withReturnPath('/sign-in', returnPath))
    if (signedIn.live.account.username !== null) return goOn(options, request, reply, { returnPath, registered: true })
    const kept = takeTyped(options, request, reply, usernameForm, signedIn.live)
    return showUsername(request, reply, returnPath, signedIn.live, { value: username?.slice(0, 30) ?? kept?.fields['username'], notice: kept?.notice })
  })

  app.post('/sign-up/username', page, async (request, reply) => {
    const { username = '', continue: to } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, usernameForm, returnPath)
    const { principal, live } = signedIn
    try {
      await register(options, principal, { username: username.trim() })
    } catch (error) {
      // A second click: the first one has registered.
      if (error instanceof Problem && error.code === 'already_registered') return goOn(options, request, reply, { returnPath, registered: true })
      const faults = faultsOf(error, { name_invalid: 'username', name_reserved: 'username', name_taken: 'username' })
      return showUsername(request, reply, returnPath, live, { value: username.slice(0, 30), faults, status: (error as Problem).status })
    }
    return goOn(options, request, reply, { returnPath, registered: true })
  })

  const showUsername = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    { account, now }: LiveState,
    { status = 200, notice, ...form }: { value: string | undefined; faults?: Fault[]; status?: number; notice?: string | undefined },
  ): Promise<FastifyReply> => {
    const hidden = { ...hiddenReturnPath(returnPath), ...typedBy({ account }) }
    const free = form.faults ? await freeNamesNear(options, form.value ?? '') : []
    const suggestions = free.map((one) => ({
      name: one,
      href: `${withReturnPath('/sign-up/username', returnPath)}${returnPath === null ? '?' : '&'}username=${one}`,
    }))
    return sendPage(
      reply,
      usernamePage({
        frame: { ...frameOf(options, request), notice },
        target: { action: usernameForm.path, hidden },
        signOut: { action: '/sign-out', hidden: {} },
        email: account.email,
        signingUp: now.getTime() - account.createdAt.getTime() < SIGNING_UP_MILLISECONDS,
        withPasskey: (await options.store.reading.passkeys.list(account.id)).length > 0,
        suggestions,
        ...form,
      }),
      status,
    )
  }
}
