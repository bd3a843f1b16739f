import { createServer, type RequestListener, type Server } from 'node:http'

/** Node's server, with the limits on connections. */
export function createNodeServer(listener: RequestListener): Server {
  const server = createServer(
    {
      requestTimeout: 30_000, // also for the headers
      connectionsCheckingInterval: 1_000, // 30 s by default: a body that never ends was then closed after 81 s
      keepAliveTimeout: 72_000,
    },
    listener,
  )
  return server.setTimeout(60_000) // a silent connection is closed, so that 10,000 half-open ones cost nothing
}
