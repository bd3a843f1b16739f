import type pg from 'pg'

/** Asked so often, a statement is worth a name. */
const OFTEN = 50
/** How a list is best searched or walked depends on what is searched for: that is planned anew each time. */
const byValues = /\blike\b|\brow_number\b/
/** Each connection keeps the plan of each named statement. */
const NAMES = 100

/**
 * What is asked often is parsed and planned once a connection, under a name, and not each time: half of what a point read costs.
 */
export function prepareOften(pool: pg.Pool): void {
  const asked = new Map<string, number>()
  const names = new Map<string, string>()
  let generation = 0
  const nameOf = (text: string): string | undefined => {
    const known = names.get(text)
    if (known !== undefined || names.size >= NAMES || byValues.test(text)) return known
    const times = (asked.get(text) ?? 0) + 1
    if (times < OFTEN) {
      if (asked.size >= NAMES * 10) asked.clear() // texts that never come again
      asked.set(text, times)
      return undefined
    }
    asked.delete(text)
    const name = `muster_${generation}_${names.size}`
    names.set(text, name)
    return name
  }
  // A migration of the next version has changed a table under the plan: all names are given anew.
  const forget = (): void => {
    generation += 1
    names.clear()
  }

  pool.on('connect', (client) => {
    const ask = client.query.bind(client) as (...args: unknown[]) => Promise<unknown>
    let inTransaction = false
    const prepared = async (text: string, values: readonly unknown[], name: string): Promise<unknown> => {
      try {
        return await ask({ name, text, values })
      } catch (error) {
        if (!isStale(error)) throw error
        forget()
        // Within a transaction nothing more can be asked; as a failed serialization it is run again.
        if (inTransaction) throw Object.assign(error, { code: '40001' })
        return ask(text, values)
      }
    }
    client.query = ((text: unknown, values?: unknown, ...rest: unknown[]) => {
      if (typeof text !== 'string' || rest.length > 0 || !Array.isArray(values)) return ask(text, values, ...rest)
      if (values.length === 0) {
        if (/^(begin|start transaction)/.test(text)) inTransaction = true
        else if (text === 'commit' || text === 'rollback') inTransaction = false
        return ask(text, values)
      }
      const name = nameOf(text)
      return name === undefined ? ask(text, values) : prepared(text, values, name)
    }) as typeof client.query
  })
}

const isStale = (error: unknown): error is Error & { code: string } =>
  (error as { code?: string }).code === '0A000' && /cached plan/.test((error as Error).message)
