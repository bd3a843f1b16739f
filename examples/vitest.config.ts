import { defineConfig } from 'vitest/config'

// Tests against programs from other projects, see scripts/peers.ts.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.peer.ts'],
    globalSetup: ['../packages/testkit/src/run/global-setup.ts', 'trust.ts'],
    pool: 'forks',
    maxWorkers: 1,
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { NODE_ENV: 'test', NO_COLOR: '1' },
  },
})
