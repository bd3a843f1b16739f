import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** Seconds of processor time that a process and its children have used. Null where there is no /proc. Unlike a rate, it is hardly affected by a busy machine. */
export function cpuSeconds(pid: number): number | null {
  const own = statOf(pid)
  if (!own) return null
  // A process that leads a group was started through a shell, and its children share the group.
  const others = own.group === pid ? readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== pid) : []
  const children = others.map((name) => statOf(Number(name))).filter((stat) => stat?.group === pid)
  return [own, ...children].reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) / TICKS_PER_SECOND
}

/** Waits until a process and its children have finished what a load has left them to do, such as sending emails. */
export async function idle(pid: number, { within = 10_000, look = 300 } = {}): Promise<void> {
  const until = performance.now() + within
  let used = cpuSeconds(pid)
  while (used !== null && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, look))
    const now = cpuSeconds(pid)
    if (now === null || (now - used) * 1000 < look / 10) return
    used = now
  }
}

function statOf(pid: number): { group: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program, in parentheses, may contain spaces.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { group: Number(fields[2]), ticks: Number(fields[11]) + Number(fields[12]) }
  } catch {
    return null
  }
}
