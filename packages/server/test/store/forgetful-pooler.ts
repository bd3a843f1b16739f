import { connect, createServer, type Socket } from 'node:net'

/**
 * A connection pooler in transaction mode that loses named statements, like pgbouncer before 1.21: after each transaction it moves the client to the
 * other one of two server connections. The server must use `trust` authentication, because both connections start with the client's bytes.
 */
export async function startForgetfulPooler(databaseUrl: string): Promise<{ url: string; stop(): Promise<void> }> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): Socket => {
    sockets.add(socket)
    return socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  }
  const pooler = createServer((client) => {
    keep(client)
    const backends = [0, 1].map(() => keep(connect(Number(target.port), target.hostname)))
    let current = 0
    let isIdle = false
    let isStarted = false
    for (const [place, backend] of backends.entries()) {
      let pending = Buffer.alloc(0)
      let isReady = false
      backend.on('data', (data) => {
        pending = Buffer.concat([pending, data])
        // One message: a type, a length that counts itself, a body (PostgreSQL documentation, section 55.7).
        while (pending.length >= 5 && pending.length >= 1 + pending.readUInt32BE(1)) {
          const message = pending.subarray(0, 1 + pending.readUInt32BE(1))
          pending = pending.subarray(message.length)
          // The client sees only the start-up of the first connection.
          if (isReady || place === 0) client.write(message)
          if (message[0] === 0x5a) {
            isReady = true
            if (place === current) isIdle = message[5] === 0x49 // ReadyForQuery, outside of a transaction
          }
        }
      })
      backend.on('close', () => client.destroy())
      client.on('close', () => backend.destroy())
    }
    client.on('data', (data) => {
      if (!isStarted) for (const backend of backends) backend.write(data)
      else {
        if (isIdle) current = 1 - current
        isIdle = false
        backends[current]?.write(data)
      }
      isStarted = true
    })
  })
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve))
  const url = new URL(databaseUrl)
  url.port = String((pooler.address() as { port: number }).port)
  return {
    url: url.href,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => pooler.close(resolve))
    },
  }
}
