import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import scalar from '@scalar/fastify-api-reference'
import Fastify from 'fastify'
import { docsFolder } from '../packages/server/src/files.ts'
import { NONCE } from '../packages/server/src/http/docs.ts'

// Builds the reference page of the API: the library's page, and its script of 4.4 MB, compressed as far as possible, which takes some seconds. The server
// does not load the library.

// The portal's colours (portal.css), under the names that this page uses.
const theme = `
.light-mode { --scalar-background-1: oklch(0.985 0.003 95); --scalar-background-2: oklch(0.965 0.004 95); --scalar-border-color: oklch(0.90 0.005 95);
  --scalar-color-1: oklch(0.22 0.01 95); --scalar-color-2: oklch(0.47 0.012 95); --scalar-color-3: oklch(0.47 0.012 95); --scalar-color-accent: oklch(0.48 0.17 270); }
.dark-mode { --scalar-background-1: oklch(0.17 0.006 265); --scalar-background-2: oklch(0.205 0.007 265); --scalar-border-color: oklch(0.30 0.008 265);
  --scalar-color-1: oklch(0.94 0.004 265); --scalar-color-2: oklch(0.72 0.01 265); --scalar-color-3: oklch(0.72 0.01 265); --scalar-color-accent: oklch(0.80 0.10 275); }
:root { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace; --scalar-radius: 6px; }
`

const firstScript = readFileSync(fileURLToPath(new URL('./docs-page.js', import.meta.url)), 'utf8')

export async function buildDocs(): Promise<void> {
  const app = Fastify()
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
  const page = (await app.inject('/docs/')).body.replace('<head>', () => `<head><script nonce="${NONCE}">${firstScript}</script>`)
  const script = (await app.inject('/docs/js/scalar.js')).rawPayload
  await app.close()
  mkdirSync(docsFolder, { recursive: true })
  writeFileSync(join(docsFolder, 'scalar.js'), script)
  writeFileSync(join(docsFolder, 'scalar.js.gz'), await promisify(gzip)(script, { level: 9 }))
  const params = { [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS, [constants.BROTLI_PARAM_SIZE_HINT]: script.length }
  writeFileSync(join(docsFolder, 'scalar.js.br'), await promisify(brotliCompress)(script, { params }))
  writeFileSync(join(docsFolder, 'index.html'), page)
}
