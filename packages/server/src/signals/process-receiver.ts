import { hostname } from 'node:os'
import type { StreamId } from '@muster/contract/ids.ts'
import { currentMoment, type Moment, millisecondsSince } from '../domain/model/clock.ts'
import { newId } from '../domain/model/id.ts'
import type { ReceiverStore } from '../domain/signals/store.ts'
import type { AckWriter } from './acks.ts'
import type { Feed } from './feed.ts'

export interface ProcessReceiver {
  /** Registers this process, so that every revocation waits for it. True while requests may be decided from memory; never after `stop`. */
  isCurrent(): Promise<boolean>
  stop(): Promise<void>
}

interface Options {
  feed: Feed
  receivers: ReceiverStore
  acks: AckWriter
  leaseSeconds?: number | undefined
  onError(error: unknown): void
}

const UNUSED_MILLISECONDS = 60_000
/** How often the database is read while requests are decided from memory. */
const READ_MILLISECONDS = 250
/**
 * An older read decides nothing. A revocation waits `ENDING_WAIT.servers` for this process, which is longer. So when the response is sent, this process
 * has acknowledged, has read the database since the commit, or checks each request in the database.
 */
const FRESH_MILLISECONDS = 1_000

/**
 * This process as a receiver. The lease in its row only says whether to wait for the process. It is short, so that a killed process delays revocations for
 * only a few seconds.
 */
export function createProcessReceiver({ feed, receivers, acks, leaseSeconds = 3, onError }: Options): ProcessReceiver {
  const ahead = (leaseSeconds * 4) / 3
  let id: StreamId | null = null
  let renewed: Moment | null = null
  let usedAt = 0
  let beginning: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let isStopped = false

  const register = async (): Promise<void> => {
    const asked = currentMoment()
    const own = newId('stream')
    await receivers.insert({
      id: own,
      clientId: null,
      method: 'server',
      description: `forward auth at ${hostname()}, process ${process.pid}`,
      leaseSeconds: Math.ceil(ahead),
    })
    id = own
    feed.readEvery(READ_MILLISECONDS)
    // The row exists, so every later commit waits for this process. Earlier commits are read now.
    await feed.catchUp()
    for (const entry of feed.log.awaited()) acks.add(own, entry)
    renewed = asked
  }
  const renew = async (): Promise<void> => {
    if (id === null || isStopped) return
    const asked = currentMoment()
    if (asked.steady - usedAt > UNUSED_MILLISECONDS) return leave()
    if (!(await receivers.renewLease(id, ahead))) return isStopped ? undefined : register()
    await feed.catchUp()
    renewed = asked
    await receivers.setWatermark(id, feed.watermark, 0)
  }
  const leave = async (): Promise<void> => {
    clearInterval(timer)
    timer = undefined
    renewed = null
    feed.readEvery(null)
    const own = id
    id = null
    if (own !== null) await receivers.remove(own)
  }
  let renewing: Promise<void> | undefined
  const renewOnce = (): void => {
    renewing ??= renew()
      .catch(onError)
      .finally(() => {
        renewing = undefined
      })
  }
  const stopNews = feed.onNew((entries) => {
    if (id !== null) for (const entry of entries) acks.add(id, entry)
  })

  return {
    async isCurrent() {
      if (isStopped) return false
      usedAt = performance.now()
      if (feed.age() === Number.POSITIVE_INFINITY) return false // the first read of the log is running, and no revocation has to wait for it
      if (id === null) {
        beginning ??= register()
          .then(
            () => {
              timer = setInterval(renewOnce, (leaseSeconds * 1_000) / 3).unref()
            },
            async (error: unknown) => {
              await leave().catch(onError) // the next request registers again
              throw error
            },
          )
          .finally(() => {
            beginning = undefined
          })
        await beginning.catch(onError)
      }
      return !isStopped && renewed !== null && millisecondsSince(renewed) < ahead * 1_000 && feed.age() < FRESH_MILLISECONDS && !feed.log.hasUnreadable
    },
    async stop() {
      isStopped = true
      stopNews()
      await beginning?.catch(() => {})
      await renewing
      await leave().catch(onError)
    },
  }
}
