import { isRecentAction, recentActions } from '@muster/contract/authentication.ts'
import { type DeviceAuthorizationId, isId } from '@muster/contract/ids.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { confirmByCode, confirmByPasskey, confirmByPassword } from '../../../domain/accounts/confirm.ts'
import { isPasswordEnough, isRecent, neededFor } from '../../../domain/command/recent.ts'
import { requestTerminalConfirmation } from '../../../domain/credentials/confirm-terminal.ts'
import { POLL_SECONDS } from '../../../domain/credentials/device-authorization.ts'
import { passkeyRequestOf } from '../../../domain/factors/use-passkey.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { reissueToken } from '../../reissue-token.ts'
import { personOf, webauthnOn } from '../../request.ts'
import { answers, instant, reissuedTokenFields } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const waysSchema = z
  .object({
    recent: z.boolean().meta({ description: 'Whether the sign-in or a confirmation is recent enough for changes that require it.' }),
    password: z
      .boolean()
      .meta({ description: 'Whether the password is enough. Not for an account with an authenticator app, or with a passkey that the organization requires.' }),
    code: z.boolean().meta({ description: 'Whether a code of the authenticator app, or a recovery code, is accepted.' }),
    passkey: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'Options for `navigator.credentials.get` (`PublicKeyCredentialRequestOptionsJSON`). Null without a passkey.' }),
  })
  .meta({ id: 'ConfirmationWays', description: 'How the current user can confirm that it is them.' })

const proof = z.union([
  z.strictObject({ password: z.string().max(1_000) }),
  z.strictObject({ code: z.string().max(60).meta({ description: 'A code of the authenticator app, or a recovery code.' }) }),
  z.strictObject({ passkey: z.record(z.string(), z.unknown()).meta({ description: 'The response of the browser (`AuthenticationResponseJSON`).' }) }),
])

const actionNames = Object.keys(recentActions) as [string, ...string[]]

const requestSchema = z.object({
  id: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_at: instant,
  interval: z.number().int().meta({ description: 'Seconds between two requests for the state.' }),
})

const stateSchema = z.object({ id: z.string(), state: z.enum(['pending', 'approved', 'denied', 'expired']) })

/** Confirming that a session's person is there (F15): a browser at once, a terminal by a code that is entered in a browser (F16). */
export const confirmationRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { config, store, accessTokens } = services

  app.get(
    '/v1/me/confirmation',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'getConfirmationWays',
        tags: ['Account'],
        summary: 'Get ways to confirm',
        description: 'Returns whether the session is recent enough for changes that require a recent sign-in, and how its user can confirm that it is them.',
        response: answers(waysSchema),
      },
    },
    async (request) => {
      const { live, principal } = personOf(request)
      const { id } = live.account
      const code = (await store.reading.authenticators.has(id)) && (await neededFor(store.reading, live)) !== 'phr'
      const passkey = await passkeyRequestOf({ ...services, webauthn: webauthnOn(services, request) }, id, { purpose: 'confirm', browser: principal.sessionId })
      return { recent: await isRecent(store.reading, live), password: await isPasswordEnough(store.reading, live), code, passkey }
    },
  )

  app.post(
    '/v1/me/confirmation',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'confirmMe',
        tags: ['Account'],
        summary: 'Confirm current user',
        description:
          'Confirms that it is the user, by password, code or passkey, for ten minutes. Only for the session of a browser; a terminal uses `/v1/me/terminal-confirmations`.',
        body: proof,
        response: answers(z.object({ recent: z.literal(true) })),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      // An application that has a token must not ask for the password (RFC 9700 section 2.4).
      if (principal.token) throw new Problem('terminal_confirms')
      const { body } = request
      if ('password' in body) await confirmByPassword(services, principal, body)
      else if ('code' in body) await confirmByCode(services, principal, body)
      else await confirmByPasskey(services, principal, { response: JSON.stringify(body.passkey) })
      return { recent: true as const }
    },
  )

  app.post(
    '/v1/me/terminal-confirmations',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'requestTerminalConfirmation',
        tags: ['Account'],
        summary: 'Request terminal confirmation',
        description:
          'Requests a code for the session that sends the request. Its user enters the code in a browser and confirms there that it is them. An earlier code of the session ends.',
        body: z.strictObject({
          action: z.enum(actionNames).nullish().meta({ description: 'The action of the refusal that asked for it. The page shows it to the user.' }),
        }),
        response: answers(requestSchema, 201),
      },
    },
    async (request, reply) => {
      const { principal } = personOf(request)
      const { action } = request.body
      const { id, userCode, expiresAt } = await requestTerminalConfirmation(services, principal, { action: isRecentAction(action) ? action : null })
      const address = new URL('/device', config.issuer).href
      return reply.code(201).send({
        id,
        user_code: userCode,
        verification_uri: address,
        verification_uri_complete: `${address}?user_code=${userCode}`,
        expires_at: expiresAt.toISOString(),
        interval: POLL_SECONDS,
      })
    },
  )

  app.get(
    '/v1/me/terminal-confirmations/:id',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'getTerminalConfirmation',
        tags: ['Account'],
        summary: 'Get terminal confirmation',
        description: 'Returns whether the user has confirmed. Only the session that requested the code can ask.',
        params: z.object({ id: z.string().max(60) }),
        response: answers(stateSchema),
      },
    },
    async (request) => {
      const { id } = request.params
      const { sessionId } = personOf(request).principal
      const found = isId('deviceAuthorization', id) ? await store.reading.deviceAuthorizations.find(id as DeviceAuthorizationId) : null
      if (found?.confirms !== sessionId) throw new Problem('not_found')
      const state = found.state === 'approved' || found.state === 'denied' ? found.state : found.expired ? 'expired' : 'pending'
      return { id, state } as const
    },
  )

  app.post(
    '/v1/me/token',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'reissueMyToken',
        tags: ['Sessions'],
        summary: 'Reissue access token',
        description:
          'Issues a new access token for the session that sends the request, with the same expiry, and with its current role and time of confirmation. The previous token stays valid. A browser keeps its cookie and gets no token.',
        response: answers(z.object(reissuedTokenFields)),
      },
    },
    async (request) => (await reissueToken({ store, accessTokens }, personOf(request).principal)).body,
  )
}
