import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lastStage } from '../../../../scripts/image/containerfile.ts'
import { makeReadable } from '../../../../scripts/release/readable.ts'
import { readConfig, settings } from '../../src/config.ts'
import { root } from './tree-copy.ts'

const containerfile = readFileSync(join(root, 'Containerfile'), 'utf8')
const deploy = globSync('deploy/**/*.{yaml,service,env}', { cwd: root }).map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0
const textOf = (path: string): string => deploy.find((file) => file.path === `deploy/${path}`)?.text ?? ''

describe('the Containerfile (O2)', () => {
  test('gives the image a user without rights, and no shell before the server', () => {
    const { user, entrypoint, stopSignal, ports } = lastStage(containerfile)
    expect([user, entrypoint, stopSignal, ports]).toEqual(['65532:65532', ['/bin/node', '/app/server.js'], 'SIGTERM', ['4000']])
  })

  test('may not have an instruction in its last stage that npm run image ignores', () => {
    expect(() => lastStage(`${containerfile}RUN true\n`)).toThrow('The last stage of the Containerfile has RUN')
  })

  test('has settings that the server accepts', () => {
    const env = Object.fromEntries(lastStage(containerfile).env.map((line) => line.split(/=(.*)/).slice(0, 2)))
    expect(readConfig(env, () => '')).toMatchObject({ host: '0.0.0.0', dataDir: '/data/muster' })
  })
})

test('the user of the image can read its files, whatever the umask (O2)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'muster-readable-'))
  try {
    mkdirSync(join(folder, 'app'), { mode: 0o700 })
    writeFileSync(join(folder, 'app/server.js'), '', { mode: 0o600 })
    writeFileSync(join(folder, 'app/muster'), '', { mode: 0o700 })
    makeReadable(folder)
    const modes = ['.', 'app', 'app/server.js', 'app/muster'].map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8))
    expect(modes).toEqual(['755', '755', '644', '755'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('the files in deploy/ (O2)', () => {
  test.each(['.gitignore', '.dockerignore'])('keep the secrets of Compose out of git and the build (%s)', (name) => {
    expect(readFileSync(join(root, 'deploy/README.md'), 'utf8')).toContain('secrets/muster-secret')
    expect(
      readFileSync(join(root, name), 'utf8')
        .split('\n')
        .map((line) => line.replace(/\/$/, '')),
    ).toContain('deploy/compose/secrets')
  })

  test('name only settings that exist', () => {
    const named = deploy.flatMap(({ path, text }) =>
      [...text.matchAll(/\b(MUSTER_[A-Z_]+?|DATABASE_URL)(?:_FILE)?(?=[:=]|, value)/g)].map(([, name = '']) => ({ path, name })),
    )
    expect(named.length).toBeGreaterThan(12)
    expect(named.filter(({ name }) => !Object.hasOwn(settings, name))).toEqual([])
  })

  test('run the server without root, with a read-only file system', () => {
    const { user } = lastStage(containerfile)
    expect(textOf('kubernetes/muster.yaml')).toContain(`runAsUser: ${user.split(':')[0]}`)
    for (const line of ['runAsNonRoot: true', 'readOnlyRootFilesystem: true', 'allowPrivilegeEscalation: false', 'capabilities: { drop: [ALL] }'])
      expect(textOf('kubernetes/muster.yaml')).toContain(line)
    for (const line of ['read_only: true', 'cap_drop: [ALL]', 'no-new-privileges:true']) expect(textOf('compose/compose.yaml')).toContain(line)
    for (const line of ['DynamicUser=yes', 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'CapabilityBoundingSet=\n'])
      expect(textOf('systemd/muster.service')).toContain(line)
  })

  test.runIf(hasSystemd)('give the service an exposure of at most 2.0 of 10 in the audit of systemd', () => {
    const unit = join(root, 'deploy/systemd/muster.service')
    const { status, stdout } = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit], { encoding: 'utf8' })
    expect([status, stdout]).toEqual([0, expect.stringContaining('Overall exposure level')])
  })

  test('ask /readyz whether a replica may receive requests, and /healthz whether it runs', () => {
    const [, live = '', ready = ''] = /livenessProbe:([\s\S]*)readinessProbe:([\s\S]*?)resources:/.exec(textOf('kubernetes/muster.yaml')) ?? []
    expect([live, ready]).toEqual([expect.stringContaining('/healthz'), expect.stringContaining('/readyz')])
  })
})
