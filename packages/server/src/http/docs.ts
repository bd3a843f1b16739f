import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { FastifyPluginAsync } from 'fastify'
import { docsFolder } from '../files.ts'
import { encodingFor, endings } from './content-encoding.ts'

/** A placeholder in the built page, replaced in each response. */
export const NONCE = 'nonce-of-this-answer'

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

/** The description of the API, for programs and for people. Nothing is read or made before the first request for it. */
export const docsRoutes: FastifyPluginAsync = async (app) => {
  const hidden = { schema: { hide: true } } as const
  let description: { plain: string; zipped: Buffer } | undefined
  app.get('/openapi.json', hidden, async (request, reply) => {
    const plain = description?.plain ?? JSON.stringify(app.swagger())
    description ??= { plain, zipped: await promisify(gzip)(plain) }
    reply.type('application/json').headers({ 'cache-control': 'public, max-age=300', vary: 'accept-encoding' })
    const zips = encodingFor(request.headers['accept-encoding'], ['gzip']) !== null
    return zips ? reply.header('content-encoding', 'gzip').send(description.zipped) : reply.serializer(String).send(plain)
  })
  if (!existsSync(docsFolder)) return // not built: the address does not exist
  app.get('/docs', hidden, (_request, reply) => reply.redirect('/docs/', 301))
  // The page has inline scripts and styles, so it needs its own policy, with a new nonce in each response and no third party.
  app.get('/docs/', hidden, async (_request, reply) => {
    const nonce = randomBytes(16).toString('base64')
    const page = await readFile(join(docsFolder, 'index.html'), 'utf8')
    reply.header('content-security-policy', policyWith(nonce)).type('text/html; charset=utf-8')
    return reply.send(page.replaceAll(NONCE, nonce))
  })
  app.get('/docs/js/scalar.js', hidden, async (request, reply) => {
    const encoding = encodingFor(request.headers['accept-encoding'])
    reply.type('application/javascript; charset=utf-8').headers({ vary: 'accept-encoding', 'cache-control': 'public, max-age=3600' })
    if (encoding) reply.header('content-encoding', encoding)
    return reply.send(await readFile(join(docsFolder, `scalar.js${encoding ? endings[encoding] : ''}`)))
  })
}
