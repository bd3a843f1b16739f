import { availableParallelism, loadavg } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { testFiles } from './scripts/tiers.ts'

// Many workers, and the servers and commands they start, load the same libraries.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled')

const MINUTE = 60_000

// A test that hangs is ended. How long a test takes is no rule, so each has more time while the machine has more to do than its cores can.
const crowding = Math.min(5, Math.max(1, (loadavg()[0] ?? 0) / availableParallelism()))
const timeout = 2 * MINUTE * crowding

/** A file that mostly sleeps. Vitest starts the longest files first, but in a fresh clone it knows only their size. */
const sleeping = 'packages/sdk/test/paused.slow.test.ts'

class SleepersFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const sleeps = ({ moduleId }: TestSpecification): boolean => moduleId.endsWith(sleeping)
    return [...sorted.filter(sleeps), ...sorted.filter((file) => !sleeps(file))]
  }
}

export default defineConfig({
  test: {
    globalSetup: ['packages/testkit/src/run/global-setup.ts'],
    maxWorkers: 2,
    sequence: { sequencer: SleepersFirst },
    teardownTimeout: 10_000,
    projects: Object.entries(testFiles()).map(([name, include]) => ({
      test: {
        name,
        include,
        setupFiles: ['packages/testkit/src/run/before-each-file.ts'],
        // Processes, not threads: each moves its own clock.
        pool: 'forks',
        // A worker loads the server once for all of its files: that costs more than most files do.
        isolate: false,
        testTimeout: timeout,
        hookTimeout: timeout,
        // Two browsers on two cores can each be late for the other. `scripts/test.ts` names every test that passed only at the second attempt.
        retry: name === 'browser' ? 1 : 0,
        expect: { poll: { timeout: MINUTE } },
        restoreMocks: true,
        env: { NODE_ENV: 'test', NO_COLOR: '1' },
      },
    })),
  },
})
