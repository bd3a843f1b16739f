import { createHash, X509Certificate } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { createServer, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { makeCertificates } from '@muster/testkit/certificate.ts'
import type { Answer } from '@muster/testkit/muster.ts'

/** A reverse proxy in front of Muster. It terminates TLS for other names and sets the forwarded headers. */
export interface Front {
  port: number
  authority: string
  /** The SHA-256 digest of the key of its certificate, in base64, by which Chromium trusts it. */
  fingerprint: string
  ask(method: string, host: string, path: string, options?: { headers?: Record<string, string>; body?: string }): Promise<Answer>
  close(): Promise<void>
}

export async function startFront(hosts: readonly string[], musterPort: number): Promise<Front> {
  const { authority, certificate, key } = makeCertificates(hosts)
  const server = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const headers = { ...incoming.headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': incoming.socket.remoteAddress ?? '' }
    const { method, url: path } = incoming
    const passed = httpRequest({ host: '127.0.0.1', port: musterPort, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    authority,
    fingerprint: createHash('sha256')
      .update(new X509Certificate(certificate).publicKey.export({ format: 'der', type: 'spki' }))
      .digest('base64'),
    ask: (method, host, path, { headers = {}, body } = {}) =>
      new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port, servername: host, method, path, ca: authority, headers: { host, ...headers }, agent: false } as const
        const asked = httpsRequest(options, (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (part) => {
            text += part
          })
          answer.on('end', () => {
            const answered = new Headers(Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]))
            const json = /json/.test(answered.get('content-type') ?? '') && text !== ''
            resolve({ status: answer.statusCode ?? 0, headers: answered, body: json ? JSON.parse(text) : text })
          })
        })
        asked.on('error', reject)
        asked.end(body)
      }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
