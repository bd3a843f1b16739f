import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Set as Claims, claimsOf, PUSH } from './receiving.ts'

/** A receiver of pushes. */
export interface Sink {
  /** The delivery to request for a stream. */
  delivery: { method: string; endpoint_url: string }
  /** The received events in order of arrival, however they were answered. */
  received: Claims[]
  close(): Promise<void>
}

/** Starts a receiver. `answer` may respond late or never. */
export async function aSink(answer: (set: Claims, response: ServerResponse) => void = (_, response) => void response.writeHead(202).end()): Promise<Sink> {
  const received: Claims[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      const set = claimsOf(body)
      received.push(set)
      answer(set, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    delivery: { method: PUSH, endpoint_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` },
    received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Rejects an event as RFC 8935 section 2.3 describes. */
export const reject = (response: ServerResponse, err = 'invalid_request'): void =>
  void response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ err, description: 'not for me' }))
