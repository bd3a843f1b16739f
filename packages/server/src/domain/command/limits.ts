import type { Problem } from '../model/problem.ts'

/** A rate limit: points within seconds, counted across all processes. */
interface Limit {
  points: number
  seconds: number
  /** It only bounds the load, and guards neither a secret nor an email. Each process counts in memory, and adds its counts to the database each second (0053). */
  inMemory?: true
}

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400

/**
 * Each name says what is counted, and by which key. Limits by address restrict one anonymous caller. Limits by account or email protect one person against
 * callers from everywhere. Limits by everybody restrict guesses that come from many places at once.
 */
export const limits = {
  'sign-in by known device': { points: 10, seconds: 15 * MINUTE },
  'sign-in by address': { points: 60, seconds: 15 * MINUTE },
  'sign-in by network': { points: 600, seconds: 15 * MINUTE },
  'sign-in by name and network': { points: 10, seconds: 15 * MINUTE },
  'sign-in by strangers': { points: 100, seconds: DAY },
  'sign-in by strangers beyond': { points: 1, seconds: MINUTE },
  'sign-up by address': { points: 30, seconds: HOUR },
  'mail code by email and network': { points: 10, seconds: DAY }, // S44
  'mail code by email': { points: 10, seconds: DAY },
  'mail code by email and network beyond': { points: 2, seconds: DAY },
  'mail code try by sign-up': { points: 30, seconds: HOUR },
  'password reset by address': { points: 20, seconds: HOUR },
  'password reset by known device': { points: 5, seconds: HOUR },
  'password reset by email and network': { points: 5, seconds: HOUR },
  'password reset by email': { points: 20, seconds: DAY },
  'password reset by email and network beyond': { points: 2, seconds: DAY },
  'password reset try by link': { points: 100, seconds: HOUR },
  'user code by account': { points: 5, seconds: HOUR }, // S52
  'user code by account beyond': { points: 1, seconds: HOUR },
  'user code by network': { points: 30, seconds: HOUR },
  'user code by everybody': { points: 1_000, seconds: HOUR },
  'device authorization by address': { points: 120, seconds: HOUR }, // D09
  'authorization by address': { points: 600, seconds: 5 * MINUTE, inMemory: true },
  'token by address': { points: 1_200, seconds: MINUTE, inMemory: true },
  'introspection by client': { points: 60_000, seconds: MINUTE, inMemory: true }, // not by address, so that an anonymous caller cannot use it up
  'revoke by address': { points: 300, seconds: MINUTE, inMemory: true },
  'username by address': { points: 300, seconds: 5 * MINUTE, inMemory: true },
  'invitation token by address': { points: 60, seconds: 15 * MINUTE },
  'invitation mail by email and organization': { points: 5, seconds: DAY }, // A17
  'invitation mail by email': { points: 10, seconds: DAY },
  'invitation mail by email and organization beyond': { points: 1, seconds: DAY },
  'invitation mail by organization': { points: 1_000, seconds: DAY },
  'invitation mail by sender': { points: 300, seconds: HOUR },
  'invitation link by sender': { points: 120, seconds: HOUR },
  'secret by organization': { points: 200, seconds: HOUR },
  'password proof by session': { points: 10, seconds: 15 * MINUTE }, // C16
  'email change by account': { points: 10, seconds: HOUR },
  'email change try by session': { points: 30, seconds: HOUR },
  'resource by organization': { points: 1_000, seconds: HOUR },
  'registration by account': { points: 20, seconds: HOUR },
  'refusal recorded by credential': { points: 1, seconds: HOUR }, // S57
  'operator by address': { points: 60, seconds: 15 * MINUTE }, // wrong tokens only
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limits

export type Spending = readonly [name: LimitName, key: string, points?: number]

/** Counts attempts. All processes of an installation share the counts. */
export interface Limits {
  /**
   * Spends one point, or more, before the attempt, in one statement.
   * @throws Problem too_many_attempts with `retry_after` in seconds
   */
  spend(...spending: Spending): Promise<void>
  /**
   * Spends points of several limits in one statement. `unlessRefused` is spent only if none of the others refuses. Returns the refusal of each limit, in their
   * order; null if it does not refuse, or was not spent.
   */
  spendTogether(spendings: readonly Spending[], unlessRefused?: Spending): Promise<(Problem | null)[]>
  /** Returns points of attempts that should not count, in one statement. It never returns points that others have spent. */
  giveBack(...spendings: Spending[]): Promise<void>
  /** Whether no point is left. Spends nothing. */
  isUsedUp(name: LimitName, key: string): Promise<boolean>
  deleteExpired(): Promise<void>
  /** Adds the counts in memory to the database. */
  stop(): Promise<void>
}

/** The point that a request spends: once, before anything that costs more, or in the statement that acts. */
export interface PointOfRequest {
  /** @throws Problem too_many_attempts */
  spend(): Promise<void>
  /** For the statement that spends it. Undefined if it has been spent. */
  take(): Spending | undefined
}

export function pointOfRequest(limits: Pick<Limits, 'spend'>, ...spending: Spending): PointOfRequest {
  let isSpent = false
  const take = (): Spending | undefined => {
    if (isSpent) return undefined
    isSpent = true
    return spending
  }
  return {
    take,
    async spend() {
      const unspent = take()
      if (unspent) await limits.spend(...unspent)
    },
  }
}
