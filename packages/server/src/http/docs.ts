import scalar from '@scalar/fastify-api-reference'
import type { FastifyPluginAsync } from 'fastify'

/** The API's description for programs and for people. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').header('cache-control', 'public, max-age=300').serializer(JSON.stringify).send(app.swagger()),
  )
  // The reference page brings its own inline script and styles; it gets a policy of its own, still without a third party.
  app.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/docs')) {
      const policy =
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
      reply.raw.setHeader('content-security-policy', policy)
      reply.header('content-security-policy', policy)
    }
  })
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      title: 'Muster API',
      telemetry: false,
      withDefaultFonts: false,
      agent: { disabled: true },
      hideClientButton: true,
      showDeveloperTools: 'never',
    } as never,
  })
}
