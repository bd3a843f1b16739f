import type { FastifyInstance } from 'fastify'
import { appOfUnlockLink, unlockByLink } from '../../../domain/factors/lock.ts'
import { unlockedPage, unlockPage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, sendPage, visitor } from '../../portal.ts'

const path = '/account/unlock-authenticator'
const signInPath = '/sign-in'

/** A locked authenticator app is unlocked by the link in an email (F7). */
export async function unlockRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { execute, store, keys } = options

  app.get(path, page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.query)
    const frame = frameOf(options, request)
    const locked = await appOfUnlockLink(store.reading, keys, token)
    if (!locked) return sendPage(reply, unlockedPage({ frame, unlocked: false, signInPath }), 410)
    const account = await store.reading.accounts.find(locked.userId)
    const forgotPath = account?.passwordHash == null ? null : '/forgot-password'
    return sendPage(reply, unlockPage({ frame, target: { action: path, hidden: { token } }, forgotPath }))
  })

  app.post(path, page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.body)
    const unlocked = await execute(unlockByLink, visitor(request), { token })
    return sendPage(reply, unlockedPage({ frame: frameOf(options, request), unlocked, signInPath }), unlocked ? 200 : 410)
  })
}
