import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faults } from './faults/catalogue.ts'

// `npm run test:faults [word]` removes one defence at a time in a copy of the tree and runs the test that must fail. A defence without a failing
// test could be lost unnoticed. This is not part of `npm test`, because it runs a test file for each fault.

const root = join(import.meta.dirname, '..')
const word = process.argv[2]
const chosen = faults.filter(({ title }) => word === undefined || title.includes(word))
const copy = mkdtempSync(join(tmpdir(), 'muster-faults-'))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  copyTree(copy)
  let undetected = 0
  for (const { title, file, find, replace, test, named } of chosen) {
    const path = join(copy, file)
    const original = readFileSync(path, 'utf8')
    if (original.split(find).length !== 2) {
      say(`? ${title}: the code to replace does not occur exactly once in ${file}`)
      undetected += 1
      continue
    }
    writeFileSync(
      path,
      original.replace(find, () => replace),
    )
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/vitest'), ['run', test, ...(named ? ['-t', named] : [])], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', MUSTER_SHRINK: 'no' }, // One failure is enough, so no shorter counterexample is searched for.
    })
    writeFileSync(path, original)
    const failed = /Tests\s+(\d+) failed/.exec(stdout)?.[1]
    const isDetected = status !== 0 && failed !== undefined
    if (!isDetected) undetected += 1
    say(`${isDetected ? '✓' : '✗'} ${title}${isDetected ? `: ${failed} failing` : ': NOT DETECTED'}`)
  }
  say(`${chosen.length - undetected} of ${chosen.length} faults were detected`)
  process.exitCode = undetected > 0 ? 1 : 0
} finally {
  rmSync(copy, { recursive: true, force: true })
}

/** Copies the sources and links the installed packages. The links of the workspaces point into the copy. */
function copyTree(target: string): void {
  for (const entry of ['packages', 'scripts', 'tools', 'package.json', 'LICENSE', 'tsconfig.json', 'tsconfig.base.json', 'vitest.config.ts']) {
    cpSync(join(root, entry), join(target, entry), { recursive: true, filter: (path) => !path.endsWith('node_modules') })
  }
  mkdirSync(join(target, 'node_modules/@muster'), { recursive: true })
  for (const entry of readdirSync(join(root, 'node_modules')))
    if (entry !== '@muster') symlinkSync(join(root, 'node_modules', entry), join(target, 'node_modules', entry))
  for (const name of readdirSync(join(root, 'packages'))) symlinkSync(join(target, 'packages', name), join(target, 'node_modules/@muster', name))
}
