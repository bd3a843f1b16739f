import { type IncomingMessage, request as plain, type RequestOptions } from 'node:http'
import { addAbortSignal } from 'node:stream'

// Requests with `node:http`, because loading `fetch` takes longer than a whole request. A dynamic import of `node:http` would load `fetch` too: it reads every export.

export interface HttpRequest {
  method: string
  url: string
  headers: Record<string, string>
  body: string | null
}

export const withToken = (request: HttpRequest, token: string): HttpRequest => ({
  ...request,
  headers: { ...request.headers, authorization: `Bearer ${token}` },
})

type Options = Pick<RequestOptions, 'createConnection' | 'path'> & { signal: AbortSignal }

/** Sends a request, over the connection of the options if they have one. Redirects are not followed, and an abort also ends the body of the response. */
export async function send(url: URL, { method, headers, body }: Omit<HttpRequest, 'url'>, options: Options): Promise<IncomingMessage> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : { request: plain }
  const own = { host: url.host, ...(body === null ? {} : { 'content-length': Buffer.byteLength(body) }) }
  return await new Promise((resolve, reject) => {
    request(url, { ...options, method, headers: { ...headers, ...own } }, (message) => resolve(addAbortSignal(options.signal, message)))
      .on('error', reject)
      .end(body ?? undefined)
  })
}

export async function textOf(message: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of message.setEncoding('utf8')) text += chunk
  return text
}
