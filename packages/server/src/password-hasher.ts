import { availableParallelism } from 'node:os'
import { hash as argon2, parseOptions, verify } from '@node-rs/argon2'
import type { PasswordHasher } from './domain/command/services.ts'
import { Problem } from './domain/model/problem.ts'

/** Argon2id with the parameters that OWASP recommends: 19 MiB, two passes, one lane. The library's default algorithm is argon2id. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const ARGON2ID = 2

/** The approximate duration of one hash, to calculate Retry-After. */
const MILLISECONDS_EACH = 20

export interface PasswordHasherOptions {
  /** Concurrent hashes. More than the free cores would make each of them slower. */
  running?: number
  /** The length of the queue. When it is full, requests are refused at once instead of timing out (F09). */
  waiting?: number
  parameters?: { memoryCost: number; timeCost: number; parallelism: number }
}

/** Hashes passwords in the thread pool, behind a bounded queue, so that a flood of sign-ins only slows sign-ins. */
export function createPasswordHasher({
  running = Math.max(1, availableParallelism() - 1),
  waiting = 100,
  parameters: cost = parameters,
}: PasswordHasherOptions = {}): PasswordHasher {
  const queue = boundedQueue(running, waiting)
  // A hash of a random value. The password for an unknown address is compared with it, so that the response takes the same time.
  const decoy = argon2(crypto.randomUUID(), cost)
  return {
    waiting: queue.waiting,
    hash: (password) => queue(() => argon2(sameForm(password), cost)),
    verify: (hash, password) =>
      queue(async () => {
        const isMatch = await verify(hash ?? (await decoy), sameForm(password))
        return isMatch && hash !== null
      }),
    isOutdated(hash) {
      const { algorithm, memoryCost, timeCost, parallelism } = parseOptions(hash)
      return algorithm !== ARGON2ID || memoryCost !== cost.memoryCost || timeCost !== cost.timeCost || parallelism !== cost.parallelism
    },
  }
}

/** Keyboards encode the same letter differently (NIST SP 800-63B section 3.1.1.2). */
const sameForm = (password: string): string => password.normalize('NFKC')

interface Queue {
  <T>(work: () => Promise<T>): Promise<T>
  waiting(): number
}

function boundedQueue(most: number, waiting: number): Queue {
  let running = 0
  const line: (() => void)[] = []
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= most) {
      if (line.length >= waiting) {
        const seconds = Math.max(1, Math.ceil((line.length * MILLISECONDS_EACH) / most / 1000))
        throw new Problem('overloaded', 'Too many passwords are being checked at this moment.', { extensions: { retry_after: seconds } })
      }
      await new Promise<void>((turn) => line.push(turn)) // a finished hash passes its place to the first in the queue
    } else {
      running += 1
    }
    try {
      return await work()
    } finally {
      const next = line.shift()
      if (next) next()
      else running -= 1
    }
  }
  return Object.assign(run, { waiting: () => line.length })
}
