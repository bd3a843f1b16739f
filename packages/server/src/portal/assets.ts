import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { portalFolder, tokensFile, webauthnScript } from '../files.ts'

/** A file that the pages load. Its path changes with its content, so it can be cached for ever. */
export interface Asset {
  name: string
  path: string
  contentType: string
  hash: string
  body: Buffer
}

export const assetCacheControl = 'public, max-age=31536000, immutable'

/**
 * Restricts what pages load and where forms are sent. `connect-src` lets the username page check whether a name is available.
 *
 * In Chromium, `form-action 'self'` also applies to redirects after a form. So a form that leads to another origin is answered with
 * `continuePage` instead of 303.
 */
export const portalContentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** For the HTML part of an email, shown as a separate page by the local mailbox: no scripts, no forms, no origin, no requests. */
export const mailPartContentSecurityPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

function asset(name: string, contentType: string, before: Buffer = Buffer.alloc(0)): Asset {
  const body = Buffer.concat([before, readFileSync(join(portalFolder, name))])
  const hash = createHash('sha256').update(body).digest('hex').slice(0, 16)
  const dot = name.lastIndexOf('.')
  return { name, contentType, hash, body, path: `/assets/${name.slice(0, dot)}.${hash}${name.slice(dot)}` }
}

export const assets = {
  'portal.css': asset('portal.css', 'text/css; charset=utf-8', readFileSync(tokensFile)),
  'portal.js': asset('portal.js', 'text/javascript; charset=utf-8'),
  'passkeys.js': asset('passkeys.js', 'text/javascript; charset=utf-8', readFileSync(webauthnScript)),
  'mark.svg': asset('mark.svg', 'image/svg+xml'),
} as const satisfies Record<string, Asset>
