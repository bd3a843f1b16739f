import { setTimeout as sleep } from 'node:timers/promises'
import { type AwaitRevocations, ENDING_WAIT, type RevocationReport } from '../domain/signals/receiver.ts'
import type { RevocationStore } from '../domain/signals/store.ts'
import type { Feed } from './feed.ts'
import { isRequested } from './stream-filter.ts'

const LOOK_MILLISECONDS = 100
/** Acknowledgements arrive in bursts. A query for each would only slow them down. */
const PAUSE_MILLISECONDS = 5

interface Options {
  feed: Pick<Feed, 'onAcknowledged'>
  store: Pick<RevocationStore, 'standing'>
  /** Aborted when the server begins to drain. Requests then wait for the server processes only. */
  draining: AbortSignal
  onError(error: unknown): void
}

/**
 * Waits until the receivers have acknowledged. It queries the database, so it does not matter which server process received an acknowledgement. A notice
 * only makes it query sooner.
 */
export function createAckWaiter({ feed, store, draining, onError }: Options): AwaitRevocations {
  return async (ids, { servers = ENDING_WAIT.servers, everyone } = {}) => {
    const begun = performance.now()
    const limits = { servers: Math.max(servers, everyone ?? 0), everyone: everyone ?? 0 }
    const waitedFor = new Set(ids)
    let wake: (() => void) | undefined
    const stopWaiting = (): void => {
      limits.everyone = 0
      wake?.()
    }
    if (draining.aborted) stopWaiting()
    else draining.addEventListener('abort', stopWaiting)
    let acknowledgedMore = false
    const stopListening = feed.onAcknowledged((acknowledged) => {
      if (!acknowledged.some((id) => waitedFor.has(id))) return
      acknowledgedMore = true
      wake?.()
    })
    let standing: Standing | undefined
    /** If the database fails or does not answer in the remaining time, its previous answer counts. */
    const look = async (): Promise<Standing | undefined> => {
      const query = store.standing(ids, { serversOnly: everyone === undefined }).catch((error: unknown) => {
        onError(error)
        return undefined
      })
      const left = limits.servers - (performance.now() - begun)
      return Promise.race([query, sleep(Math.max(LOOK_MILLISECONDS, left), undefined, { ref: false })])
    }
    try {
      while (true) {
        acknowledgedMore = false
        standing = (await look()) ?? standing
        const waited = performance.now() - begun
        const { recipients, missing } = standing ? standingOf(standing) : { recipients: [], missing: [] }
        // A receiver that cannot be reached is reported, but not waited for. Without the database, no acknowledgement is known.
        const awaitsAcknowledgement = standing
          ? missing.some(({ silent, isServer }) => !silent && waited < (isServer ? limits.servers : limits.everyone))
          : waited < limits.servers
        if (!awaitsAcknowledgement) return standing ? reportOf(standing.now, recipients.length, missing, waited) : null
        const limit = missing.some(({ isServer }) => !isServer) && waited < limits.everyone ? limits.everyone : limits.servers
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, Math.min(LOOK_MILLISECONDS, limit - waited)))
          wake = () => {
            clearTimeout(timer)
            setTimeout(resolve, PAUSE_MILLISECONDS)
          }
          if (acknowledgedMore) wake()
        })
        wake = undefined
      }
    } finally {
      stopListening()
      draining.removeEventListener('abort', stopWaiting)
    }
  }
}

type Standing = Awaited<ReturnType<RevocationStore['standing']>>

/** A receiver that gets none of these revocations does not count. */
function standingOf({ revocations, receivers }: Standing) {
  // A server process applies every revocation, also those without a standard event.
  const receives = (receiver: Standing['receivers'][number], one: Standing['revocations'][number]) => receiver.isServer || isRequested(receiver, one)
  const recipients = receivers.filter((receiver) => revocations.some((one) => receives(receiver, one)))
  const missing = recipients.filter((receiver) => revocations.some((one) => receiver.unacknowledged.has(one.id) && receives(receiver, one)))
  return { recipients, missing }
}

function reportOf(now: Date, receivers: number, missing: readonly RevocationReport['missing'][number][], waitedMilliseconds: number): RevocationReport {
  const leases = missing.map(({ leaseUntil }) => leaseUntil)
  const known = leases.filter((lease) => lease !== null)
  const last = new Date(Math.max(now.getTime(), ...known.map((lease) => lease.getTime())))
  return {
    receivers,
    acknowledged: receivers - missing.length,
    missing: missing.map(({ id, description, leaseUntil }) => ({ id, description, leaseUntil })),
    endedEverywhereAt: known.length < leases.length ? null : last,
    waitedMilliseconds: Math.round(waitedMilliseconds),
  }
}
