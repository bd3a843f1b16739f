import type { SessionId } from '@muster/contract/ids.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { UserPrincipal } from '../domain/model/principal.ts'
import type { Feed } from './feed.ts'
import { DRAINING_WAIT_MILLISECONDS } from './poll.ts'

interface Waiting {
  end(changed: boolean): void
}

export interface Wait {
  /** The end of the log before the caller was authenticated. Later revocations are at this position or after it. */
  from: number
  milliseconds: number
  /** Aborted when the caller disconnects. */
  closed: AbortSignal
}

export interface Changes {
  /** The position behind everything that is in the log. Waits for the first read of the log, whose revocations would not be noticed as new. */
  begin(closed: AbortSignal): Promise<number>
  /** True as soon as a revocation concerns the caller or the credential expires. False after the given time. */
  wait(caller: { principal: UserPrincipal; live: LiveState }, wait: Wait): Promise<boolean>
}

interface Options {
  feed: Pick<Feed, 'log' | 'onNew' | 'complete'>
  /** Aborted when the server begins to drain. Every waiting request is answered, and later ones wait briefly. */
  draining: AbortSignal
  /** Aborted when the server shuts down. Every waiting request is answered. */
  ending: AbortSignal
}

/** Per session. A client that vanished without closing its connection holds a place for a while, so a new request ends the oldest. */
export const WAITING_MOST = 4

/** Holds requests until a revocation concerns their caller. It uses the feed that this process reads anyway, so waiting needs no query. */
export function createChanges({ feed, draining, ending }: Options): Changes {
  /** By kind and subject of a revocation. A set keeps the order of arrival. */
  const waitingFor = new Map<string, Set<Waiting>>()
  feed.onNew((entries) => {
    if (waitingFor.size === 0) return
    for (const { kind, subject } of entries) for (const one of waitingFor.get(`${kind}:${subject}`) ?? []) one.end(true)
  })

  let isComplete = false
  void feed.complete.then(() => {
    isComplete = true
  })

  return {
    async begin(closed) {
      if (!isComplete) await Promise.race([feed.complete, aborted(closed), aborted(ending)])
      return feed.log.end
    },
    async wait(caller, { from, milliseconds: asked, closed }) {
      const milliseconds = draining.aborted ? Math.min(asked, DRAINING_WAIT_MILLISECONDS) : asked
      const subjects = subjectsOf(caller)
      for (const { kind, subject } of feed.log.from(from)) if (subjects.includes(`${kind}:${subject}`)) return true
      const expires = expiryOf(caller)
      if (milliseconds <= 0 || closed.aborted || ending.aborted) return false
      const others = waitingFor.get(ofSession(caller.principal.sessionId))
      if (others && others.size >= WAITING_MOST) for (const oldest of [...others].slice(0, others.size - WAITING_MOST + 1)) oldest.end(false)

      return new Promise((resolve) => {
        const own: Waiting = {
          end(changed) {
            clearTimeout(timer)
            for (const signal of [closed, draining, ending]) signal.removeEventListener('abort', giveUp)
            for (const subject of subjects) {
              const all = waitingFor.get(subject)
              all?.delete(own)
              if (all?.size === 0) waitingFor.delete(subject)
            }
            resolve(changed)
          },
        }
        const giveUp = () => own.end(false)
        const timer = setTimeout(() => own.end(expires <= milliseconds), Math.max(0, Math.min(expires, milliseconds)))
        for (const signal of [closed, draining, ending]) signal.addEventListener('abort', giveUp)
        for (const subject of subjects) waitingFor.set(subject, (waitingFor.get(subject) ?? new Set()).add(own))
      })
    },
  }
}

const aborted = (signal: AbortSignal): Promise<unknown> => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))

const ofSession = (sessionId: SessionId): string => `session:${sessionId}`

/** The subjects whose revocation concerns this caller. */
function subjectsOf({ principal, live }: { principal: UserPrincipal; live: LiveState }): string[] {
  const { userId, sessionId, token } = principal
  const { organization, session } = live
  return [
    ofSession(sessionId),
    `user:${userId}`,
    `role:${userId}`,
    ...(organization ? [`organization:${organization.id}`] : []),
    ...(session.clientId ? [`client:${session.clientId}`] : []),
    ...(token ? [`token:${token.jti}`] : []),
  ]
}

/** The milliseconds until the credential expires. */
function expiryOf({ principal, live }: { principal: UserPrincipal; live: LiveState }): number {
  const expiresAt = Math.min(live.session.expiresAt.getTime(), principal.token?.expiresAt.getTime() ?? Number.POSITIVE_INFINITY)
  return expiresAt - live.now.getTime()
}
