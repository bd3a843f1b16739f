import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMissing, type Peer, peerOf, peers } from '../examples/clients/table.ts'

// Runs clients and gateways from other projects against a real Muster. They are not dependencies of the product. Programs from npm have their own lockfile
// in examples/. Programs from Debian are installed when this script runs as root, and skipped otherwise.

const root = fileURLToPath(new URL('..', import.meta.url))
const examples = join(root, 'examples')
// Debian installs nginx and Apache in a folder that is on the search path of root only.
process.env['PATH'] = `${process.env['PATH']}:/usr/sbin`
const run = (command: string, args: string[], cwd = root): boolean => spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0

const lockSum = createHash('sha256')
  .update(readFileSync(join(examples, 'package-lock.json')))
  .digest('hex')
const installed = join(examples, 'node_modules/.installed')
if (!existsSync(installed) || readFileSync(installed, 'utf8') !== lockSum) {
  process.stderr.write('Installing the clients from npm (examples/package-lock.json, without install scripts) …\n')
  if (!run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], examples)) process.exit(2)
  writeFileSync(installed, lockSum)
}

const lacking = (): [name: string, peer: Peer][] => Object.entries<Peer>(peers).filter(([, peer]) => isMissing(peer))
const debian = [...new Set(lacking().flatMap(([, { packages }]) => packages))]
if (debian.length > 0 && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
  process.stderr.write(`Installing from Debian: ${debian.join(' ')} …\n`)
  run('apt-get', ['update', '-q'])
  // Installed one at a time, so that a package that this release of Debian lacks does not prevent the others.
  for (const name of debian) run('apt-get', ['install', '-q', '-y', '--no-install-recommends', name])
}
const skipped = lacking()

const folder = mkdtempSync(join(tmpdir(), 'muster-peers-'))
const report = join(folder, 'report.json')
const vitest = ['run', '--config', join(examples, 'vitest.config.ts'), '--reporter=default', '--reporter=json', `--outputFile=${report}`]
const succeeded = run(join(root, 'node_modules/.bin/vitest'), [...vitest, ...process.argv.slice(2)])
const results = existsSync(report) ? (JSON.parse(readFileSync(report, 'utf8')) as Report) : { testResults: [] }
rmSync(folder, { recursive: true, force: true })

interface Report {
  testResults: { assertionResults: { title: string; status: string }[] }[]
}

/** A client passes when every test whose title begins with its name passes. */
const passed = new Set<string>()
const failed = new Set<string>()
for (const { title, status } of results.testResults.flatMap(({ assertionResults }) => assertionResults)) {
  const name = peerOf(title)
  if (name !== undefined && status === 'passed') passed.add(name)
  if (name !== undefined && status === 'failed') failed.add(name)
}
for (const name of failed) passed.delete(name)
// A client of the table without a test would be listed in the documentation without proof.
if (process.argv.length === 2) for (const name of Object.keys(peers)) if (!passed.has(name) && !skipped.some(([one]) => one === name)) failed.add(name)
for (const [name, { packages }] of skipped)
  process.stdout.write(`Skipped ${name}: not installed here. On Debian: apt-get install --no-install-recommends ${packages.join(' ')}\n`)
for (const name of failed) process.stdout.write(`Failed ${name}\n`)
process.stdout.write(`Clients: ${passed.size} passed, ${failed.size} failed, ${skipped.length} skipped\n`)
process.exit(succeeded && failed.size === 0 ? 0 : 1)
