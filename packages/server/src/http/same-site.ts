import type { FastifyRequest } from 'fastify'
import { Problem } from '../domain/model/problem.ts'

type Headers = Pick<FastifyRequest, 'headers'>['headers']

/** Browsers say where a request comes from and let no page change it: `Sec-Fetch-Site` where the connection is trusted, `Origin` on every POST. */
export function isSameOrigin(headers: Headers, issuer: string): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined ? headers.origin === new URL(issuer).origin : site === 'same-origin'
}

/**
 * A form counts only when it was on one of our own pages (C08). A request that does not say where it comes from is refused.
 * @throws Problem cross_site_request
 */
export function refuseCrossSite({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>, issuer: string): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  if (!isSameOrigin(headers, issuer)) throw new Problem('cross_site_request')
}
