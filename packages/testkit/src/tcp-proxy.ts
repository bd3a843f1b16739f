import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy that can be slow, hang, and cut or lose connections. */
export interface TcpProxy {
  port: number
  /** Delays everything that the target sends by this time. */
  delay(milliseconds: number): void
  /** Stops traffic in both directions and keeps connections open. */
  hang(): void
  /** Closes all connections, and refuses new ones by closing them. */
  cut(): void
  /**
   * Closes a connection instead of forwarding a part of a request (`before`) or of an answer (`after`), each with this probability. After a lost answer the client
   * cannot tell whether the target has acted.
   */
  lose(probability: { before: number; after: number }): void
  /** Ends all faults. */
  mend(): void
  close(): Promise<void>
}

export interface TcpProxyOptions {
  /** Ports of this machine. A connection goes to one of them at random, or to the next one that accepts it. */
  targets: readonly number[]
  /** 0, the default: a free port. */
  port?: number
  /** Numbers from 0 to 1, for faults that can be repeated. */
  random?: () => number
}

export async function aTcpProxy({ targets, port = 0, random = Math.random }: TcpProxyOptions): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let state: 'open' | 'hanging' | 'cut' = 'open'
  let milliseconds = 0
  let losses = { before: 0, after: 0 }

  const server = createServer({ pauseOnConnect: true }, (near) => {
    if (state === 'cut') return void near.destroy()
    follow(near)
    const first = Math.floor(random() * targets.length)
    void reach(near, [...targets.slice(first), ...targets.slice(0, first)])
  })

  function follow(socket: Socket): void {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  }

  async function reach(near: Socket, [target, ...others]: number[]): Promise<void> {
    if (target === undefined) return void near.destroy()
    const far = connect(target, '127.0.0.1')
    follow(far)
    try {
      await once(far, 'connect')
    } catch {
      return reach(near, others)
    }
    join(near, far)
  }

  function join(near: Socket, far: Socket): void {
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    const loses = (probability: number): boolean => {
      if (probability === 0 || random() >= probability) return false
      near.destroy()
      return true
    }
    near.on('data', (data) => loses(losses.before) || far.write(data))
    far.on('data', (data) => {
      if (loses(losses.after)) return
      if (milliseconds === 0) near.write(data)
      else setTimeout(() => near.destroyed || near.write(data), milliseconds)
    })
    if (near.destroyed) far.destroy()
    else if (state === 'open') near.resume()
    else far.pause()
  }

  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    delay(value) {
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
    lose(probability) {
      losses = probability
    },
    mend() {
      state = 'open'
      milliseconds = 0
      losses = { before: 0, after: 0 }
      for (const socket of sockets) socket.resume()
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The address of the same database through a proxy. */
export function throughProxy(databaseUrl: string, { port }: TcpProxy): string {
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return url.href
}
