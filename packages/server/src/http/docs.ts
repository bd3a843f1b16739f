import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import scalar from '@scalar/fastify-api-reference'
import type { FastifyPluginAsync } from 'fastify'

// The portal's colours (portal.css), under the names that this page uses.
const theme = `
.light-mode { --scalar-background-1: oklch(0.985 0.003 95); --scalar-background-2: oklch(0.965 0.004 95); --scalar-border-color: oklch(0.90 0.005 95);
  --scalar-color-1: oklch(0.22 0.01 95); --scalar-color-2: oklch(0.47 0.012 95); --scalar-color-3: oklch(0.47 0.012 95); --scalar-color-accent: oklch(0.48 0.17 270); }
.dark-mode { --scalar-background-1: oklch(0.17 0.006 265); --scalar-background-2: oklch(0.205 0.007 265); --scalar-border-color: oklch(0.30 0.008 265);
  --scalar-color-1: oklch(0.94 0.004 265); --scalar-color-2: oklch(0.72 0.01 265); --scalar-color-3: oklch(0.72 0.01 265); --scalar-color-accent: oklch(0.80 0.10 275); }
:root { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace; --scalar-radius: 6px; }
`

/** A placeholder in the library's page, replaced in each response. */
const NONCE = 'nonce-of-this-answer'
const firstScript = `<script nonce="${NONCE}">${readFileSync(new URL('./docs-page.js', import.meta.url), 'utf8')}</script>`

const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** The description of the API, for programs and for people. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('application/json').header('cache-control', 'public, max-age=300').serializer(JSON.stringify).send(app.swagger()),
  )
  // The reference page has inline scripts and styles, so it needs its own policy, with a new nonce in each response and no third party.
  app.addHook('onSend', async (request, reply, payload) => {
    if (!request.url.startsWith('/docs')) return payload
    const nonce = randomBytes(16).toString('base64')
    const policy = policyWith(nonce)
    reply.raw.setHeader('content-security-policy', policy)
    reply.header('content-security-policy', policy)
    const isPage = typeof payload === 'string' && String(reply.getHeader('content-type')).startsWith('text/html')
    return isPage ? payload.replace('<head>', `<head>${firstScript}`).replaceAll(NONCE, nonce) : payload
  })
  await app.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      nonce: NONCE,
      url: '/openapi.json',
      title: 'Muster API',
      telemetry: false,
      withDefaultFonts: false,
      agent: { disabled: true },
      mcp: { disabled: true }, // both would contact another server
      hideClientButton: true,
      showDeveloperTools: 'never',
      authentication: { preferredSecurityScheme: 'bearer' },
      customCss: theme,
    } as never,
  })
}
