import { setFlagsFromString } from 'node:v8'

/** Work that makes very many short-lived objects. */
type Work = 'start' | 'a long revocation log'

const underWay = new Set<Work>()

/**
 * V8 doubles the heap for young objects again and again while very many of them are made, up to 130 MiB on a large machine, and keeps it afterwards. Such work runs
 * just as fast with a small one.
 */
export function keepYoungGenerationSmall(work: Work): void {
  underWay.add(work)
  setFlagsFromString('--semi-space-growth-factor=1')
}

export function letYoungGenerationGrow(work: Work): void {
  if (underWay.delete(work) && underWay.size === 0) setFlagsFromString('--semi-space-growth-factor=2') // the default of V8
}

/**
 * V8 lets the heap for older objects grow to a multiple of what lives there before it collects garbage, and keeps the room afterwards. A long read, whose pages
 * outlive the small young generation, left 50 MiB behind.
 */
export async function withLittleHeapGrowth<T>(work: () => Promise<T>): Promise<T> {
  setFlagsFromString('--heap-growing-percent=100')
  try {
    return await work()
  } finally {
    setFlagsFromString('--heap-growing-percent=0') // the default: V8 decides
  }
}
