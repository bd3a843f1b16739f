import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Tests against programs that are not part of the dependencies, and so not of `npm test` either.

const root = fileURLToPath(new URL('..', import.meta.url))
const inPath = (name: string): boolean => [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'].some((folder) => existsSync(join(folder, name)))
const needs: [what: string, there: boolean, debian: string][] = [
  ['nginx', inPath('nginx'), 'nginx'],
  ['caddy', inPath('caddy'), 'caddy'],
  ['pgbouncer', inPath('pgbouncer'), 'pgbouncer'],
  [
    'mod_auth_openidc',
    existsSync('/usr/lib/apache2/modules/mod_auth_openidc.so') || existsSync('/usr/lib64/httpd/modules/mod_auth_openidc.so'),
    'apache2 libapache2-mod-auth-openidc',
  ],
]
const missing = needs.filter(([, there]) => !there)
if (missing.length > 0) {
  process.stderr.write(
    `This needs ${missing.map(([what]) => what).join(', ')}. On Debian: apt-get install --no-install-recommends ${missing.map(([, , debian]) => debian).join(' ')}\n`,
  )
  process.exit(2)
}
const vitest = join(root, 'node_modules/.bin/vitest')
const { status } = spawnSync(vitest, ['run', '--config', join(root, 'examples/vitest.config.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
