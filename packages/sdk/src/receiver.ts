import { type CryptoKey, type JWTHeaderParameters, jwtVerify } from 'jose'
import { type Clock, momentOf, since } from './clock.ts'
import type { AudienceFault } from './configuration.ts'
import { VerifierUnavailable } from './errors.ts'
import { type Issuer, readJson } from './issuer.ts'
import type { Keys } from './jwks.ts'
import type { Lease } from './lease.ts'
import { type Revocation, type Revocations, revocationOf, withdrawnKeyOf } from './revocations.ts'
import { createSnapshotReader, readBytes, verifySnapshot } from './snapshot.ts'

export interface ReceiverOptions {
  issuer: Issuer
  keys: Keys
  revocations: Revocations
  lease: Lease
  description: string | null
  clock: Clock
  /** What the issuer's answer about a new stream shows to be wrong. */
  faultOfStream(stream: Record<string, unknown>): AudienceFault | null
  /** The issuer no longer has the stream. It may have been restored from a backup, so nothing that it said before is certain. */
  onLost(): void
  onError(error: unknown): void
}

export interface Receiver {
  /** True while the lease is valid. */
  isCurrent(): boolean
  /**
   * Resolves as soon as `isCurrent` is true.
   * @throws VerifierUnavailable at once when the configuration is wrong; after `seconds` otherwise, with the last fault
   */
  ready(seconds: number): Promise<void>
  /** Deletes the stream at the issuer, so that no revocation waits for this process. */
  close(): Promise<void>
}

const pollMethod = 'urn:ietf:rfc:8936'
/** The event type of a token that contains many revocations. */
const revocationBatch = 'urn:muster:event-type:revocations'
/** By requesting this event type, the receiver declares that it stops using a signing key when a batch names the key. */
const signingKeyWithdrawn = 'urn:muster:event-type:signing-key-withdrawn'

const ANSWER_MILLISECONDS = 10_000
const SNAPSHOT_MILLISECONDS = 120_000
/** After so many failed requests for a snapshot, the polls deliver everything. */
const SNAPSHOT_TRIES = 3
const BACKOFF_MILLISECONDS = { least: 100, most: 5_000 }
/** After this many polls with unreadable events, the receiver reports the events and creates a new stream, which starts with every revocation. */
const UNREADABLE_MOST = 3

const MANY = 500
/** Of a snapshot, which is read faster: a few milliseconds. */
const VERY_MANY = 5_000
/** Resolves when waiting requests have had their turn. */
const nextTurn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 0))

/** The stream no longer exists, or belongs to another client. */
class StreamLost extends Error {}

