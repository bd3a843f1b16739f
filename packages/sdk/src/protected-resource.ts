/** An API as a protected resource of OAuth (RFC 9728), so that a client can find out where to get a token. */
export interface ProtectedResource {
  /** The path to serve the document at. */
  readonly path: string
  /** The JSON document. */
  readonly document: { resource: string; authorization_servers: string[]; bearer_methods_supported: string[] }
  /** The address of the document, which refusals name. Null: the audience is no web address, or the app has read neither `path` nor `document`, so nothing serves it. */
  readonly url: string | null
}

const WELL_KNOWN = '/.well-known/oauth-protected-resource'

/** @param audience of the API. If it is a web address, the document belongs at that host (RFC 9728 section 3.1). */
export function protectedResource({ issuer, audience }: { issuer: string; audience: string }): ProtectedResource {
  const url = audience === issuer ? null : URL.parse(audience)
  const isWeb = url !== null && /^https?:$/.test(url.protocol)
  const path = isWeb ? `${WELL_KNOWN}${url.pathname === '/' ? '' : url.pathname}${url.search}` : WELL_KNOWN
  const document = { resource: audience, authorization_servers: [issuer], bearer_methods_supported: ['header'] }
  let isServed = false
  return {
    get path() {
      isServed = true
      return path
    },
    get document() {
      isServed = true
      return document
    },
    get url() {
      return isWeb && isServed ? `${url.origin}${path}` : null
    },
  }
}
