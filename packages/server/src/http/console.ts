import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { asOwnCommands } from '@muster/contract/command-line.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { consoleFolder } from '../files.ts'
import { type ContentEncoding, encodingFor, endings } from './content-encoding.ts'

/** Allows Muster's own scripts, styles and images, and the API. Nothing inline and no other origin. The only form signs out. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const contentTypes: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

const consoleIsBuilt = (): boolean => existsSync(join(consoleFolder, 'index.html'))

/** The path of the console. Undefined if it is not built. */
export const consolePath = (): string | undefined => (consoleIsBuilt() ? '/console/' : undefined)

interface File {
  contentType: string
  body: Buffer
  encoded: Partial<Record<ContentEncoding, Buffer>>
  etag: string
  /** Its URL changes with its content. */
  hashed: boolean
}

function filesOf(folder: string, cli: string): Map<string, File> {
  const files = new Map<string, File>()
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const contentType = contentTypes[entry.name.slice(entry.name.lastIndexOf('.') + 1)]
    if (!entry.isFile() || !contentType) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).replaceAll('\\', '/')
    const content = readFileSync(path)
    const body = name === 'index.html' ? pageWith(cli, content.toString('utf8')) : content
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    files.set(name, {
      contentType,
      body,
      encoded: body === content ? encodedBeside(path, body) : { gzip: gzipSync(body) },
      etag,
      hashed: name.startsWith('assets/'),
    })
  }
  return files
}

/** The build compresses the files. A file of a watched build is compressed here. */
function encodedBeside(path: string, body: Buffer): File['encoded'] {
  if (!existsSync(path + endings.br)) return { gzip: gzipSync(body) }
  return { br: readFileSync(path + endings.br), gzip: readFileSync(path + endings.gzip) }
}

/** Tells the page how people here run the command, for the lines to copy. */
function pageWith(cli: string, page: string): Buffer {
  const escaped = cli.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  return Buffer.from(asOwnCommands(page, escaped).replace('<html ', () => `<html data-command="${escaped}" `))
}

/** Serves the console's files from memory. Every other path is the page itself, which chooses what to show. */
export async function consoleRoutes(app: FastifyInstance, { cli, folder = consoleFolder }: { cli: string; folder?: string }): Promise<void> {
  const index = join(folder, 'index.html')
  const readBuildTime = () => statSync(index, { throwIfNoEntry: false })?.mtimeMs
  let buildTime = readBuildTime()
  if (buildTime === undefined) return // not built: the address does not exist
  let files = filesOf(folder, cli)

  const send = (request: FastifyRequest, reply: FastifyReply, file: File) => {
    reply.headers({
      'content-security-policy': contentSecurityPolicy,
      'cache-control': file.hashed ? 'public, max-age=31536000, immutable' : 'no-store',
      'cross-origin-opener-policy': 'same-origin',
      vary: 'accept-encoding',
      etag: file.etag,
    })
    if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
    const encoding = encodingFor(request.headers['accept-encoding'], Object.keys(file.encoded) as ContentEncoding[])
    if (encoding) reply.header('content-encoding', encoding)
    return reply.type(file.contentType).send((encoding && file.encoded[encoding]) ?? file.body)
  }

  const options = { schema: { hide: true }, logLevel: 'warn' } as const
  app.get('/console', options, (_request, reply) => reply.code(308).header('location', '/console/').send())
  app.get<{ Params: { '*': string } }>('/console/*', options, (request, reply) => {
    const name = request.params['*']
    if (!files.has(name) && readBuildTime() !== buildTime) {
      buildTime = readBuildTime() // rebuilt while this process runs
      if (buildTime !== undefined) files = filesOf(folder, cli)
    }
    const file = files.get(name)
    if (file) return send(request, reply, file)
    const page = files.get('index.html')
    // A missing file of an older build must fail, and not return the page.
    if (!page || name.startsWith('assets/')) return reply.callNotFound()
    return send(request, reply, page)
  })
}
