import { expect, test } from 'vitest'
import { timed } from '../../../scripts/build.ts'

test('a build step is announced before it begins and timed when it ends', async () => {
  const told: string[] = []
  await timed('the house', async () => void told.push('building'), told.push.bind(told))
  expect(told).toEqual(['Building the house …', 'building', expect.stringMatching(/^Built the house in \d+\.\d s\.$/)])
})
