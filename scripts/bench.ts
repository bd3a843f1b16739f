import { spawnSync } from 'node:child_process'
import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from './build.ts'

// `npm run bench` measures Muster beside its peers. The peers are not dependencies of the product: they have their own lock file in bench/.

const root = fileURLToPath(new URL('..', import.meta.url))
const bench = join(root, 'bench')
const say = (line: string): void => void process.stderr.write(`${line}\n`)

const installed = join(bench, 'node_modules/.installed')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(bench, 'package-lock.json')).mtimeMs) {
  say('Installing the peers from npm (bench/package-lock.json, without install scripts) …')
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: bench, stdio: ['ignore', 2, 2] })
  if (status !== 0) process.exit(2)
  writeFileSync(installed, '')
}
await build(say)
await import('../bench/run.ts')
