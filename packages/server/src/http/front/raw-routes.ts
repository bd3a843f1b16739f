import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Origin } from '../../domain/model/principal.ts'

/** What a raw route may read of a request. */
export interface RawRequest {
  headers: IncomingHttpHeaders
  /** Without the question mark. Empty without a query. */
  query: string
  origin: Origin
}

/** A 200 with JSON. */
export interface RawAnswer {
  body: string
  headers?: Record<string, string>
}

type Raw = (request: RawRequest) => RawAnswer | null | Promise<RawAnswer | null>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers a GET in front of the framework. Null leaves the request to the route. An error is answered as an error of the route. */
    raw?: Raw
  }
}

interface Options {
  /** The headers of every response. */
  headers: Readonly<Record<string, string>>
  originOf(request: IncomingMessage): Origin
  /** False for a request that the framework may refuse. */
  isUsual(path: string, headers: IncomingHttpHeaders): boolean
  /** True while each connection ends with its next response, so that the caller connects to another process (O5). */
  isDraining(): boolean
  onAnswered(answer: {
    origin: Origin
    route: string
    method: string
    path: string
    status: number
    milliseconds: number
    traceparent: string | string[] | undefined
  }): void
}

/** A request that a raw route has refused. The framework answers it. */
export interface RawRefusal {
  error: Error
  origin: Origin
  began: number
}

export interface RawRoutes {
  /** Must be called before any route is registered. */
  collect(app: FastifyInstance): void
  inFrontOf(framework: RequestListener): RequestListener
  refusalOf(request: IncomingMessage): RawRefusal | undefined
}

/**
 * Answers requests to raw routes in front of the framework: those of gateways and probes, which are many and need no body, cookie or change. Every other
 * answer than a 200 comes from the framework, so that it looks the same on every route.
 */
export function createRawRoutes({ headers, originOf, isUsual, isDraining, onAnswered }: Options): RawRoutes {
  const constant = [...Object.entries(headers).flat(), 'content-type', 'application/json; charset=utf-8']
  const routes = new Map<string, Raw>()
  const refusals = new WeakMap<IncomingMessage, RawRefusal>()
  let isClosing = false

  function send(response: ServerResponse, requestId: string, { body, headers }: RawAnswer): void {
    const all = [...constant, 'x-request-id', requestId, 'content-length', Buffer.byteLength(body)]
    for (const name in headers) all.push(name, headers[name] as string)
    response.writeHead(200, all as string[]).end(body)
  }

  return {
    collect(app) {
      app.addHook('onRoute', ({ method, url, config }) => {
        if (config?.raw && method === 'GET') routes.set(url, config.raw)
      })
      app.addHook('preClose', (done) => {
        isClosing = true // the framework closes each connection with its answer
        done()
      })
    },
    inFrontOf: (framework) => (request, response) => {
      if (isDraining()) response.setHeader('connection', 'close')
      const { method, url = '', headers } = request
      const queryAt = url.indexOf('?')
      const path = queryAt === -1 ? url : url.slice(0, queryAt)
      const raw = routes.get(path)
      if (raw === undefined || method !== 'GET' || isClosing || !isUsual(path, headers)) return framework(request, response)
      const began = performance.now()
      let origin: Origin
      try {
        origin = originOf(request)
      } catch {
        framework(request, response) // meets the same error, and answers it
        return
      }
      const refuse = (error: Error): void => {
        if (response.headersSent) return // only its count or its line in the log failed
        refusals.set(request, { error, origin, began })
        framework(request, response)
      }
      const finish = (answer: RawAnswer | null): void => {
        if (answer === null) {
          framework(request, response)
          return
        }
        send(response, origin.requestId, answer)
        onAnswered({ origin, route: path, method, path, status: 200, milliseconds: performance.now() - began, traceparent: headers.traceparent })
      }
      try {
        const answer = raw({ headers, query: queryAt === -1 ? '' : url.slice(queryAt + 1), origin })
        if (answer instanceof Promise) answer.then(finish).catch(refuse)
        else finish(answer)
      } catch (error) {
        refuse(error as Error)
      }
    },
    refusalOf: (request) => refusals.get(request),
  }
}
