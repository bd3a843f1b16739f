import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A proxy between one server process and its database that can be slow, hang or cut connections. */
export interface DatabaseProxy {
  url: string
  /** Delays everything the database sends by this time. */
  delay(milliseconds: number): void
  /** Stops traffic in both directions and keeps connections open. */
  hang(): void
  /** Closes all connections, and refuses new ones by closing them. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

export async function aDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let state: 'open' | 'hanging' | 'cut' = 'open'
  let milliseconds = 0
  const server = createServer((near) => {
    if (state === 'cut') return void near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      if (state === 'hanging') socket.pause()
    }
    near.on('data', (data) => far.write(data))
    far.on('data', (data) => {
      if (milliseconds === 0) near.write(data)
      else setTimeout(() => near.destroyed || near.write(data), milliseconds)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  return {
    url: url.href,
    delay: (value) => {
      milliseconds = value
    },
    hang() {
      state = 'hanging'
      for (const socket of sockets) socket.pause()
    },
    cut() {
      state = 'cut'
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      state = 'open'
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
