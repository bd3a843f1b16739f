import type { Database } from '@muster/server/store/database.ts'
import { sql } from 'kysely'

export interface MovableClock {
  /** Moves the clocks of the databases and of this process together. A negative number moves them back. */
  advance(seconds: number): Promise<void>
  /** The seconds by which the clock is ahead. */
  ahead(): number
  /** Restores the real time everywhere. */
  restore(): Promise<void>
}

const RealDate = globalThis.Date
/** The clock of a program on another machine, which no test moves. */
export const realDate = RealDate
let aheadMilliseconds = 0
const now = (): number => RealDate.now() + aheadMilliseconds

/** `Date` with a moved clock. Timers are unchanged: a test that moves the clock does not shorten any wait. */
const MovedDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget === MovedDate ? target : newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
})

/** Restores the real time of this process. The clocks of databases are unchanged. */
export function restoreProcessClock(): void {
  aheadMilliseconds = 0
  globalThis.Date = RealDate
}

/** Replaces `muster_now()`, which is otherwise the time of the machine. */
export async function moveDatabaseClock(kysely: Database['kysely'], seconds: number): Promise<void> {
  const ahead = seconds === 0 ? '' : ` + interval '${seconds} seconds'`
  await sql.raw(`create or replace function muster_now() returns timestamptz language sql volatile as $$ select clock_timestamp()${ahead} $$`).execute(kysely)
}

/**
 * The clock of S60 for a test: `muster_now()` of each database together with `Date` of this process, which the OAuth library reads. There is one process clock,
 * so tests that move it run one after another.
 */
export function movableClock(...databases: Database[]): MovableClock {
  const set = async (seconds: number): Promise<void> => {
    for (const { engine, kysely } of databases) {
      // PGlite reads the time from this process's Date, so it has moved already.
      if (engine === 'postgres') await moveDatabaseClock(kysely, seconds)
    }
    aheadMilliseconds = Math.round(seconds * 1000)
    globalThis.Date = seconds === 0 ? RealDate : MovedDate
  }
  return {
    advance: (seconds) => set(aheadMilliseconds / 1000 + seconds),
    ahead: () => aheadMilliseconds / 1000,
    restore: () => set(0),
  }
}
