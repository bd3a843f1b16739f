import fastify from 'fastify'

// A bare Fastify server, for its start and its memory.

const app = fastify()
app.get('/healthz', async () => ({ status: 'alive' }))
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) })
