import type { Problem } from '../model/problem.ts'

/** A rate limit: points within seconds, counted across all processes. */
export interface Limit {
  points: number
  seconds: number
  /** It only bounds the load, and guards neither a secret nor an email: the settings may change it freely or switch it off (O11). */
  load?: true
  /** For a limit on load: each process counts in memory, and adds its counts to the database each second (0053). */
  inMemory?: true
}

const MINUTE = 60
const HOUR = 3_600
const DAY = 86_400

/**
 * The default of each limit. Its name says what is counted, and by which key. Limits by address restrict one anonymous caller. Limits by account or email protect
 * one person against callers from everywhere. No key is the same for everybody: all requests would change its row, and wait for each other (0051).
 */
export const limits = {
  'sign-in by known device': { points: 10, seconds: 15 * MINUTE },
  'sign-in by address': { points: 60, seconds: 15 * MINUTE },
  'passkey by address': { points: 60, seconds: 15 * MINUTE },
  'provider by address': { points: 60, seconds: 15 * MINUTE, load: true },
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
  'device authorization by address': { points: 120, seconds: HOUR, load: true }, // D09
  'authorization by address': { points: 600, seconds: 5 * MINUTE, load: true, inMemory: true },
  'token by address': { points: 1_200, seconds: MINUTE, load: true, inMemory: true },
  'introspection by client': { points: 60_000, seconds: MINUTE, load: true, inMemory: true }, // not by address, so that an anonymous caller cannot use it up
  'revoke by address': { points: 300, seconds: MINUTE, load: true, inMemory: true },
  'username by address': { points: 300, seconds: 5 * MINUTE, load: true, inMemory: true },
  'invitation token by address': { points: 60, seconds: 15 * MINUTE },
  'invitation mail by email and organization': { points: 5, seconds: DAY }, // A17
  'invitation mail by email': { points: 10, seconds: DAY },
  'invitation mail by email and organization beyond': { points: 1, seconds: DAY },
  'invitation mail by organization': { points: 1_000, seconds: DAY },
  'invitation mail by sender': { points: 300, seconds: HOUR },
  'invitation link by sender': { points: 120, seconds: HOUR, load: true },
  'secret by organization': { points: 200, seconds: HOUR, load: true },
  'second factor by account': { points: 5, seconds: 15 * MINUTE }, // F7; only after the right first factor
  'sign-in code by account': { points: 10, seconds: HOUR }, // F12; only after the right first factor
  'unlock email by account': { points: 3, seconds: DAY }, // F7; only after the right first factor
  'password proof by session': { points: 10, seconds: 15 * MINUTE }, // C16
  'emailed confirmation by session': { points: 5, seconds: HOUR },
  'emailed confirmation try by session': { points: 20, seconds: HOUR },
  'email change by account': { points: 10, seconds: HOUR },
  'email change try by session': { points: 30, seconds: HOUR },
  'removals by admin': { points: 5, seconds: 10 * MINUTE }, // F15; beyond it, removing requires a recent sign-in
  'confirmation by session': { points: 10, seconds: 15 * MINUTE }, // F16
  'resource by organization': { points: 1_000, seconds: HOUR, load: true },
  'role by organization': { points: 200, seconds: HOUR, load: true }, // each edit and each removed id stays with every verifier for a day
  'registration by account': { points: 20, seconds: HOUR, load: true },
  'refusal recorded by credential': { points: 1, seconds: HOUR }, // S57
  'addresses recorded by client': { points: 1, seconds: HOUR }, // P15
  'operator by address': { points: 60, seconds: 15 * MINUTE }, // wrong tokens only
} as const satisfies Record<string, Limit>

export type LimitName = keyof typeof limits

/** All limits as they are set. Null: switched off. */
export type LimitTable = Readonly<Record<LimitName, Limit | null>>

export type Spending = readonly [name: LimitName, key: string, points?: number]

/** A spending with the numbers of its limit, for the statement that spends it. */
export interface CountedSpending {
  name: LimitName
  key: string
  points: number
  most: number
  seconds: number
}

/** Counts attempts. All processes of an installation share the counts. */
export interface Limits {
  /** Undefined if the limit is switched off. */
  counted(...spending: Spending): CountedSpending | undefined
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
  /** For the statement that spends it. Undefined if it has been spent, or its limit is switched off. */
  take(): CountedSpending | undefined
}

export function pointOfRequest(limits: Pick<Limits, 'spend' | 'counted'>, ...spending: Spending): PointOfRequest {
  let isSpent = false
  return {
    take() {
      if (isSpent) return undefined
      isSpent = true
      return limits.counted(...spending)
    },
    async spend() {
      if (isSpent) return
      isSpent = true
      await limits.spend(...spending)
    },
  }
}
