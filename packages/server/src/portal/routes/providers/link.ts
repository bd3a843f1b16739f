import { type IdentityId, isId } from '@muster/contract/ids.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { provenPersonOf } from '../../../domain/accounts/sign-up-with-provider.ts'
import { isRecent } from '../../../domain/command/recent.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { linkIdentity, unlinkIdentity } from '../../../domain/providers/identity.ts'
import { beginAtProvider, dropProvenPerson } from '../../../domain/providers/provider-sign-in.ts'
import type { Identity } from '../../../domain/providers/store.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmFirst, ownPage } from '../../own-page.ts'
import { type IdentityView, identityPage, linkProviderPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { accountView, faultsOf, fieldsOf, frameOf, goOn, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { typedBy } from '../../typed-form.ts'
import { forgetProven, goToProvider, linkPath, provenTokenOf, providerOf } from './sign-in.ts'

const securityPath = '/account/security'
export const pathOf = (id: IdentityId): string => `/account/providers/${id}`

const nameOf = ({ providers }: Pick<Portal, 'providers'>, id: string): string => providers.find((one) => one.id === id)?.name ?? id

export const identityView = (options: Pick<Portal, 'providers'>, { id, provider, issuer, ...identity }: Identity): IdentityView => ({
  ...identity,
  path: pathOf(id),
  provider: nameOf(options, provider),
  isOff: !options.providers.some((one) => one.issuer === issuer),
})

/** Links and unlinks providers of the person who is signed in (F20, F21). */
export async function linkRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  const forMe = ownPage(options)

  app.post(
    '/account/add-provider',
    page,
    forMe(securityPath, async ({ live, principal }, request, reply) => {
      const { provider: id = '' } = fieldsOf(request.body)
      if (!(await isRecent(store.reading, live))) return confirmFirst(reply, securityPath)
      const provider = providerOf(options, id)
      return goToProvider(options, request, reply, provider, await beginAtProvider(options, principal, { provider, link: true }))
    }),
  )

  const showLink = async ({ live }: SignedIn, request: FastifyRequest, reply: FastifyReply, refused?: { faults: Fault[]; status: number }) => {
    try {
      const person = await provenPersonOf(options, provenTokenOf(options, request))
      if (!(await isRecent(store.reading, live))) return confirmFirst(reply, linkPath)
      return sendPage(
        reply,
        linkProviderPage({
          frame: frameOf(options, request),
          target: { action: linkPath, hidden: typedBy(live) },
          account: accountView(live),
          useAnother: { action: '/sign-out', hidden: { another: 'yes', continue: linkPath } },
          provider: nameOf(options, person.provider),
          label: person.label,
          faults: refused?.faults,
        }),
        refused?.status,
      )
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'proven_person_not_found') throw error
      forgetProven(options, reply)
      return seeOther(reply, securityPath)
    }
  }

  app.get(
    linkPath,
    page,
    forMe(linkPath, (signedIn, request, reply) => showLink(signedIn, request, reply)),
  )
  app.post(
    linkPath,
    page,
    forMe(linkPath, async (signedIn, request, reply) => {
      const goOnTo = (returnPath: string | null) => goOn(options, request, reply, { returnPath, registered: signedIn.live.account.username !== null })
      if (fieldsOf(request.body)['decision'] === 'decline') {
        const returnPath = await execute(dropProvenPerson, signedIn.principal, { token: provenTokenOf(options, request) })
        forgetProven(options, reply)
        return returnPath === null ? seeOther(reply, securityPath) : goOnTo(returnPath)
      }
      if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, linkPath)
      try {
        const { returnPath } = await execute(linkIdentity, signedIn.principal, { token: provenTokenOf(options, request) })
        forgetProven(options, reply)
        if (returnPath === null) return seeOther(reply, `${securityPath}?done=linked`)
        return goOnTo(returnPath)
      } catch (error) {
        if (error instanceof Problem && error.code === 'proven_person_not_found') return showLink(signedIn, request, reply)
        return showLink(signedIn, request, reply, { faults: faultsOf(error, { identity_taken: null, identity_limit: null }), status: 409 })
      }
    }),
  )

  const theirs = async ({ live }: SignedIn, request: FastifyRequest): Promise<Identity> => {
    const { id } = request.params as { id: string }
    const identity = isId('identity', id) && (await store.reading.identities.list(live.account.id)).find((one) => one.id === id)
    if (!identity) throw new Problem('identity_not_found')
    return identity
  }
  const show = ({ live }: SignedIn, request: FastifyRequest, reply: FastifyReply, identity: Identity, faults?: Fault[]) =>
    sendPage(
      reply,
      identityPage({
        frame: frameOf(options, request),
        identity: identityView(options, identity),
        unlink: { action: `${pathOf(identity.id)}/unlink`, hidden: typedBy(live) },
        securityPath,
        faults,
      }),
      faults ? 409 : 200,
    )

  app.get(
    '/account/providers/:id',
    page,
    forMe(securityPath, async (signedIn, request, reply) => show(signedIn, request, reply, await theirs(signedIn, request))),
  )
  app.post(
    '/account/providers/:id/unlink',
    page,
    forMe(securityPath, async (signedIn, request, reply) => {
      const identity = await theirs(signedIn, request)
      if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, pathOf(identity.id))
      try {
        await execute(unlinkIdentity, signedIn.principal, { id: identity.id })
        return seeOther(reply, `${securityPath}?done=unlinked`)
      } catch (error) {
        return show(signedIn, request, reply, identity, faultsOf(error, { last_way_in: null }))
      }
    }),
  )
}
