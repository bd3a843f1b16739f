import type { FastifyRequest } from 'fastify'
import { Problem } from '../domain/problem.ts'

/**
 * A form counts only when it was on one of our own pages (C08). Browsers say where a request comes from and let no page change it:
 * `Sec-Fetch-Site` where the connection is trusted, `Origin` on every POST. A request that says neither is refused.
 * @throws Problem cross_site_request
 */
export function refuseCrossSite({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>, issuer: string): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  const site = headers['sec-fetch-site']
  const sameOrigin = site === undefined ? headers.origin === new URL(issuer).origin : site === 'same-origin'
  if (!sameOrigin) throw new Problem('cross_site_request')
}
