import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faults } from './faults/catalogue.ts'

// Takes each defence out, one at a time, in a copy of the tree, and runs the tests that should notice: `npm run test:faults [word]`.
// A fault that no test notices is a defence that could be lost without anybody knowing. Not part of `npm test`: it runs tests once per fault.

const root = join(import.meta.dirname, '..')
const word = process.argv[2]
const chosen = faults.filter(({ title }) => word === undefined || title.includes(word))
const copy = mkdtempSync(join(tmpdir(), 'muster-faults-'))
const say = (line: string): void => void process.stdout.write(`${line}\n`)

try {
  copyTree(copy)
  let unnoticed = 0
  for (const { title, file, find, replace, test, named } of chosen) {
    const path = join(copy, file)
    const sound = readFileSync(path, 'utf8')
    if (sound.split(find).length !== 2) {
      say(`? ${title}: the place is not there any more, or not there once (${file})`)
      unnoticed += 1
      continue
    }
    writeFileSync(
      path,
      sound.replace(find, () => replace),
    )
    const { status, stdout } = spawnSync(join(root, 'node_modules/.bin/vitest'), ['run', test, ...(named ? ['-t', named] : [])], {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1', MUSTER_SHRINK: 'no' }, // that it is noticed is enough
    })
    writeFileSync(path, sound)
    const failed = /Tests\s+(\d+) failed/.exec(stdout)?.[1]
    const noticed = status !== 0 && failed !== undefined
    if (!noticed) unnoticed += 1
    say(`${noticed ? '✓' : '✗'} ${title}${noticed ? `: ${failed} tests notice` : ': NOBODY NOTICES'}`)
  }
  say(`${chosen.length - unnoticed} of ${chosen.length} faults were noticed`)
  process.exitCode = unnoticed > 0 ? 1 : 0
} finally {
  rmSync(copy, { recursive: true, force: true })
}

/** Sources are copied, installed packages are linked, and the workspaces' own links lead into the copy. */
function copyTree(target: string): void {
  for (const entry of ['packages', 'scripts', 'tools', 'package.json', 'LICENSE', 'tsconfig.json', 'tsconfig.base.json', 'vitest.config.ts']) {
    cpSync(join(root, entry), join(target, entry), { recursive: true, filter: (path) => !path.endsWith('node_modules') })
  }
  mkdirSync(join(target, 'node_modules/@muster'), { recursive: true })
  for (const entry of readdirSync(join(root, 'node_modules')))
    if (entry !== '@muster') symlinkSync(join(root, 'node_modules', entry), join(target, 'node_modules', entry))
  for (const name of readdirSync(join(root, 'packages'))) symlinkSync(join(target, 'packages', name), join(target, 'node_modules/@muster', name))
}
