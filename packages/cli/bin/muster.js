#!/usr/bin/env node
// Plain JavaScript, so that it runs on the Node that happens to be first in PATH.
try {
  await import('../dist/muster.js')
} catch (error) {
  const bundle = new URL('../dist/muster.js', import.meta.url).href
  if (error.code !== 'ERR_MODULE_NOT_FOUND' || error.url !== bundle) throw error
  process.stderr.write('Building the muster command, once.\n')
  const { spawnSync } = await import('node:child_process')
  const { fileURLToPath } = await import('node:url')
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  // By npm, which finds the pinned Node; an older one cannot run the build.
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) process.exit(1)
  await import('../dist/muster.js?built')
}
