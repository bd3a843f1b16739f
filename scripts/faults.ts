import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { faults } from './faults/catalogue.ts'
import type { Fault } from './faults/fault.ts'

// `npm run test:faults [word]` removes one defence at a time in a copy of the tree and runs the test that must fail. A defence without a failing
// test could be lost unnoticed. This is not part of `npm test`, because it runs a test file for each fault. One copy per core (at most four)
// works through the list, and the first failing test ends a run.

const root = join(import.meta.dirname, '..')
const word = process.argv[2]
const chosen = faults.filter(({ title }) => word === undefined || title.includes(word))
const remaining = chosen.values()
const say = (line: string): void => void process.stdout.write(`${line}\n`)
let undetected = 0

const copies = Array.from({ length: Math.min(availableParallelism(), 4, chosen.length) }, () => mkdtempSync(join(tmpdir(), 'muster-faults-')))
try {
  await Promise.all(
    copies.map(async (copy) => {
      copyTree(copy)
      for (const fault of remaining) await plant(copy, fault)
    }),
  )
  say(`${chosen.length - undetected} of ${chosen.length} faults were detected`)
  process.exitCode = undetected > 0 ? 1 : 0
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true })
}

/** Removes one defence in the copy, runs its test, and puts the defence back. */
async function plant(copy: string, { title, file, find, replace, test, named }: Fault): Promise<void> {
  const path = join(copy, file)
  const original = readFileSync(path, 'utf8')
  if (original.split(find).length !== 2) {
    say(`? ${title}: the code to replace does not occur exactly once in ${file}`)
    undetected += 1
    return
  }
  const start = performance.now()
  writeFileSync(
    path,
    original.replace(find, () => replace),
  )
  const { status, output } = await run(copy, ['run', test, '--bail', '1', ...(named ? ['-t', named] : [])])
  writeFileSync(path, original)
  // A test file that cannot be loaded fails without a failing test, which proves nothing about the defence.
  const isDetected = status !== 0 && /Tests\s+\d+ failed/.test(output)
  if (!isDetected) undetected += 1
  say(`${isDetected ? '✓' : '✗'} ${title}${isDetected ? '' : ': NOT DETECTED'} (${Math.round((performance.now() - start) / 1000)} s)`)
}

/** Runs Vitest in the copy. */
function run(copy: string, args: readonly string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(join(root, 'node_modules/.bin/vitest'), args, {
      cwd: copy,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, NO_COLOR: '1', MUSTER_SHRINK: 'no' }, // one failure is enough, so failing examples are not shrunk
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.on('close', (status) => resolve({ status, output }))
  })
}

/** Copies the sources and links the installed packages. The links of the workspaces point into the copy. */
function copyTree(target: string): void {
  for (const entry of [
    'packages',
    'scripts',
    'tools',
    'package.json',
    'Containerfile',
    'deploy',
    'package-lock.json',
    'LICENSE',
    'tsconfig.json',
    'tsconfig.base.json',
    'vitest.config.ts',
  ]) {
    cpSync(join(root, entry), join(target, entry), { recursive: true, filter: (path) => !path.endsWith('node_modules') })
  }
  mkdirSync(join(target, 'node_modules/@muster'), { recursive: true })
  for (const entry of readdirSync(join(root, 'node_modules')))
    if (entry !== '@muster') symlinkSync(join(root, 'node_modules', entry), join(target, 'node_modules', entry))
  for (const name of readdirSync(join(root, 'packages'))) symlinkSync(join(target, 'packages', name), join(target, 'node_modules/@muster', name))
}
