import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import fastifyCookie from '@fastify/cookie'
import fastifySwagger from '@fastify/swagger'
import type { ProblemCode } from '@muster/contract/problems.ts'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type preParsingHookHandler,
} from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject, serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Config } from '../config.ts'
import type { Origin } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import { refuseOtherMethods } from './allowed-methods.ts'
import { type Audience, createAuthenticate } from './authenticate.ts'
import { acceptJson, refuseEncodedBodies } from './body.ts'
import { sealCursors } from './cursors.ts'
import { docsRoutes } from './docs.ts'
import { addressReader } from './front/client-address.ts'
import { createNodeServer } from './front/node-server.ts'
import { createRawRoutes } from './front/raw-routes.ts'
import { type LogAnswer, requestLog } from './log.ts'
import { type Health, healthRoutes } from './monitoring/health.ts'
import type { Metrics } from './monitoring/metrics.ts'
import { delayRevocationReplies } from './prefer-wait.ts'
import { sendProblem } from './problem.ts'
import { pathOf } from './request.ts'
import { meRoutes } from './routes/accounts/me.ts'
import { usernameRoutes } from './routes/accounts/usernames.ts'
import { userRoutes } from './routes/accounts/users.ts'
import { applicationRoutes } from './routes/credentials/applications.ts'
import { credentialRoutes } from './routes/credentials/credentials.ts'
import { keyRoutes } from './routes/credentials/keys.ts'
import { serviceAccountRoutes } from './routes/credentials/service-accounts.ts'
import { sessionRoutes } from './routes/credentials/sessions.ts'
import { signInRoutes } from './routes/credentials/sign-ins.ts'
import { tokenRoutes } from './routes/credentials/tokens.ts'
import { confirmationRoutes } from './routes/factors/confirmations.ts'
import { factorRoutes } from './routes/factors/factors.ts'
import { invitationRoutes } from './routes/invitations/invitations.ts'
import { organizationInvitationRoutes } from './routes/invitations/organization-invitations.ts'
import { secretRoutes } from './routes/invitations/secrets.ts'
import { apiRoutes } from './routes/operator/apis.ts'
import { clientRoutes } from './routes/operator/clients.ts'
import { emailRoutes } from './routes/operator/emails.ts'
import { invitationListRoutes } from './routes/operator/invitations.ts'
import { organizationListRoutes } from './routes/operator/organizations.ts'
import { requestRoutes } from './routes/operator/requests.ts'
import { operatorSecretRoutes, type SecretParts } from './routes/operator/secret.ts'
import { type OperatorParts, signingKeyRoutes } from './routes/operator/signing-keys.ts'
import { streamRoutes } from './routes/operator/streams.ts'
import { suspendPersonRoutes } from './routes/operator/suspend-person.ts'
import { operatorTokenRoutes } from './routes/operator/tokens.ts'
import { operatorUserRoutes } from './routes/operator/users.ts'
import { accessRoutes } from './routes/organizations/access.ts'
import { auditEventRoutes } from './routes/organizations/audit-events.ts'
import { factorPolicyRoutes } from './routes/organizations/factor-policy.ts'
import { factorResetRoutes } from './routes/organizations/factor-resets.ts'
import { keyPolicyRoutes } from './routes/organizations/key-policy.ts'
import { memberRoutes } from './routes/organizations/members.ts'
import { moveRoutes } from './routes/organizations/move.ts'
import { operatorOrganizationRoutes } from './routes/organizations/operator-organizations.ts'
import { organizationRoutes } from './routes/organizations/organizations.ts'
import { platformOrganizationRoutes } from './routes/organizations/platform-organizations.ts'
import { roleDefinitionRoutes } from './routes/organizations/role-definitions.ts'
import { roleRoutes } from './routes/organizations/roles.ts'
import { hostRoutes } from './routes/resources/hosts.ts'
import { resourceRoutes } from './routes/resources/resources.ts'
import { securityHeaders } from './security-headers.ts'
import type { Services } from './services.ts'

/** A served route, which a test compares with the reviewed list (A09). */
export interface ServedRoute {
  method: string
  url: string
  audience: Audience | null
  /** Also accepts keys, on a route for accounts. */
  keys: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    origin: Origin
    /** The code of the problem that the response reports. */
    refusal: ProblemCode | null
  }
  interface FastifyInstance {
    servedRoutes: ServedRoute[]
  }
}

export interface AppOptions extends Services, OperatorParts, SecretParts {
  /** The operator's token. Null disables the operator routes. */
  operatorToken: string | null
  health: Health
  isDraining(): boolean
  metrics: Metrics
  /** Shown in a browser at an address without a page: 404, or 405 if the address only supports other methods. */
  notFoundPage: (request: FastifyRequest, reply: FastifyReply, status?: 404 | 405) => FastifyReply
  /** Shown in a browser for a host name that is not ours. */
  otherHostPage: (request: FastifyRequest, reply: FastifyReply) => FastifyReply
  log: FastifyBaseLogger
  answered: LogAnswer
}

