import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy whose connections can be cut or silenced. */
export interface Wire {
  url: string
  host: string
  /** The address that new connections are forwarded to. */
  target: string
  /** `open` forwards. `closed` refuses new connections and cuts the others. `silent` accepts everything and never answers, like a network that drops packets. */
  set(state: 'open' | 'closed' | 'silent'): void
  stop(): Promise<void>
}

export async function startWire(target = ''): Promise<Wire> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'closed' | 'silent' = 'open'
  const server = createServer((client) => {
    sockets.add(client)
    client.on('close', () => sockets.delete(client)).on('error', () => client.destroy())
    if (state === 'closed') {
      client.destroy()
      return
    }
    const { hostname, port } = new URL(wire.target)
    const upstream = connect(Number(port), hostname)
    sockets.add(upstream)
    upstream.on('close', () => {
      sockets.delete(upstream)
      if (state !== 'silent') client.destroy()
    })
    upstream.on('error', () => upstream.destroy())
    client.on('close', () => upstream.destroy())
    client.on('data', (data) => state !== 'silent' && upstream.write(data))
    upstream.on('data', (data) => state !== 'silent' && client.write(data))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const wire: Wire = {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    target,
    set(wanted) {
      // What a silent wire received is never delivered.
      if (wanted === 'closed' || (state === 'silent' && wanted === 'open')) destroyAll()
      state = wanted
    },
    async stop() {
      destroyAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return wire
}
