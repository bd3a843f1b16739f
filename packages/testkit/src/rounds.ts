const times = Number(process.env.MUSTER_TEST_ROUNDS ?? 1)

/**
 * The rounds of a race, numbered from 0. A race that needs many rounds to be lost once proves little in a run, so a few are usual. `MUSTER_TEST_ROUNDS=5` makes five
 * times as many.
 */
export const rounds = (usual: number): number[] => Array.from({ length: usual * times }, (_, round) => round)
