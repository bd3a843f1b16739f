import { AsyncResource } from 'node:async_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Notices } from '../../domain/model/revocation.ts'
import { newsOfNotice } from '../command/event-position-store.ts'
import type { Database } from '../database.ts'
import { revocationOfNotice } from './revocation-store.ts'

const AGAIN_MILLISECONDS = 500

/**
 * Listens for the notices that other processes send with their commits. Notices only save time: those sent while the connection is lost are lost, so every
 * listener also reads the database. `connected` reports that notices may have been missed.
 */
export async function listenToNotices(
  database: Database,
  notices: Notices & { secret?: () => void },
  onError: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const handlers: Record<string, (payload: string) => void> = {
    muster_revocation: (payload) => notices.revocation(revocationOfNotice(payload)),
    muster_stream: (payload) => notices.stream(payload),
    muster_heard: (payload) => {
      const [streamId = '', ids = ''] = payload.split(' ')
      notices.acknowledgedElsewhere(streamId, ids.split(',').filter(Boolean).map(BigInt))
    },
    muster_events: (payload) => notices.events?.(...newsOfNotice(payload)),
    muster_secret: () => notices.secret?.(),
    muster_ack: (payload) => notices.acknowledged(payload.split(',').filter(Boolean).map(BigInt)),
  }
  // PGlite calls a listener while the sending transaction ends. Bound to this async context, the handler is not part of that transaction (one-session.ts).
  const handle = AsyncResource.bind((channel: string, payload: string): void => {
    try {
      handlers[channel]?.(payload)
    } catch (error) {
      onError(error)
    }
  })
  if (database.pglite) {
    const { pglite } = database
    const ends = await Promise.all(Object.keys(handlers).map((channel) => pglite.listen(channel, (payload) => handle(channel, payload))))
    return async () => {
      if (!pglite.closed) await Promise.all(ends.map((end) => end()))
    }
  }

  let ending = false
  let client: pg.Client | undefined
  const connect = async (): Promise<void> => {
    while (!ending) {
      const next = new pg.Client({ connectionString: database.url, application_name: 'muster-notices', keepAlive: true, connectionTimeoutMillis: 10_000 })
      const lost = new Promise<void>((resolve) => {
        next.on('error', () => resolve())
        next.on('end', () => resolve())
      })
      next.on('notification', ({ channel, payload = '' }) => handle(channel, payload))
      try {
        await next.connect()
        await next.query(
          Object.keys(handlers)
            .map((channel) => `listen ${channel}`)
            .join('; '),
        )
        client = next
        notices.connected()
        await lost
      } catch (error) {
        if (!ending) onError(error)
      }
      client = undefined
      await next.end().catch(() => {})
      if (!ending) await sleep(AGAIN_MILLISECONDS)
    }
  }
  const running = connect()
  return async () => {
    ending = true
    await client?.end().catch(() => {})
    await Promise.race([running, sleep(2_000, undefined, { ref: false })])
  }
}
