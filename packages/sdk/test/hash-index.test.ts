import { HashIndex } from '@muster/contract/hash-index.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

test('an index finds exactly the rows that were added and not removed', () => {
  // Few hashes, so that most rows collide and removed rows lie between others.
  const change = fc.record({ row: fc.nat(60), isAdded: fc.boolean() })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.integer({ min: 1, max: 7 }), (changes, spread) => {
      const hashOf = (row: number): number => 1_020 + (row % spread)
      const index = new HashIndex(hashOf)
      const expected = new Set<number>()
      for (const { row, isAdded } of changes) {
        if (isAdded && !expected.has(row)) index.add(row)
        if (!isAdded) index.remove(row)
        expected[isAdded ? 'add' : 'delete'](row)
      }
      const found = Array.from({ length: 61 }, (_, row) => row).filter((row) => index.find(hashOf(row), (one) => one === row) === row)
      expect(new Set(found)).toEqual(expected)
      expect(index.size).toBe(expected.size)
    }),
    { numRuns: 500 },
  )
})

test('an index keeps its rows when it grows', () => {
  const hashOf = (row: number): number => Math.imul(row, 0x9e3779b1)
  const index = new HashIndex(hashOf)
  for (let row = 0; row < 10_000; row++) index.add(row)
  for (let row = 0; row < 10_000; row += 2) index.remove(row)
  for (let row = 0; row < 10_000; row++) expect(index.find(hashOf(row), (one) => one === row)).toBe(row % 2 === 0 ? -1 : row)
})
