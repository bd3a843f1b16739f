import { factorPolicyWords } from '@muster/contract/authentication.ts'
import { isId, type PasskeyId } from '@muster/contract/ids.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requirementToTell, requirerOf } from '../../../domain/command/factor-policy.ts'
import { isRecent } from '../../../domain/command/recent.ts'
import { setAlwaysSecondFactor } from '../../../domain/factors/always.ts'
import { isLocked } from '../../../domain/factors/lock.ts'
import { addPasskey, removePasskey, renamePasskey, requestPasskey } from '../../../domain/factors/passkey.ts'
import type { HeldFactors, Passkey } from '../../../domain/factors/store.ts'
import type { LiveState } from '../../../domain/model/live.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { webauthnOn } from '../../../http/request.ts'
import { confirmFirst, ownPage, passwordPathOf, returnPathIn } from '../../own-page.ts'
import { newPasskeyPage, type PasskeyView, passkeyPage, type SecurityPage, securityPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { creationOptions } from '../../passkey-request.ts'
import { faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { hiddenReturnPath, withReturnPath } from '../../return-path.ts'
import { typedBy } from '../../typed-form.ts'
import { identityView } from '../providers/link.ts'
import { failedSignIns, SIGN_IN_ENDED, signInsOf, signInsPath } from './sign-ins.ts'

const securityPath = '/account/security'
const accountPath = '/account'
const newPath = '/account/add-passkey'
/** The sign-ins on the page Security. All are on a page of their own. */
const RECENT = 5
const alwaysPath = '/account/always-second-factor'
const pathOf = (id: PasskeyId): string => `/account/passkeys/${id}`

const doneTexts = new Map([
  ['added', 'Your passkey was added. Next time, sign in with it.'],
  ['renamed', 'Your passkey was renamed.'],
  ['app-removed', 'Your authenticator app was removed. No second factor is asked for when you sign in.'],
  ['reset-stopped', 'The reset was stopped. Nothing about how you sign in has changed.'],
  ['device-forgotten', 'The browser was forgotten. Its next sign-in by password asks for a second factor.'],
  ['devices-forgotten', 'All remembered browsers were forgotten. Their next sign-in by password asks for a second factor.'],
  ['linked', 'The account is linked. Next time, you can sign in with it.'],
  ['unlinked', 'The account is no longer linked.'],
  ['sign-in-ended', SIGN_IN_ENDED],
  ['always', 'After a password or a provider, a passkey is asked for from now on.'],
  ['not-always', 'A password or a provider alone signs in again.'],
  ['removed', 'Your passkey was removed. Delete it in your password manager too.'],
])

/** The refusals of a new passkey, by the field that can change them. */
export const newPasskeyFaults = {
  passkey_name_invalid: 'name',
  passkey_refused: null,
  passkey_unverified: null,
  passkey_expired: null,
  passkey_taken: null,
  passkey_limit: null,
} as const

const viewOf = (passkey: Passkey): PasskeyView => ({ ...passkey, path: pathOf(passkey.id) })

async function alwaysOf({ store }: Portal, live: LiveState, hasPassword: boolean): Promise<SecurityPage['always']> {
  const { app, passkey, always: isOn } = await store.reading.authenticators.held(live.account.id)
  if (app || !(isOn || (passkey && hasPassword))) return null
  return { isOn, change: { action: alwaysPath, hidden: { ...typedBy(live), always: isOn ? 'no' : 'yes' } } }
}

/** What the organization requires of the user, and they lack (F13). */
function requiredOf({ organization, now }: Pick<LiveState, 'organization' | 'now'>, held: Pick<HeldFactors, 'app' | 'passkey'>) {
  const told = organization && requirementToTell(organization.factorPolicy, now, held)
  if (!told || told.ready) return null
  return { by: requirerOf(told, organization), words: factorPolicyWords[told.policy], from: told.from }
}

async function providersOf(options: Portal, live: LiveState): Promise<SecurityPage['providers']> {
  const { store, providers } = options
  const linked = await store.reading.identities.list(live.account.id)
  if (linked.length === 0 && providers.length === 0) return undefined
  const add = { action: '/account/add-provider', hidden: typedBy(live) }
  return { linked: linked.map((one) => identityView(options, one)), add, offered: providers.map(({ id, name }) => ({ id, name })) }
}

/** How the user signs in: their passkeys (F2, F9, F24). */
export async function passkeyRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store, passwords } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))

  const forMe = ownPage(options)

  app.get(
    securityPath,
    page,
    forMe(securityPath, async (signedIn, request, reply) => {
      const { live } = signedIn
      const webauthn = webauthnOn(options, request)
      const passkeys = await store.reading.passkeys.list(live.account.id)
      const handle = await store.reading.passkeys.findHandle(live.account.id)
      const { email, givenName, familyName } = live.account
      const app = await store.reading.authenticators.find(live.account.id)
      const reset = await store.reading.factorResets.findOpen(live.account.id)
      const hasPassword = (await passwordPathOf(options, signedIn)) !== null
      return sendPage(
        reply,
        securityPage({
          frame: frameOf(options, request),
          hasPassword,
          passkeys: passkeys.map(viewOf),
          newPasskeyPath: webauthn && withReturnPath(newPath, returnPathIn(request)),
          authenticator: app && {
            addedAt: app.createdAt,
            lastUsedAt: app.lastUsedAt,
            locked: isLocked(app),
            recoveryCodesLeft: await store.reading.authenticators.recoveryCodesLeft(live.account.id),
          },
          authenticatorPaths: { add: withReturnPath('/account/add-authenticator', returnPathIn(request)), change: '/account/authenticator' },
          reset: reset && {
            ...reset,
            requestedBy: reset.requestedByName,
            stop: { action: '/account/factor-reset/stop', hidden: typedBy(live) },
          },
          remembered: (passwords ? await store.reading.rememberedDevices.list(live.account.id) : []).map((device) => ({
            ...device,
            agent: device.userAgent,
            forget: { action: '/account/remembered-devices/forget', hidden: { ...typedBy(live), device: device.id } },
          })),
          forgetAll: { action: '/account/remembered-devices/forget-all', hidden: typedBy(live) },
          passwordPath: passwords ? '/account/password' : null,
          providers: await providersOf(options, live),
          recent: {
            signIns: (await signInsOf(options, signedIn, { limit: RECENT, back: 'security' })).items,
            failed: (await failedSignIns(options, signedIn, { limit: RECENT })).items,
            allPath: signInsPath,
          },
          accountPath,
          signal: webauthn &&
            handle && {
              rpId: webauthn.relyingParty,
              userId: Buffer.from(handle).toString('base64url'),
              ids: passkeys.map(({ credentialId }) => Buffer.from(credentialId).toString('base64url')),
              name: email,
              displayName: `${givenName} ${familyName}`.trim(),
            },
          always: await alwaysOf(options, live, hasPassword),
          required: requiredOf(live, { app: app !== null, passkey: passkeys.length > 0 }),
          done: doneTexts.get(fieldsOf(request.query)['done'] ?? ''),
        }),
      )
    }),
  )

  app.post(
    alwaysPath,
    page,
    forMe(securityPath, async (signedIn, request, reply) => {
      if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, securityPath)
      const always = fieldsOf(request.body)['always'] === 'yes'
      await execute(setAlwaysSecondFactor, signedIn.principal, { always })
      return seeOther(reply, `${securityPath}?done=${always ? 'always' : 'not-always'}`)
    }),
  )

  const showNew = async (signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply, refused?: { name: string; faults: Fault[]; status: number }) => {
    const webauthn = webauthnOn(options, request)
    if (!webauthn) throw new Problem('not_found', 'Passkeys require the address of the issuer, with https and a host name.')
    if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, withReturnPath(newPath, returnPathIn(request)))
    const asked = await execute(requestPasskey, signedIn.principal, undefined)
    return sendPage(
      reply,
      newPasskeyPage({
        frame: frameOf(options, request),
        target: { action: newPath, hidden: { ...typedBy(signedIn.live), ...hiddenReturnPath(returnPathIn(request)), response: '' } },
        options: creationOptions(options, signedIn, asked, webauthn.relyingParty),
        hasPassword: (await passwordPathOf(options, signedIn)) !== null,
        backPath: withReturnPath(securityPath, returnPathIn(request)),
        name: refused?.name,
        faults: refused?.faults,
      }),
      refused?.status,
    )
  }

  app.get(
    newPath,
    page,
    forMe(newPath, (signedIn, request, reply) => showNew(signedIn, request, reply)),
  )
  app.post(
    newPath,
    page,
    forMe(newPath, async (signedIn, request, reply) => {
      const { response = '', name = '' } = fieldsOf(request.body)
      if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, withReturnPath(newPath, returnPathIn(request)))
      try {
        await addPasskey(options, signedIn.principal, { response, name })
        return seeOther(reply, returnPathIn(request) ?? `${securityPath}?done=added`)
      } catch (error) {
        const faults = faultsOf(error, newPasskeyFaults)
        return showNew(signedIn, request, reply, { name, faults, status: (error as Problem).status })
      }
    }),
  )

  /** @throws Problem passkey_not_found */
  const theirs = async ({ live }: SignedIn, request: FastifyRequest): Promise<Passkey> => {
    const { id } = request.params as { id: string }
    const passkey = isId('passkey', id) && (await store.reading.passkeys.list(live.account.id)).find((one) => one.id === id)
    if (!passkey) throw new Problem('passkey_not_found')
    return passkey
  }
  const show = (signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply, passkey: Passkey, refused?: { name: string; faults: Fault[] }) => {
    const target = (action: string) => ({ action: `${pathOf(passkey.id)}${action}`, hidden: typedBy(signedIn.live) })
    return sendPage(
      reply,
      passkeyPage({ frame: frameOf(options, request), passkey: viewOf(passkey), rename: target(''), remove: target('/remove'), securityPath, ...refused }),
      refused ? 422 : 200,
    )
  }

  app.get(
    '/account/passkeys/:id',
    page,
    forMe(securityPath, async (signedIn, request, reply) => show(signedIn, request, reply, await theirs(signedIn, request))),
  )
  app.post(
    '/account/passkeys/:id',
    page,
    forMe(securityPath, async (signedIn, request, reply) => {
      const passkey = await theirs(signedIn, request)
      const { name = '' } = fieldsOf(request.body)
      try {
        await execute(renamePasskey, signedIn.principal, { id: passkey.id, name })
        return seeOther(reply, `${securityPath}?done=renamed`)
      } catch (error) {
        return show(signedIn, request, reply, passkey, { name, faults: faultsOf(error, { passkey_name_invalid: 'name' }) })
      }
    }),
  )
  app.post(
    '/account/passkeys/:id/remove',
    page,
    forMe(securityPath, async (signedIn, request, reply) => {
      const passkey = await theirs(signedIn, request)
      if (!(await isRecent(store.reading, signedIn.live))) return confirmFirst(reply, pathOf(passkey.id))
      try {
        await execute(removePasskey, signedIn.principal, { id: passkey.id })
        return seeOther(reply, `${securityPath}?done=removed`)
      } catch (error) {
        return show(signedIn, request, reply, passkey, { name: passkey.name, faults: faultsOf(error, { last_way_in: null }) })
      }
    }),
  )
}
