import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Set as Claims, claimsOf, PUSH } from './receiving.ts'

/** A receiver that is pushed to. */
export interface Sink {
  /** As a stream is asked for it. */
  delivery: { method: string; endpoint_url: string }
  /** In the order in which they came, however they were answered. */
  received: Claims[]
  close(): Promise<void>
}

/** `answer` answers when it likes, or never. */
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

/** RFC 8935 section 2.3. */
export const reject = (response: ServerResponse, err = 'invalid_request'): void =>
  void response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ err, description: 'not for me' }))
