import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testFiles } from '../../../scripts/tiers.ts'

const root = join(import.meta.dirname, '../../..')
const { fast, slow, browser } = testFiles()

test('each test file belongs to exactly one tier', () => {
  const all = globSync('{packages,tools,examples,scripts}/**/*.test.ts', { cwd: root, exclude: (name) => name === 'node_modules' })
  expect([...fast, ...slow, ...browser].sort()).toEqual(all.map((file) => file.replaceAll('\\', '/')).sort())
  expect(browser).toContain('packages/testkit/test/accessibility.test.ts')
  expect(slow).toContain('packages/sdk/test/paused.slow.test.ts') // vitest.config.ts starts this file first.
  expect(Math.min(fast.length, slow.length, browser.length)).toBeGreaterThan(20)
  expect(browser.filter((file) => file.endsWith('.slow.test.ts'))).toEqual([])
})

test('only the testkit starts a browser', () => {
  const sources = globSync('packages/*/{src,test}/**/*.ts', { cwd: root })
  const starting = sources.filter((file) => /import \{[^}]*\bchromium\b[^}]*\} from 'playwright-core'/.test(readFileSync(join(root, file), 'utf8')))
  expect(starting).toEqual(['packages/testkit/src/browser.ts'])
})
