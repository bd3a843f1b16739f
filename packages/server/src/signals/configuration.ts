import type { FastifyInstance } from 'fastify'

export const pushMethod = 'urn:ietf:rfc:8935'
export const pollMethod = 'urn:ietf:rfc:8936'

/** The transmitter's configuration document (Shared Signals Framework 1.0 section 7). */
export async function configurationRoutes(app: FastifyInstance, { issuer }: { issuer: string }): Promise<void> {
  const configuration = {
    spec_version: '1_0',
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    delivery_methods_supported: [pollMethod, pushMethod],
    configuration_endpoint: `${issuer}/ssf/streams`,
    status_endpoint: `${issuer}/ssf/status`,
    add_subject_endpoint: `${issuer}/ssf/subjects:add`,
    remove_subject_endpoint: `${issuer}/ssf/subjects:remove`,
    verification_endpoint: `${issuer}/ssf/verification`,
    // OAuth 2.0: a client's own token with the scope `signals`.
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  }
  app.get('/.well-known/ssf-configuration', { schema: { hide: true } }, async (_request, reply) => {
    reply.headers({ 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*', 'content-type': 'application/json; charset=utf-8' })
    return reply.serializer(JSON.stringify).send(configuration)
  })
}
