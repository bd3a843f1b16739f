import type { FastifyRequest } from 'fastify'
import { Problem } from '../domain/model/problem.ts'

type Headers = Pick<FastifyRequest, 'headers'>['headers']

/** No page can change the headers that a browser sets: `Sec-Fetch-Site` over https and on localhost, and `Origin` on every POST. */
export function isSameOrigin(headers: Headers, issuer: string): boolean {
  const site = headers['sec-fetch-site']
  return site === undefined ? headers.origin === new URL(issuer).origin : site === 'same-origin'
}

/**
 * Refuses a form that another site sent (C08). A request with neither header is refused too.
 * @throws Problem cross_site_request
 */
export function refuseCrossSite({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>, issuer: string): void {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  if (!isSameOrigin(headers, issuer)) throw new Problem('cross_site_request')
}
