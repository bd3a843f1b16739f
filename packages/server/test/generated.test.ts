import { expect, test } from 'vitest'
import { stale } from '../../../scripts/generate.ts'

test('the pages and types that are made from the code are what the code makes now (else: npm run generate)', async () => {
  expect(await stale()).toEqual([])
})
