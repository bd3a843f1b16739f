/**
 * Asks for several things at once, so that their statements take one round trip in a transaction. Waits for all of them, and then throws the first error in their
 * order: no statement is still in progress when the transaction ends, and the reason for a refusal does not depend on which answer comes first.
 */
export async function together<T extends readonly unknown[]>(...asked: T): Promise<{ -readonly [At in keyof T]: Awaited<T[At]> }> {
  const results = await Promise.allSettled(asked)
  const values = results.map((result) => {
    if (result.status === 'rejected') throw result.reason
    return result.value
  })
  return values as { -readonly [At in keyof T]: Awaited<T[At]> }
}
