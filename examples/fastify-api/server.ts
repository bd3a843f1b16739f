import { createVerifier } from '@muster/sdk'
import { callerOf, protect } from '@muster/sdk/fastify'
import fastify from 'fastify'

// An API for notes. Each organization sees its own notes, and only admins delete them.

const { MUSTER_ISSUER = 'http://localhost:4000', MUSTER_CLIENT_ID = '', MUSTER_CLIENT_SECRET = '', HOSTNAME = 'local', PORT = '8080' } = process.env

const app = fastify({ logger: { level: process.env['LOG_LEVEL'] ?? 'info' } })
const verifier = createVerifier({
  issuer: MUSTER_ISSUER,
  clientId: MUSTER_CLIENT_ID,
  clientSecret: MUSTER_CLIENT_SECRET,
  description: `notes at ${HOSTNAME}, process ${process.pid}`,
  onError: (error) => app.log.warn({ err: error }, 'a fault of the verifier, which goes on trying'),
})

const notes = new Map<string, string[]>()
const notesOf = (organizationId: string): string[] => {
  const existing = notes.get(organizationId) ?? []
  notes.set(organizationId, existing)
  return existing
}

app.get('/healthz', async (_request, reply) => reply.code(verifier.isCurrent() ? 200 : 503).send({ current: verifier.isCurrent(), ...verifier.sizes() }))

await app.register(async (api) => {
  api.addHook('onRequest', protect(verifier))
  api.get('/notes', async (request) => ({ notes: notesOf(callerOf(request).organizationId) }))
  api.post<{ Body: { text: string } }>(
    '/notes',
    { schema: { body: { type: 'object', required: ['text'], properties: { text: { type: 'string', maxLength: 1_000 } } } } },
    async (request, reply) => {
      const { sub, organizationId } = callerOf(request)
      notesOf(organizationId).push(request.body.text)
      return reply.code(201).send({ by: sub })
    },
  )
  api.delete('/notes', { onRequest: protect(verifier, { role: 'admin' }) }, async (request) => {
    notes.delete(callerOf(request).organizationId)
    return { deleted: true }
  })
})

app.addHook('onClose', () => verifier.close())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
await verifier.ready()
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