const BODY_LIMIT = 64 * 1024

/** Creates the HTTP application with the API. server.ts adds the portal and OAuth. */
export async function createApp(options: AppOptions): Promise<FastifyInstance> {
  const { config, metrics } = options
  const headers = securityHeaders({ https: config.secureCookies })
  const addressOf = addressReader(config.trustedProxies)
  const originOf = (request: IncomingMessage, requestId: string): Origin => ({
    address: addressOf(request),
    userAgent: request.headers['user-agent']?.slice(0, 300) ?? null,
    requestId,
    ended: [],
    userId: null,
    clientId: null,
    operator: null,
  })
  const rawRoutes = createRawRoutes({
    headers,
    originOf: (request) => originOf(request, newRequestId()),
    isUsual: (path, headers) => isKnownHost(config, path, headers) && headers['content-encoding'] === undefined,
    isDraining: options.isDraining,
    onAnswered({ origin, route, method, path, status, milliseconds, traceparent }) {
      metrics.answered({ route, method, status, seconds: milliseconds / 1000, refusal: null })
      options.answered({ origin, method, path, status, ms: Math.round(milliseconds), traceparent })
    },
  })
  const app = Fastify({
    serverFactory: (framework) => createNodeServer(rawRoutes.inFrontOf(framework)),
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }), // Muster logs one line per request, without the query
    childLoggerFactory: requestLog,
    genReqId: newRequestId,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: false },
    return503OnClosing: false, // its 503 has no Retry-After, and the services close after the last answer
  }).withTypeProvider<ZodTypeProvider>()
  app.removeAllContentTypeParsers() // including text/plain, which a form of another site can send (C08)
  acceptJson(app as unknown as FastifyInstance)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)

  const servedRoutes: ServedRoute[] = []
  app.decorate('servedRoutes', servedRoutes)
  app.addHook('onRoute', ({ method, url, config }) => {
    for (const one of [method].flat())
      if (one !== 'HEAD') servedRoutes.push({ method: one, url, audience: config?.audience ?? null, keys: config?.keys ?? false })
  })

  app.decorateRequest('origin', null as never)
  app.decorateRequest('refusal', null)
  app.decorateRequest('principal', null as never)
  app.decorateRequest('live', null)
  app.decorateRequest('liveKey', null)
  app.decorateRequest('actor', null)
  rawRoutes.collect(app as unknown as FastifyInstance)
  // Hooks of every request call back instead of returning a promise, which would cost more than what they do.
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = rawRoutes.refusalOf(request.raw)
    request.origin = originOf(request.raw, request.id)
    if (refusal !== undefined) Object.assign(request.origin, { userId: refusal.origin.userId, clientId: refusal.origin.clientId })
    reply.headers(headers).header('x-request-id', request.id)
    done(refusal?.error)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { method, routeOptions, origin } = request
    const { statusCode: status } = reply
    const refusal = rawRoutes.refusalOf(request.raw)
    const elapsed = refusal === undefined ? reply.elapsedTime : performance.now() - refusal.began
    metrics.answered({ route: routeOptions.url ?? 'none', method, status, seconds: elapsed / 1000, refusal: request.refusal })
    const { traceparent } = request.headers
    if (routeOptions.logLevel !== 'warn') options.answered({ origin, method, path: pathOf(request), status, ms: Math.round(elapsed), traceparent })
    done()
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (isKnownHost(config, pathOf(request), request.headers)) done()
    else if (isForPerson(request)) options.otherHostPage(request, reply)
    else done(new Problem('host_unknown', `The address of this server is ${config.issuer}.`))
  })
  refuseOtherMethods(app as unknown as FastifyInstance, (request, reply) => (isForPerson(request) ? options.notFoundPage(request, reply, 405) : undefined))
  refuseEncodedBodies(app as unknown as FastifyInstance)
  await app.register(fastifyCookie)
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.1',
      info: {
        title: 'Muster',
        version: '0.1.0',
        description: 'Accounts, organizations and access for a developer cloud.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: config.issuer }],
      tags: ['Account', 'Sessions', 'Organizations', 'Members', 'Roles', 'Keys', 'Service accounts', 'Invitations', 'Resources', 'Clients', 'Operator'].map(
        (name) => ({
          name,
        }),
      ),
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An access token from /oauth/token.' },
          operator: {
            type: 'http',
            scheme: 'bearer',
            description: "The operator's token: operator-token in the data folder, MUSTER_OPERATOR_TOKEN, or a named one.",
          },
        },
      },
    },
    transform: (input) => {
      const { schema, url } = jsonSchemaTransform(input)
      const { audience, optional } = input.route.config ?? {}
      const security = audience === undefined ? [] : [...(optional ? [{}] : []), { [audience === 'operator' ? 'operator' : 'bearer']: [] }]
      return { schema: { ...schema, security }, url }
    },
    transformObject: (input) => describeAnswers(jsonSchemaTransformObject(input)),
  })

  delayRevocationReplies(app as unknown as FastifyInstance, options.awaitRevocations)
  sealCursors(app as unknown as FastifyInstance, options.keys)
  const authenticate = createAuthenticate(options)
  app.decorate('authenticate', authenticate)
  app.addHook('onRoute', (route) => {
    const { audience, optional } = route.config ?? {}
    if (!audience) return
    // Before the body is parsed, so that an unauthenticated caller costs nothing more.
    const admit: preParsingHookHandler = (request, _reply, _payload, done) => {
      if (optional && request.headers.authorization === undefined) done(null)
      else authenticate(request, audience).then(() => done(null), done)
    }
    route.preParsing = [admit, ...[route.preParsing ?? []].flat()]
  })
  app.setErrorHandler((error: Error, request, reply) => sendProblem(request, reply, error))
  app.setNotFoundHandler((request, reply) =>
    isForPerson(request) ? options.notFoundPage(request, reply) : sendProblem(request, reply, new Problem('not_found')),
  )

  await app.register(async (api) => {
    api.addHook('onSend', (_request, reply, payload, done) => {
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
      done(null, payload)
    })
    const ofPeople = [
      meRoutes,
      credentialRoutes,
      sessionRoutes,
      signInRoutes,
      tokenRoutes,
      applicationRoutes,
      factorRoutes,
      confirmationRoutes,
      usernameRoutes,
      userRoutes,
      invitationRoutes,
      moveRoutes,
    ]
    const ofOrganizations = [
      organizationRoutes,
      platformOrganizationRoutes,
      roleDefinitionRoutes,
      organizationInvitationRoutes,
      memberRoutes,
      roleRoutes,
      factorResetRoutes,
      auditEventRoutes,
      secretRoutes,
      keyRoutes,
      serviceAccountRoutes,
      factorPolicyRoutes,
      accessRoutes,
      keyPolicyRoutes,
      resourceRoutes,
      hostRoutes,
    ]
    for (const routes of [...ofPeople, ...ofOrganizations]) {
      await api.register(routes, options)
    }
    const ofOperator = [
      clientRoutes,
      apiRoutes,
      streamRoutes,
      signingKeyRoutes,
      operatorTokenRoutes,
      operatorUserRoutes,
      organizationListRoutes,
      invitationListRoutes,
      emailRoutes,
      requestRoutes,
      operatorOrganizationRoutes,
      suspendPersonRoutes,
    ]
    for (const routes of ofOperator) await api.register(routes, options)
    await api.register(operatorSecretRoutes, options)
  })
  await app.register(healthRoutes, options)
  if (config.apiDocs) await app.register(docsRoutes)
  return app as unknown as FastifyInstance
}

