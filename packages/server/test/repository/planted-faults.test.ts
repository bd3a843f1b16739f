import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { faults } from '../../../../scripts/faults/catalogue.ts'

// `npm run test:faults` takes too long for every change. These tests check that each fault can still be planted and names an existing test.
const root = join(import.meta.dirname, '../../../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

test('every planted fault finds its place in the code exactly once', () => {
  const lost = faults.filter(({ file, find }) => read(file).split(find).length !== 2)
  expect(lost.map(({ title }) => title)).toEqual([])
})

test('every planted fault changes the code', () => {
  expect(faults.filter(({ find, replace }) => find === replace).map(({ title }) => title)).toEqual([])
})

/** Titles that `test.each` composes from a table, so that no file contains them as a whole. */
const composed = ['when the inviter is demoted', 'GET /v1/organizations/:org/members ', 'GET /v1/me/keys', 'the outbox on postgres.*a job is discarded']

test('every planted fault names a test that exists', () => {
  const lost = faults.filter(({ test, named }) => named !== undefined && !composed.includes(named) && !read(test).includes(named))
  expect(lost.map(({ title, named }) => `${title}: ${named}`)).toEqual([])
})
