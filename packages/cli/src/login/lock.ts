import { closeSync, linkSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../errors.ts'

/** The age at which the lock of another machine is stale. Longer than any request under the lock may take. */
const staleMs = 120_000
const patienceMs = 60_000

/** Runs `work` while no other process holds the lock file. The lock of a process that no longer runs is removed. */
export async function withLock<T>(path: string, work: () => Promise<T> | T): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), nonce: Math.random() })
  const until = performance.now() + patienceMs
  while (!take(path, mine)) {
    if (performance.now() > until)
      throw new Failure(`Another muster process holds ${path}.`, {
        code: 'locked',
        next: 'Wait for that process to finish, or delete the file if none is running.',
      })
    await sleep(15 + Math.random() * 35)
  }
  try {
    return await work()
  } finally {
    if (contents(path) === mine) unlinkSync(path)
  }
}

function take(path: string, mine: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600)
    writeSync(file, mine)
    closeSync(file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const found = contents(path)
  if (found !== null && isStale(path, found)) breakLock(path, found)
  return false
}

// Two processes may find the same stale lock. A process that has moved a newer lock by mistake puts that lock back.
function breakLock(path: string, stale: string): void {
  const aside = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  try {
    renameSync(path, aside)
    if (contents(aside) !== stale) linkSync(aside, path)
  } catch {
    // Another process has already removed the lock.
  }
  try {
    unlinkSync(aside)
  } catch {
    // The lock was not moved.
  }
}

function isStale(path: string, found: string): boolean {
  try {
    if (Date.now() - statSync(path).mtimeMs > staleMs) return true
    const { pid, host } = JSON.parse(found) as { pid: number; host: string }
    if (host !== hostname()) return false
    process.kill(pid, 0)
    return false
  } catch (error) {
    // A file that is still being written cannot be parsed yet. A process that this user cannot signal (EPERM) is running.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function contents(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
