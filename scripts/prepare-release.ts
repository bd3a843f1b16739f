import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { changelogSection, type Plan, withSection } from './changelog.ts'

// Changesets sets the versions. This script writes the changelog, because Changesets would write one per package and Muster has a single one.

const root = fileURLToPath(new URL('..', import.meta.url))

const run = (command: string, ...args: string[]): void => {
  execFileSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
}

const plan = readPlan()
const [release] = plan.releases
if (release === undefined) {
  process.stderr.write('No changesets, so there is nothing to release. To describe a change: npx changeset\n')
  process.exit(1)
}
run('changeset', 'version')
const version = release.newVersion
writeText('CHANGELOG.md', (text) => withSection(text, changelogSection(plan, version, new Date())))
writeText('package.json', (text) => text.replace(/"version": "[^"]*"/, `"version": "${version}"`))
run('npm', 'install', '--package-lock-only', '--ignore-scripts')
process.stderr.write(`Version ${version} is set. Review CHANGELOG.md, run npm test, and commit.\n`)

function readPlan(): Plan {
  const folder = mkdtempSync(join(tmpdir(), 'muster-release-'))
  try {
    const file = join(folder, 'plan.json')
    run('changeset', 'status', '--output', file)
    return JSON.parse(readFileSync(file, 'utf8')) as Plan
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function writeText(name: string, change: (text: string) => string): void {
  const path = join(root, name)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}
