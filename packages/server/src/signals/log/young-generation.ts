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
