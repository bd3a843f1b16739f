import type { FastifyPluginAsync } from 'fastify'
import { Problem } from '../../domain/model/problem.ts'
import type { Compat, CompatServices } from '../compat.ts'
import { sendError } from './errors.ts'
import { inviteRoutes } from './invites.ts'
import { keyRoutes } from './keys.ts'
import { SCRIPTS_CLIENT_ID, tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'

const routes: FastifyPluginAsync<CompatServices> = async (parent, services) => {
  await parent.register(tokenRoutes, services)
  await parent.register(
    async (api) => {
      api.setErrorHandler((error: Error, request, reply) => sendError(request, reply, error))
      api.setNotFoundHandler((request, reply) => sendError(request, reply, new Problem('not_found')))
      api.addHook('onRequest', async (request, reply) => {
        reply.header('cache-control', 'no-store')
        const key = request.headers['x-api-key']
        if (typeof key === 'string' && request.headers.authorization === undefined) request.headers.authorization = `Bearer ${key}`
      })
      for (const part of [userRoutes, keyRoutes, inviteRoutes]) await api.register(part, services)
    },
    { prefix: '/v2' },
  )
}

/** FeatureBase Cloud's HTTP API, as scripts call it. */
export const featurebase: Compat = {
  clients: [
    {
      id: SCRIPTS_CLIENT_ID,
      name: 'FeatureBase scripts',
      grants: ['refresh_token'], // only at POST /: the issuer's token endpoint does not accept these refresh tokens
      scopes: ['openid', 'profile', 'email', 'offline_access', 'api'],
      impliedScopes: [],
      alg: 'ES256',
    },
  ],
  audiences: [],
  routes,
}
