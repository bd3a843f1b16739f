import { setFlagsFromString } from 'node:v8'

let grows = true

/**
 * V8 doubles its young generation again and again while very many short-lived objects are made, up to 130 MiB on a large machine, and keeps it. A long log is
 * read and sent as such objects, which a small young generation serves as fast.
 */
export function letYoungGenerationGrow(mayGrow: boolean): void {
  if (mayGrow === grows) return
  grows = mayGrow
  setFlagsFromString(`--semi-space-growth-factor=${mayGrow ? 2 : 1}`)
}
