import { strict as assert } from 'node:assert'
import { spawn } from 'node:child_process'
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOfTree, root } from '../repository/tree-copy.ts'

// Each folder of compat/ can be deleted together with its line in compats.ts. The tests do so in a copy of the tree and check that the rest still works.

const names = ['dbos', 'featurebase'] as const

let copy: string
beforeAll(async () => {
  copy = await copyOfTree()
})
afterAll(() => rm(copy, { recursive: true, force: true }))

test('each compat folder has one line in compats.ts and is named nowhere else', async () => {
  const compats = await readFile(join(root, 'packages/server/src/compats.ts'), 'utf8')
  for (const name of names) expect(compats.split('\n').filter((line) => line.includes(`./compat/${name}/`))).toHaveLength(1)
  const folders = await readdir(join(root, 'packages/server/src/compat'), { withFileTypes: true })
  expect(folders.filter((entry) => entry.isDirectory()).map((entry) => entry.name)).toEqual([...names])
})

test.each([[['dbos']], [['featurebase']]])('the rest type-checks without %j', async (removed) => {
  const tree = await without(removed)
  await run(tree, ['typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'])
})

test('the server works without both compat folders', async () => {
  const tree = await without([...names])
  const tests = ['packages/server/test/agreements.test.ts', 'packages/server/test/http/deactivated.test.ts']
  const output = await run(tree, ['vitest/vitest.mjs', 'run', ...tests])
  assert.match(output, /Test Files\s+2 passed/)
})

/** Removes these folders and their lines from the copy, after restoring what an earlier test removed. @returns the copy */
async function without(removed: readonly string[]): Promise<string> {
  const source = join(copy, 'packages/server/src')
  await rm(join(source, 'compat'), { recursive: true })
  await cp(join(root, 'packages/server/src/compat'), join(source, 'compat'), { recursive: true })
  for (const name of removed) await rm(join(source, 'compat', name), { recursive: true })
  const lines = (await readFile(join(root, 'packages/server/src/compats.ts'), 'utf8')).split('\n')
  await writeFile(join(source, 'compats.ts'), lines.filter((line) => !removed.some((name) => line.includes(`./compat/${name}/`))).join('\n'))
  return copy
}

/** Runs a tool of this repository on the copy. @throws AssertionError with the tool's output */
async function run(folder: string, [program = '', ...args]: string[]): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|VITE_|MUSTER_TEST_RUN|NODE_OPTIONS)/.test(name)))
  const child = spawn(process.execPath, [join(root, 'node_modules', program), ...args], { cwd: folder, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const code = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(code, 0, output)
  return output
}
