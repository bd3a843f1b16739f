import { expect, test } from 'vitest'
import { timed } from '../../../../scripts/build.ts'

test('a build step is announced before it begins and timed when it ends', async () => {
  const told: string[] = []
  await timed('the console', async () => void told.push('building'), told.push.bind(told))
  expect(told).toEqual(['Building the console …', 'building', expect.stringMatching(/^Built the console in \d+\.\d s\.$/)])
})
