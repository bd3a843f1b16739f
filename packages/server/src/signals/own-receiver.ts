import { hostname } from 'node:os'
import type { StreamId } from '@muster/contract/ids.ts'
import { newId } from '../domain/id.ts'
import type { ReceiverStore } from '../domain/stores/receiver-store.ts'
import type { AckWriter } from './acks.ts'
import { byBothClocks, type Moment, since } from './clock.ts'
import type { Feed } from './feed.ts'
import { isAwaited } from './revocation-log.ts'

export interface OwnReceiver {
  /** From now on whoever ends access waits for this process too. True while what is in memory may be answered from. */
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

/** This process as a receiver, like every verifier: while it answers from memory, admins are told whether it has heard. */
export function createOwnReceiver({ feed, receivers, acks, leaseSeconds = 10, onError }: Options): OwnReceiver {
  const ahead = (leaseSeconds * 4) / 3
  let id: StreamId | null = null
  let renewed: Moment | null = null
  let usedAt = 0
  let beginning: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const register = async (): Promise<void> => {
    const asked = byBothClocks()
    const own = newId('stream')
    await receivers.insert({
      id: own,
      clientId: null,
      method: 'server',
      description: `forward auth at ${hostname()}, process ${process.pid}`,
      leaseSeconds: Math.ceil(ahead),
    })
    id = own
    // Its row is there: whoever commits from now on waits for it. What was committed before is read now.
    await feed.catchUp()
    for (const entry of feed.log.from(0)) if (isAwaited(entry)) acks.add(own, entry)
    renewed = asked
  }
  const renew = async (): Promise<void> => {
    if (id === null) return
    const asked = byBothClocks()
    if (asked.steady - usedAt > UNUSED_MILLISECONDS) return leave()
    if (!(await receivers.renewLease(id, ahead))) return register()
    await feed.catchUp()
    renewed = asked
    await receivers.setWatermark(id, feed.watermark, 0)
  }
  const leave = async (): Promise<void> => {
    clearInterval(timer)
    timer = undefined
    renewed = null
    const own = id
    id = null
    if (own !== null) await receivers.remove(own)
  }
  const stopNews = feed.onNew((entries) => {
    if (id !== null) for (const entry of entries) acks.add(id, entry)
  })

  return {
    async isCurrent() {
      usedAt = performance.now()
      if (id === null) {
        beginning ??= register()
          .then(
            () => {
              timer = setInterval(() => renew().catch(onError), (leaseSeconds * 1_000) / 3).unref()
            },
            async (error: unknown) => {
              await leave().catch(onError) // so that the next who asks begins anew
              throw error
            },
          )
          .finally(() => {
            beginning = undefined
          })
        await beginning.catch(onError)
      }
      return renewed !== null && since(renewed) < ahead * 1_000 && feed.age() < leaseSeconds * 1_000
    },
    async stop() {
      stopNews()
      await beginning?.catch(() => {})
      await leave().catch(onError)
    },
  }
}
