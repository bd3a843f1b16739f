import { lookup as resolveHost } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from '../signals/public-address.ts'

/** For one request, and for a whole exchange with a provider. */
export const PATIENCE_MILLISECONDS = 5_000

/** Longer than the discovery document or the keys of any provider. */
const ANSWER_MOST = 512 * 1024

export interface ProviderRequest {
  method?: string | undefined
  headers?: Record<string, string> | Headers | undefined
  body?: unknown
  signal?: AbortSignal | undefined
}

export type BoundedFetch = (url: string, request?: ProviderRequest) => Promise<Response>

/**
 * Requests to a provider. The operator has chosen its host; its discovery document chooses the others, so these must have public addresses and https. The host name is
 * resolved once, and the connection uses one of the checked addresses. Redirects are not followed, and a long answer is cut off.
 * @param isInternal true for hosts that the operator has set: they may be in the internal network
 */
export function createBoundedFetch({ isInternal }: { isInternal(url: URL): boolean }): BoundedFetch {
  return async (address, { method = 'GET', headers = {}, body, signal } = {}) => {
    const url = new URL(address)
    const internal = isInternal(url)
    const requirePublic = (one: string): void => {
      if (!internal && !isPublicAddress(one)) throw new Error(`${url.host} has the address ${one}, which is not public.`)
    }
    const lookup: LookupFunction = (hostname, options, done) => {
      resolveHost(hostname, { all: true, verbatim: true })
        .then((addresses) => {
          for (const one of addresses) requirePublic(one.address)
          const [first] = addresses
          if (!first) throw new Error(`${hostname} has no address.`)
          if (options.all) done(null, addresses)
          else done(null, first.address, first.family)
        })
        .catch((error: Error) => done(error, ''))
    }
    if (url.protocol !== 'https:' && !(internal && url.protocol === 'http:')) throw new Error(`${url.host} needs https.`)
    // An IP address is not resolved, so `lookup` does not check it.
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0) requirePublic(literal)
    const sent = body === undefined || body === null ? null : String(body)
    const patience = AbortSignal.timeout(PATIENCE_MILLISECONDS)
    return new Promise((fulfil, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method,
          lookup,
          agent: false,
          signal: signal ? AbortSignal.any([signal, patience]) : patience,
          headers: { ...Object.fromEntries(new Headers(headers)), ...(sent !== null && { 'content-length': Buffer.byteLength(sent) }) },
        },
        (response) => {
          const parts: Buffer[] = []
          let length = 0
          response.on('data', (part: Buffer) => {
            parts.push(part)
            length += part.length
            if (length > ANSWER_MOST) request.destroy(new Error(`The answer of ${url.host} is too long.`))
          })
          response.on('end', () => {
            const status = response.statusCode ?? 502
            const given = Object.entries(response.headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as [string, string]] : []))
            const text = Buffer.concat(parts)
            fulfil(new Response(status === 204 || status === 304 || status < 200 ? null : text, { status: status < 200 ? 502 : status, headers: given }))
          })
          response.on('error', reject)
        },
      )
      request.on('error', reject)
      request.end(sent ?? undefined)
    })
  }
}
