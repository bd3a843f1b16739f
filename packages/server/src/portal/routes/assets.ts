import type { FastifyInstance } from 'fastify'
import { assetCacheControl, assets } from '../assets.ts'

/** Files whose path changes with their content. */
export async function assetRoutes(app: FastifyInstance): Promise<void> {
  const options = { schema: { hide: true }, logLevel: 'warn' } as const
  for (const { path, contentType, body } of Object.values(assets)) {
    app.get(path, options, async (_request, reply) =>
      reply.header('cache-control', assetCacheControl).header('x-content-type-options', 'nosniff').type(contentType).send(body),
    )
  }
  // Browsers request these by default, even if no page names an icon.
  for (const path of ['/favicon.ico', '/favicon.svg']) {
    const { contentType, body } = assets['mark.svg']
    app.get(path, options, async (_request, reply) => reply.header('cache-control', 'public, max-age=86400').type(contentType).send(body))
  }
}
