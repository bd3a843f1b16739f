import type { Database } from '@muster/server/store/database.ts'
import { sql } from 'kysely'

export interface MovableClock {
  /** Moves the clock of the database and of this process together, forward or, with a negative number, back. */
  advance(seconds: number): Promise<void>
  /** How far it is ahead now. */
  ahead(): number
  /** Back to the real time, everywhere. */
  restore(): Promise<void>
}

const RealDate = globalThis.Date
/** What a program on another machine has, whose clock no test moves. */
export const realDate = RealDate
let aheadMilliseconds = 0
const now = (): number => RealDate.now() + aheadMilliseconds

/** `Date` with another idea of now. Timers are left alone: a test moves the clock, and what waits goes on waiting in real time. */
const MovedDate: DateConstructor = new Proxy(RealDate, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [now()], newTarget === MovedDate ? target : newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, property, receiver) => (property === 'now' ? now : Reflect.get(target, property, receiver)),
})

/** Gives this process its real time back. The clocks of databases are left alone. */
export function restoreProcessClock(): void {
  aheadMilliseconds = 0
  globalThis.Date = RealDate
}

/**
 * The clock of S60 as a test moves it: `muster_now()` of each database, and `Date` of this process with it, which the OAuth
 * library reads. There is one process clock, so tests that move it do so one after the other.
 */
export function movableClock(...databases: Database[]): MovableClock {
  const set = async (seconds: number): Promise<void> => {
    for (const { engine, kysely } of databases) {
      // PGlite takes its time from this process's Date, and so is moved already.
      if (engine === 'postgres') await sql`update muster_clock set ahead = make_interval(secs => ${seconds})`.execute(kysely)
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
