import { expect, test } from 'vitest'
import { stale } from '../../../../scripts/generate.ts'

test('the generated pages and types match the code (if not: npm run generate)', async () => {
  expect(await stale()).toEqual([])
})
