import { lookup as resolveHost } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export class PushRefused extends Error {
  override name = 'PushRefused'
}

export interface GuardOptions {
  /** True for hosts that may be in the internal network and may use http. */
  isInternal(url: URL): boolean
  resolve?: ((hostname: string) => Promise<{ address: string; family: number }[]>) | undefined
  timeoutMilliseconds?: number | undefined
}

export type GuardedPost = (url: string, message: { headers: Record<string, string>; body: string }) => Promise<{ status: number; body: string }>

const ANSWER_MOST = 16_384

/**
 * A POST to a URL that a client chose, which could point to this machine or its network (F01). The host name is resolved once, all its addresses are
 * checked, and the connection uses one of them, so that a second DNS answer cannot change the target. Redirects are not followed.
 */
export function createGuardedPost({
  isInternal,
  timeoutMilliseconds = 10_000,
  resolve = (name) => resolveHost(name, { all: true, verbatim: true }),
}: GuardOptions): GuardedPost {
  return async (address, { headers, body: sent }) => {
    const url = new URL(address)
    const internal = isInternal(url)
    const requirePublic = (one: string): void => {
      if (!internal && !isPublicAddress(one)) throw new PushRefused(`${one} is not a public address.`)
    }
    const lookup: LookupFunction = (hostname, options, done) => {
      resolve(hostname)
        .then((addresses) => {
          for (const one of addresses) requirePublic(one.address)
          const [first] = addresses
          if (!first) throw new PushRefused(`${hostname} has no address.`)
          if (options.all) done(null, addresses)
          else done(null, first.address, first.family)
        })
        .catch((error: Error) => done(error, ''))
    }
    if (url.protocol !== 'https:' && !(internal && url.protocol === 'http:')) throw new PushRefused('Push needs https.')
    // An IP address is not resolved, so `lookup` does not check it.
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0) requirePublic(literal)
    const signal = AbortSignal.timeout(timeoutMilliseconds)
    return new Promise((fulfil, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        { method: 'POST', lookup, signal, agent: false, headers: { ...headers, 'content-length': Buffer.byteLength(sent) } },
        (response) => {
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (text: string) => {
            body += text
            if (body.length > ANSWER_MOST) request.destroy(new PushRefused('The response is too long.'))
          })
          response.on('end', () => fulfil({ status: response.statusCode ?? 0, body }))
          response.on('error', reject)
        },
      )
      request.on('error', reject)
      request.end(sent)
    })
  }
}
