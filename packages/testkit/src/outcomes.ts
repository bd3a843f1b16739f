/** What came of one of several simultaneous attempts: `ok`, or the code of its problem. */
export const outcome = (attempt: Promise<unknown>): Promise<string> => attempt.then(() => 'ok').catch((error: { code?: string }) => error.code ?? String(error))

/** How many attempts had each outcome. */
export const tally = (outcomes: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(outcomes, (one) => one)].map(([one, all]) => [one, all.length]))
