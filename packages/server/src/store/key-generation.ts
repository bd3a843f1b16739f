import { sql } from 'kysely'

// The database says which generation of the root key makes new values, and which generations are valid, so that all processes agree at once (O8). A database
// without a secret yet has generation 0.

/** Makes new values. */
export const newestGeneration = sql<number>`coalesce((select key_generation from installation), 0)`

/** A value of a generation that has ended is invalid. Part of each statement that uses one, so that no process accepts it, whatever it has read. */
export const isGenerationValid = sql<boolean>`key_generation >= coalesce((select oldest_key_generation from installation), 0)`
