import { Worker } from 'node:worker_threads'
import type { PasswordStrength, Strength } from './domain/command/services.ts'

export interface Question {
  id: number
  password: string
  personal: string[]
}

interface Waiting {
  resolve(strength: Strength): void
  reject(error: Error): void
}

const IDLE_MILLISECONDS = 10 * 60_000

/**
 * Estimates passwords in one thread, which starts with the first password and ends after ten idle minutes. A server without sign-ups never loads the word
 * lists. The thread keeps no process alive.
 */
export function createPasswordStrength({ idleMilliseconds = IDLE_MILLISECONDS } = {}): PasswordStrength {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let idle: NodeJS.Timeout | undefined
  let last = 0

  const start = (): Worker => {
    const started = new Worker(new URL('./password-strength-worker.ts', import.meta.url))
    const end = (error: Error): void => {
      if (worker !== started) return
      worker = undefined // the next password starts another thread
      for (const { reject } of waiting.values()) reject(new Error('The word lists for passwords could not be used.', { cause: error }))
      waiting.clear()
    }
    started.on('error', end)
    started.on('exit', (code) => end(new Error(`The thread ended with ${code}.`)))
    started.on('message', ({ id, strength }: { id: number; strength: Strength }) => {
      waiting.get(id)?.resolve(strength)
      waiting.delete(id)
      if (waiting.size > 0) return
      started.unref()
      idle = setTimeout(() => stop(started), idleMilliseconds).unref()
    })
    return started
  }
  const stop = (idler: Worker): void => {
    worker = undefined
    // A failure to end it would be reported by its exit.
    void idler.terminate()
  }

  return {
    estimate(password, personal) {
      clearTimeout(idle)
      worker ??= start()
      worker.ref()
      last += 1
      const answer = new Promise<Strength>((resolve, reject) => waiting.set(last, { resolve, reject }))
      worker.postMessage({ id: last, password, personal: [...personal] } satisfies Question)
      return answer
    },
  }
}

/** The one of this process: word lists are the same for every server in it. */
export const passwordStrength = createPasswordStrength()
