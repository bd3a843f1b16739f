import type { FeedOf } from '../../domain/command/store.ts'
import { DRAINING_WAIT_MILLISECONDS } from '../poll.ts'

/** Why a request waits no longer. */
type End = 'look again' | 'displaced'

interface Waiter {
  end(why: End): void
}

export interface Wait {
  /** The credential, such as the id of a session, a key or a client. */
  caller: string
  milliseconds: number
  /** Aborted when the caller disconnects. */
  closed: AbortSignal
}

export interface FeedWaiters {
  /** Begins to wait for a new event in a feed, or for the end of the time. Begin before reading, so that no event is missed. Displaced: a newer request has its place. */
  begin(feed: FeedOf, wait: Wait): { until: Promise<End>; end(): void }
  /** These organizations have new events up to this position of the installation. Null: any organization may have. */
  notify(last: bigint, organizations: readonly FeedOf[] | null): void
  /** Notices may have been lost: every waiting request looks again. */
  notifyAll(): void
}

interface Options {
  /** Aborted when the server begins to drain. Every waiting request is answered, and later ones wait briefly. */
  draining: AbortSignal
  /** Aborted when the server shuts down. */
  ending: AbortSignal
}

/** Of one credential. A program that vanished holds a place for a while, so a new request ends the oldest. */
export const WAITING_MOST = 4
/** Of one feed. Only its admins can wait at it, so nobody else can end their requests. */
export const WAITING_MOST_OF_FEED = 50

/** Holds requests until a feed has new events. A waiting request has neither a connection to the database nor a transaction. */
export function createFeedWaiters({ draining, ending }: Options): FeedWaiters {
  /** By feed. A set keeps the order of arrival. */
  const waiting = new Map<FeedOf, Set<Waiter & { caller: string }>>()
  let known = 0n
  const endAll = (): void => {
    for (const all of waiting.values()) for (const waiter of all) waiter.end('look again')
  }
  for (const signal of [draining, ending]) signal.addEventListener('abort', endAll)

  const makeRoom = (feed: FeedOf, caller: string): void => {
    const all = [...(waiting.get(feed) ?? [])]
    endOldest(
      all.filter((waiter) => waiter.caller === caller),
      WAITING_MOST,
    )
    endOldest(all, WAITING_MOST_OF_FEED)
  }

  return {
    begin(feed, { caller, milliseconds: asked, closed }) {
      const milliseconds = draining.aborted ? Math.min(asked, DRAINING_WAIT_MILLISECONDS) : asked
      if (milliseconds <= 0 || closed.aborted || ending.aborted) return { until: Promise.resolve('look again'), end() {} }
      makeRoom(feed, caller)
      const { promise, resolve } = Promise.withResolvers<End>()
      const end = (why: End): void => {
        clearTimeout(timer)
        closed.removeEventListener('abort', lookAgain)
        const all = waiting.get(feed)
        all?.delete(waiter)
        if (all?.size === 0) waiting.delete(feed)
        resolve(why)
      }
      const lookAgain = (): void => end('look again')
      const waiter = { caller, end }
      const timer = setTimeout(lookAgain, milliseconds)
      closed.addEventListener('abort', lookAgain)
      waiting.set(feed, (waiting.get(feed) ?? new Set()).add(waiter))
      return { until: promise, end: lookAgain }
    },
    notify(last, organizations) {
      if (last <= known) return
      known = last
      if (organizations === null) return endAll()
      for (const feed of ['installation' as const, ...organizations]) for (const waiter of waiting.get(feed) ?? []) waiter.end('look again')
    },
    notifyAll: endAll,
  }
}

/** Leaves room for one more. */
function endOldest(waiters: readonly Waiter[], most: number): void {
  for (const oldest of waiters.slice(0, Math.max(0, waiters.length - most + 1))) oldest.end('displaced')
}
