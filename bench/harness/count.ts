import { connect, createServer, type Socket } from 'node:net'

// Counts what one request costs the database, at the wire. It needs nothing of the server that it counts, so it counts every version alike. It is not on the
// way while speed is measured.

export interface Counts {
  statements: number
  /** Answers of the database for which the server has to wait. */
  roundTrips: number
  /** Transactions that changed something. Each one is a wait for the disk. */
  commits: number
  texts: string[]
  /** What PostgreSQL has said besides its answers. */
  notices: string[]
}

export interface Counter {
  port: number
  reset(): void
  counts(): Counts
  close(): void
}

/** A proxy in front of PostgreSQL that reads the messages of both sides (PostgreSQL manual, chapter "Frontend/Backend Protocol"). */
export async function startCounter(target: URL): Promise<Counter> {
  let now: Counts = { statements: 0, roundTrips: 0, commits: 0, texts: [], notices: [] }
  const server = createServer((client) => {
    const database = connect(Number(target.port || 5432), target.hostname)
    const texts = new Map<string, string>()
    let changed = false
    let isAnswered = true
    eachMessage(client, true, (type, body) => {
      // Statements that are sent before the answer to the first of them take one round trip.
      if ((type === 'Q' || type === 'B') && isAnswered) {
        now.roundTrips += 1
        isAnswered = false
      }
      if (type === 'Q') now.texts.push(text(body, 0))
      if (type === 'P') texts.set(text(body, 0), text(body, text(body, 0).length + 1))
      if (type === 'B') now.texts.push(texts.get(text(body, text(body, 0).length + 1)) ?? '?')
    })
    eachMessage(database, false, (type, body) => {
      if (type === 'C') {
        const tag = text(body, 0)
        now.statements += 1
        if (/^(INSERT|UPDATE|DELETE|MERGE)/.test(tag) && !tag.endsWith(' 0')) changed = true
        if (tag === 'ROLLBACK') changed = false
      }
      if (type === 'N') now.notices.push(messageOf(body))
      if (type === 'Z') {
        isAnswered = true
        // "I", idle: no transaction is open.
        if (body[0] === 0x49) {
          if (changed) now.commits += 1
          changed = false
        }
      }
    })
    client.pipe(database).pipe(client)
    for (const [one, other] of [
      [client, database],
      [database, client],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as { port: number }).port,
    reset() {
      now = { statements: 0, roundTrips: 0, commits: 0, texts: [], notices: [] }
    },
    counts: () => now,
    close: () => void server.close(),
  }
}

const text = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from))

/** A notice is a list of fields, each with a letter in front. */
function messageOf(body: Buffer): string {
  for (let at = 0; body[at]; at = body.indexOf(0, at) + 1) if (body[at] === 0x4d) return text(body, at + 1)
  return ''
}

/** Messages have a type, a length and a body. Only the first one of a client has no type. */
function eachMessage(socket: Socket, fromClient: boolean, take: (type: string, body: Buffer) => void): void {
  let waiting: Buffer = Buffer.alloc(0)
  let started = !fromClient
  socket.on('data', (chunk: Buffer) => {
    waiting = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk])
    for (;;) {
      const head = started ? 1 : 0
      if (waiting.length < head + 4) return
      const length = waiting.readUInt32BE(head)
      if (waiting.length < head + length) return
      if (started) take(String.fromCharCode(waiting[0] as number), waiting.subarray(5, 1 + length))
      started = true
      waiting = waiting.subarray(head + length)
    }
  })
}
