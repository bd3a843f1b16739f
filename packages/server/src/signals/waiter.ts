import type { AwaitRevocations, RevocationReport } from '../domain/receiver.ts'
import type { RevocationStore } from '../domain/stores/revocation-store.ts'
import type { Feed } from './feed.ts'
import { isWanted } from './wanted.ts'

const LOOK_MILLISECONDS = 100
/** Acknowledgements come in bursts: a look for each would only slow them down. */
const PAUSE_MILLISECONDS = 5

/**
 * Waits until every live receiver has acknowledged. It asks the database: acknowledgements name receivers and not servers, so it does not matter which
 * process heard them. A notice only makes it look sooner.
 */
export function createWaiter({ feed, store }: { feed: Pick<Feed, 'onAcknowledged'>; store: Pick<RevocationStore, 'standing'> }): AwaitRevocations {
  return async (ids, seconds) => {
    const begun = performance.now()
    const wanted = new Set(ids)
    let wake: (() => void) | undefined
    let heardMore = false
    const stopHearing = feed.onAcknowledged((acknowledged) => {
      if (!acknowledged.some((id) => wanted.has(id))) return
      heardMore = true
      wake?.()
    })
    try {
      while (true) {
        heardMore = false
        const { now, revocations, receivers } = await store.standing(ids)
        // Who asked not to hear of any of it is not told, and so does not count.
        const told = receivers.filter((receiver) => revocations.some((one) => isWanted(receiver, one)))
        const missing = told.filter((receiver) => revocations.some((one) => receiver.unheard.has(one.id) && isWanted(receiver, one)))
        const waited = performance.now() - begun
        // One that nothing arrives at is named, and holds nobody up.
        if (missing.every(({ silent }) => silent) || waited >= seconds * 1_000) return reportOf(now, told.length, missing, waited)
        const most = Math.min(LOOK_MILLISECONDS, seconds * 1_000 - waited)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, most)
          wake = () => {
            clearTimeout(timer)
            setTimeout(resolve, PAUSE_MILLISECONDS)
          }
          if (heardMore) wake()
        })
        wake = undefined
      }
    } finally {
      stopHearing()
    }
  }
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