interface Described {
  description: string
  content?: Record<string, unknown>
}

/** Responses that are not 2xx are problems, with the media type of RFC 9457. The generator supports one media type only. */
function describeAnswers<Document extends object>(document: Document): Document {
  const { paths = {} } = document as { paths?: Record<string, Record<string, { responses?: Record<string, Described> }>> }
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    for (const [status, answer] of Object.entries(operation.responses ?? {})) {
      const problem = /^[45]/.test(status)
      if (answer.description === 'Default Response') answer.description = problem ? 'A problem, with the next step.' : 'Success.'
      if (problem && answer.content) answer.content = { 'application/problem+json': answer.content['application/json'] }
    }
  }
  return document
}

const isForPerson = (request: FastifyRequest): boolean =>
  request.method === 'GET' && (request.headers.accept ?? '').includes('text/html') && !/^\/(v1|oauth)\//.test(pathOf(request))

/** Probes use the address. All other requests must use a configured host name, so that no link, cookie or redirect is created for another one (A11). */
const probes = new Set(['/healthz', '/readyz', '/metrics'])

/** The page for an unknown host needs its style, which is public. */
const isKnownHost = ({ hosts }: Config, path: string, { host = '' }: IncomingHttpHeaders): boolean =>
  hosts.includes(host.toLowerCase()) || probes.has(path) || path.startsWith('/assets/')

/** Begins with the time in milliseconds, so that the index of the audit log by request grows at its end (O13). */
const newRequestId = (): string => `req_${Date.now().toString(16).padStart(12, '0')}${randomUUID().replaceAll('-', '').slice(12)}`
