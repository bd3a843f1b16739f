import { createVerifier } from '@muster/sdk'
import { callerOf, protect } from '@muster/sdk/fastify'
import fastify from 'fastify'

// An API with an audience and permissions of its own. Each organization sees its own applications.

const { MUSTER_ISSUER = 'http://localhost:4000', MUSTER_CLIENT_ID = '', MUSTER_CLIENT_SECRET = '', PORT = '8080', LOG_LEVEL = 'info' } = process.env

const app = fastify({ logger: { level: LOG_LEVEL } })
const verifier = createVerifier({
  issuer: MUSTER_ISSUER,
  clientId: MUSTER_CLIENT_ID,
  clientSecret: MUSTER_CLIENT_SECRET,
  audience: 'http://127.0.0.1:8080', // as in apis.json
  description: `deploy, process ${process.pid}`,
  onError: (error) => app.log.warn({ err: error }, 'a fault of the verifier, which goes on trying'),
})

const organizations = new Map<string, Map<string, { version: string; by: string }>>()
const appsOf = (organizationId: string) => {
  const apps = organizations.get(organizationId) ?? new Map()
  organizations.set(organizationId, apps)
  return apps
}

app.get('/apps', { onRequest: protect(verifier, { permission: 'apps:read' }) }, async (request) => {
  const caller = callerOf(request)
  // A page can hide its button from a caller who may not deploy.
  return { apps: Object.fromEntries(appsOf(caller.organizationId)), may_deploy: caller.can('apps:deploy') }
})

app.put<{ Params: { name: string }; Body: { version: string } }>(
  '/apps/:name',
  {
    onRequest: protect(verifier, { permission: 'apps:deploy' }),
    schema: { body: { type: 'object', required: ['version'], properties: { version: { type: 'string', maxLength: 100 } } } },
  },
  async (request) => {
    const { organizationId, sub: by } = callerOf(request)
    const deployed = { version: request.body.version, by }
    appsOf(organizationId).set(request.params.name, deployed)
    return deployed
  },
)

// A client without a token is refused with the address of this document. It says where to get a token (RFC 9728).
app.get(verifier.resource.path, async () => verifier.resource.document)

app.addHook('onClose', () => verifier.close())
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void app.close())
await verifier.ready()
await app.listen({ port: Number(PORT), host: '127.0.0.1' })
