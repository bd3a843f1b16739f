#!/usr/bin/env node
// Plain CommonJS: it runs on the Node that happens to be first in PATH, and starts in half the time of a module.
const { existsSync } = require('node:fs')
const { join } = require('node:path')

const bundle = join(__dirname, '../dist/muster.cjs')
if (!existsSync(bundle)) {
  process.stderr.write('Building the muster command, once.\n')
  const { spawnSync } = require('node:child_process')
  // By npm, which finds the pinned Node; an older one cannot run the build.
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], {
    cwd: join(__dirname, '../../..'),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(1)
}
// Beside the bundle, and not in the shared folder for temporary files, where another person could leave code. Node 20 has no such cache.
require('node:module').enableCompileCache?.(join(__dirname, '../dist/compiled'))
require(bundle)
