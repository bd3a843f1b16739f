import type { Compat } from './compat/compat.ts'

/** The account systems whose clients Muster serves, by their name in `MUSTER_COMPAT`. Each has a folder and a line here. */
export const compats: Readonly<Record<string, () => Promise<Compat>>> = {
  dbos: async () => (await import('./compat/dbos/dbos.ts')).dbos,
  featurebase: async () => (await import('./compat/featurebase/featurebase.ts')).featurebase,
}

/** The values `MUSTER_COMPAT` may have. */
export const compatNames: readonly string[] = Object.keys(compats)
