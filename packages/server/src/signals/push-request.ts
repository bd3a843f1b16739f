import { lookup as resolveHost } from 'node:dns/promises'
import * as http from 'node:http'
import * as https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { isPublicAddress } from './public-address.ts'

export class PushRefused extends Error {
  override name = 'PushRefused'
}

export interface PushSenderOptions {
  /** This machine and its network too: only while the issuer itself is on localhost. */
  local: boolean
  resolve?: (hostname: string) => Promise<{ address: string; family: number }[]>
  timeoutMilliseconds?: number
}

export type PushSender = (url: string, message: { token: string; authorization: string | null }) => Promise<{ status: number; body: string }>

const ANSWER_MOST = 16_384

/**
 * One Security Event Token to one address (RFC 8935 section 2). The address was typed by somebody, so it could be one of ours (F01): the name is resolved
 * once, what it resolves to is looked at, and the connection goes to that, so that no second answer can lead elsewhere. Redirects are not followed.
 */
export function createPushSender({
  local,
  timeoutMilliseconds = 10_000,
  resolve = (name) => resolveHost(name, { all: true, verbatim: true }),
}: PushSenderOptions): PushSender {
  const requirePublic = (address: string): void => {
    if (!local && !isPublicAddress(address)) throw new PushRefused(`${address} is not a public address.`)
  }
  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(hostname)
      .then((addresses) => {
        for (const { address } of addresses) requirePublic(address)
        const [first] = addresses
        if (!first) throw new PushRefused(`${hostname} has no address.`)
        if (options.all) done(null, addresses)
        else done(null, first.address, first.family)
      })
      .catch((error: Error) => done(error, ''))
  }

  return async (address, { token, authorization }) => {
    const url = new URL(address)
    if (url.protocol !== 'https:' && !(local && url.protocol === 'http:')) throw new PushRefused('Pushes go over https.')
    // A number has no name to look up.
    const literal = url.hostname.replace(/^\[|\]$/g, '')
    if (isIP(literal) !== 0) requirePublic(literal)
    const signal = AbortSignal.timeout(timeoutMilliseconds)
    return new Promise((fulfil, reject) => {
      const request = (url.protocol === 'https:' ? https : http).request(
        url,
        {
          method: 'POST',
          lookup,
          signal,
          agent: false,
          headers: {
            'content-type': 'application/secevent+jwt',
            accept: 'application/json',
            'content-length': Buffer.byteLength(token),
            ...(authorization !== null && { authorization }),
          },
        },
        (response) => {
          let body = ''
          response.setEncoding('utf8')
          response.on('data', (text: string) => {
            body += text
            if (body.length > ANSWER_MOST) request.destroy(new PushRefused('The answer is too long.'))
          })
          response.on('end', () => fulfil({ status: response.statusCode ?? 0, body }))
          response.on('error', reject)
        },
      )
      request.on('error', reject)
      request.end(token)
    })
  }
}
