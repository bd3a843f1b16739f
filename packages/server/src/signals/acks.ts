import type { RevocationStore } from '../domain/signals/store.ts'
import { awaitsAcknowledgement, type Entry } from './revocation-log.ts'

export interface AckWriter {
  /** Adds it to the next batch, if a request waits for it. */
  add(receiverId: string, entry: Entry): void
  /** Writes the last batch. */
  stop(): Promise<void>
}

const GATHER_MILLISECONDS = 4
const TRIES = 3

/** Records who acknowledged the revocations that a request waits for: one row per revocation and batch, not one per receiver. */
export function createAckWriter({ store, onError }: { store: Pick<RevocationStore, 'acknowledge'>; onError(error: unknown): void }): AckWriter {
  let gathered = new Map<bigint, Set<string>>()
  let writing: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined

  const write = async (): Promise<void> => {
    timer = undefined
    while (gathered.size > 0) {
      const batch = [...gathered].map(([revocationId, receivers]) => ({ revocationId, receivers: [...receivers] }))
      gathered = new Map()
      for (let attempt = 1; ; attempt++) {
        try {
          await store.acknowledge(batch)
          break
        } catch (error) {
          onError(error)
          if (attempt === TRIES) break // the waiting request reports these receivers as missing, with the end of their lease
        }
      }
    }
    writing = undefined
  }
  return {
    add(receiverId, entry) {
      if (!awaitsAcknowledgement(entry)) return
      const receivers = gathered.get(entry.id) ?? new Set()
      receivers.add(receiverId)
      gathered.set(entry.id, receivers)
      if (!writing) {
        timer ??= setTimeout(() => {
          writing = write()
        }, GATHER_MILLISECONDS)
      }
    },
    async stop() {
      if (timer) {
        clearTimeout(timer)
        writing = write()
      }
      await writing
    },
  }
}