/** A Shared Signals stream for this process alone, read by long polling (RFC 8936). */
export function createReceiver({ issuer, keys, revocations, lease, description, clock, faultOfStream, onLost, onError }: ReceiverOptions): Receiver {
  const ending = new AbortController()
  const waiting = new Set<{ resolve(): void; reject(error: VerifierUnavailable): void }>()
  let stream: { id: string; ack: string[]; caughtUp: boolean; unreadable: number; snapshotTries: number } | null = null
  let lastError: unknown
  /** Revocations are received in any case, so that only `ready` fails. */
  let fatal: VerifierUnavailable | null = null
  let attempts = 0
  let isChecked = false
  let closed = false

  const within = (milliseconds: number): AbortSignal => AbortSignal.any([ending.signal, AbortSignal.timeout(milliseconds)])
  const post = (path: string, body: unknown, milliseconds: number): Promise<Response> =>
    issuer.call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: within(milliseconds) })
  const isCurrent = (): boolean => !closed && lease.isValid()

  const createStream = async (): Promise<NonNullable<typeof stream>> => {
    const body = {
      delivery: { method: pollMethod },
      events_requested: [revocationBatch, signingKeyWithdrawn],
      inactivity_timeout: lease.seconds,
      ...(description !== null && { description }),
    }
    const answer = await post('/ssf/streams', body, ANSWER_MILLISECONDS)
    const created = await readJson(answer)
    const { stream_id: id, snapshot_endpoint: snapshot } = created
    if (answer.status !== 201 || typeof id !== 'string') throw refused('The issuer created no stream', answer, created)
    const wrong = faultOfStream(created)
    fatal = wrong?.isFatal ? wrong.fault : null
    if (fatal) for (const waiter of waiting) waiter.reject(fatal)
    if (wrong) onError(wrong.fault)
    // An issuer of a version before has no snapshots. There the polls deliver everything.
    return { id, ack: [], caughtUp: false, unreadable: 0, snapshotTries: typeof snapshot === 'string' ? SNAPSHOT_TRIES : 0 }
  }

  /** Reads everything that was revoked before the stream was created. The polls deliver the rest, or everything if this fails. */
  const readSnapshot = async (current: NonNullable<typeof stream>): Promise<void> => {
    current.snapshotTries -= 1
    const answer = await issuer.call(`/ssf/streams/${encodeURIComponent(current.id)}/snapshot`, { signal: within(SNAPSHOT_MILLISECONDS) })
    if (!answer.ok) {
      const problem = await readJson(answer)
      // A server process of the version before, while processes are replaced.
      if (answer.status === 404) current.snapshotTries = 0
      else throw refused('The snapshot could not be fetched', answer, problem)
      return
    }
    const bytes = await readBytes(answer)
    current.snapshotTries = 0
    try {
      await applySnapshot(current, bytes)
    } catch (error) {
      lastError = new Error('The snapshot of the issuer could not be read.', { cause: error })
      onError(lastError)
    }
  }

  const applySnapshot = async (current: NonNullable<typeof stream>, bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    const snapshot = await verifySnapshot(bytes, { issuer: issuer.url, audience: issuer.clientId, keyOf })
    revocations.reserve(snapshot.count)
    const reader = createSnapshotReader(snapshot, { revocations, withdraw: keys.withdraw })
    while (reader.read(VERY_MANY)) await nextTurn()
    // Only now, because from then on the issuer delivers none of them again.
    current.ack = [snapshot.jti]
  }

  const poll = async (current: NonNullable<typeof stream>): Promise<void> => {
    const askedAt = momentOf(clock)
    const path = `/ssf/streams/${encodeURIComponent(current.id)}/poll`
    const answer = await post(path, { ack: current.ack, returnImmediately: !current.caughtUp }, lease.seconds * 500)
    const body = await readJson(answer)
    if (answer.status === 404) throw new StreamLost('The stream is gone.')
    if (!answer.ok) throw refused('The stream could not be polled', answer, body)
    const sets = Object.entries((body.sets ?? {}) as Record<string, string>)
    const told = await Promise.allSettled(sets.map(([jti, set]) => revocationsIn(jti, set)))
    const now = Math.floor(clock.wall() / 1_000)
    const acknowledged: string[] = []
    const faults: [jti: string, reason: unknown][] = []
    for (const [place, result] of told.entries()) {
      const [jti] = sets[place] as [string, string]
      if (result.status === 'rejected') faults.push([jti, result.reason])
      else {
        for (const revocation of result.value) revocations.apply(revocation, now)
        acknowledged.push(jti)
        // A backlog has thousands of revocations in a token, and the process has requests to answer.
        if (result.value.length >= MANY) await nextTurn()
      }
    }
    current.ack = acknowledged
    if (faults.length > 0) {
      await unreadable(current, faults)
      return
    }
    current.unreadable = 0
    const { current: complete } = (body.muster ?? {}) as { current?: unknown }
    if (complete === true) {
      lease.renew(askedAt)
      current.caughtUp = true
      lastError = undefined
      if (isCurrent()) for (const waiter of waiting) waiter.resolve()
    }
    attempts = sets.length > 0 || complete === true ? 0 : attempts
    // An issuer that is shutting down answers every poll at once.
    if (sets.length === 0 && complete !== true && since(clock, askedAt) < 1_000) await pause()
  }

  /** An unreadable event may be a revocation, so the lease is not renewed until the event can be read. */
  const unreadable = async (current: NonNullable<typeof stream>, faults: [jti: string, reason: unknown][]): Promise<void> => {
    current.unreadable += 1
    lastError = new Error('An event of the issuer could not be read.', { cause: faults[0]?.[1] })
    onError(lastError)
    if (current.unreadable >= UNREADABLE_MOST) {
      const setErrs = Object.fromEntries(faults.map(([jti, reason]) => [jti, { err: 'invalid_request', description: String(reason).slice(0, 200) }]))
      await post(`/ssf/streams/${encodeURIComponent(current.id)}/poll`, { ack: current.ack, setErrs, maxEvents: 0 }, ANSWER_MILLISECONDS)
      // Stop accepting before the stream is deleted, because from then on the issuer does not wait for this process.
      lease.end()
      await remove(current.id, within(ANSWER_MILLISECONDS))
      stream = null
    }
    await pause()
  }

  const revocationsIn = async (jti: string, set: string): Promise<Revocation[]> => {
    const { payload } = await jwtVerify(set, keyOf, { issuer: issuer.url, audience: issuer.clientId, typ: 'secevent+jwt', algorithms: ['RS256'] })
    if (payload.jti !== jti) throw new Error('The event is not the one it is announced as.')
    const { muster } = payload as { muster?: unknown }
    if (muster === undefined) return [] // an event about the stream itself, such as a verification
    const rows = Array.isArray(muster) ? muster : [muster]
    for (const row of rows) {
      const kid = withdrawnKeyOf(row)
      if (kid !== null) keys.withdraw(kid)
    }
    return rows.map(revocationOf).filter((revocation) => revocation !== null)
  }
  const keyOf = async ({ kid }: JWTHeaderParameters): Promise<CryptoKey> => {
    const key = typeof kid === 'string' ? await keys.lookUp(kid, 'issuer') : undefined
    if (key?.alg !== 'RS256') throw new Error('The event is signed by a key that is not known.')
    return key.key
  }

  const remove = async (id: string, signal: AbortSignal): Promise<void> => {
    const answer = await issuer.call(`/ssf/streams?stream_id=${encodeURIComponent(id)}`, { method: 'DELETE', signal })
    await answer.body?.cancel() // An unread body would keep the connection busy.
  }

  const pause = (): Promise<void> => {
    const most = Math.min(BACKOFF_MILLISECONDS.most, BACKOFF_MILLISECONDS.least * 2 ** attempts)
    attempts = Math.min(attempts + 1, 10)
    // Many verifiers lose an issuer at the same moment and must not all reconnect at the same moment.
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        ending.signal.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, most * (0.5 + Math.random() / 2))
      ending.signal.addEventListener('abort', end)
    })
  }

  const run = async (): Promise<void> => {
    while (!closed) {
      try {
        if (!isChecked) await issuer.check(within(ANSWER_MILLISECONDS))
        isChecked = true
        keys.keepFresh()
        stream ??= await createStream()
        if (stream.snapshotTries > 0) await readSnapshot(stream)
        await poll(stream)
      } catch (error) {
        if (closed) break
        if (error instanceof StreamLost) {
          // The issuer no longer waits for this process, so the lease is void.
          stream = null
          lease.end()
          onLost()
        }
        lastError = error
        if (isConfiguration(error)) for (const waiter of waiting) waiter.reject(error)
        onError(error)
        await pause()
      }
    }
  }
  const running = run()

  return {
    isCurrent,
    ready(seconds) {
      if (fatal) return Promise.reject(fatal)
      if (isCurrent()) return Promise.resolve()
      // The receiver keeps trying, because the operator may correct the configuration at the issuer.
      if (isConfiguration(lastError)) return Promise.reject(lastError)
      return new Promise((resolve, reject) => {
        const settle = (then: () => void): void => {
          clearTimeout(timer)
          waiting.delete(waiter)
          then()
        }
        const waiter = { resolve: () => settle(resolve), reject: (error: VerifierUnavailable) => settle(() => reject(error)) }
        const timer = setTimeout(() => {
          const cause = lastError === undefined ? '' : ` ${messageOf(lastError)}`
          waiter.reject(new VerifierUnavailable('stale', `${issuer.url} could not be reached for ${seconds} s.${cause}`, { cause: lastError }))
        }, seconds * 1_000)
        waiting.add(waiter)
      })
    },
    async close() {
      // Stop accepting before the stream is deleted, because from then on the issuer does not wait for this process.
      closed = true
      lease.end()
      const last = stream
      if (last) await remove(last.id, within(2_000)).catch(() => {}) // If this fails, the stream's lease expires by itself.
      // The pending poll ends when the stream is deleted. Otherwise, the poll is aborted.
      const giveUp = setTimeout(() => ending.abort(), last ? 1_500 : 0)
      await running
      clearTimeout(giveUp)
      ending.abort()
    },
  }
}

const isConfiguration = (error: unknown): error is VerifierUnavailable => error instanceof VerifierUnavailable && error.reason === 'configuration'

/** The message `fetch failed` explains nothing, so its cause is added. */
export function messageOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string; code?: string } }
  const detail = cause?.message || cause?.code
  return `${message ?? String(error)}${detail ? ` (${detail})` : ''}`
}

function refused(what: string, { status }: Response, { detail, title, error_description: description }: Record<string, unknown>): VerifierUnavailable {
  return new VerifierUnavailable('issuer', `${what}: ${status} ${detail ?? title ?? description ?? ''}`.trim())
}
