import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// A hundred workers, and the servers and commands they start, load the same libraries.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/compiled')

export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.test.ts'],
    globalSetup: ['packages/testkit/src/global-setup.ts'],
    // Processes, not threads: each moves its own clock, and WebAssembly memory is given back when a file is done.
    pool: 'forks',
    maxWorkers: 2,
    // How long a thing takes is the machine's matter and no rule; only what hangs is ended.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 60_000 } },
    teardownTimeout: 10_000,
    restoreMocks: true,
    env: { NODE_ENV: 'test', NO_COLOR: '1' },
  },
})
