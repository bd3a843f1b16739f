import { expect, test } from 'vitest'
import { timed } from '../../../scripts/build.ts'

test('what is built is said before it begins, and how long it took when it is done', async () => {
  const told: string[] = []
  await timed('the house', async () => void told.push('building'), told.push.bind(told))
  expect(told).toEqual(['Building the house …', 'building', expect.stringMatching(/^Built the house in \d+\.\d s\.$/)])
})
