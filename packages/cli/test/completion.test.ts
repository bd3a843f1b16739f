import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { beforeAll, expect, test } from 'vitest'
import { value } from '../src/command.ts'
import { complete } from '../src/completion/complete.ts'
import { completionScripts } from '../src/completion/scripts.ts'
import { allCommands, nouns } from '../src/program.ts'

const commands = await allCommands()
const summaries = Object.fromEntries(Object.entries(nouns).map(([name, { summary }]) => [name, summary]))
const at = (line: string) => {
  const found = complete(line.split(' '), { commands, summaries, globals: { url: value('URL', '') } })
  return 'candidates' in found ? found.candidates.map(({ word }) => word) : found
}

test.each([
  ['org re', ['rename', 'remove', 'revoke-secret']],
  ['service-account key ', ['list', 'create', 'revoke']],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['user list --status=', ['--status=active', '--status=deactivated', '--status=left']],
  ['user list --url http://localhost:4000 --status ', ['active', 'deactivated', 'left']],
])('completion offers the words after "muster %s"', (line, expected) => {
  expect(at(line)).toEqual(expect.arrayContaining(expected))
})

test.each([
  ['user show ', { source: 'users' }],
  ['user reactivate ', { source: 'deactivated users' }],
  ['org remove --yes ', { source: 'users' }],
  ['org rename ', { source: 'organizations' }],
  ['server organization ', { source: 'organizations' }],
  ['resource transfer ', { source: 'resources' }],
  ['resource transfer application/shop ', { source: 'owners' }],
  ['resource list --owner ', { source: 'owners' }],
  ['service-account key list ', { source: 'service accounts' }],
  ['invitation revoke ', { source: 'invitations' }],
  ['user role bob ', { source: 'roles' }],
  ['role show ', { source: 'roles' }],
  ['role create Deployer --permission ', { source: 'permissions' }],
  ['user invite a@example.com --role ', { source: 'roles' }],
  ['user invite --role=', { source: 'roles', prefix: '--role=' }],
  ['audit export -o ', { files: true }],
  ['service-account create ', []],
])('completion uses the right source after "muster %s"', (line, expected) => {
  expect(at(line)).toEqual(expected)
})

let folder: string
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'muster-completion-')))
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  writeFileSync(join(folder, 'muster'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(join(folder, 'muster'), 0o755)
  for (const [shell, script] of Object.entries(completionScripts)) writeFileSync(join(folder, `${shell}.sh`), script)
})

function inShell(shell: string, ...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { PATH = '' } = bareEnvironment()
  const env = { ...bareEnvironment(), PATH: `${folder}:${PATH}`, HOME: folder, MUSTER_URL: 'http://localhost:49' }
  const { status, stdout, stderr } = spawnSync(shell, words, { cwd: folder, encoding: 'utf8', env })
  return { status, stdout, stderr }
}
const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0

test('bash completes without the bash-completion package, also when loaded twice', () => {
  const ask = `set -eu; source bash.sh; source bash.sh; COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}; _muster || true; printf '%s\\n' "\${COMPREPLY[@]}"`
  const words = (line: string) => inShell('bash', '--norc', '--noprofile', '-c', ask, 'test', line)
  expect(words('muster org re')).toEqual({ status: 0, stdout: 'rename\nremove\nrevoke-secret\n', stderr: '' })
  expect(words('muster user list --status=a').stdout).toBe('active\n')
  expect(words('muster audit export -o zs').stdout).toBe('zsh.sh\n')
})

test('bash executes nothing on the line that it completes', () => {
  const ask = `source bash.sh; COMP_LINE=$1; COMP_POINT=\${#COMP_LINE}; _muster; ls`
  expect(inShell('bash', '--norc', '-c', ask, 'test', 'muster org $(touch planted) `touch planted` ').stdout).not.toContain('planted')
})

test.runIf(has('zsh'))('zsh completes, also when the script is loaded twice', () => {
  const ask = `compdef() {}; _describe() { print -l -- "\${(@P)2}" }; _files() { print FILES }
    source zsh.sh; source zsh.sh; words=(muster user role bob ''); CURRENT=5; _muster; words=(muster audit export -o ''); CURRENT=5; _muster`
  expect(inShell('zsh', '-f', '-c', ask)).toEqual({ status: 0, stdout: 'admin:\nmember:\nFILES\n', stderr: '' })
})

test.runIf(has('fish'))('fish completes, also when the script is loaded twice', () => {
  const ask = "source fish.sh; source fish.sh; complete -C 'muster org re'; complete -C 'muster audit export -o zs'"
  const { status, stdout } = inShell('fish', '--no-config', '-c', ask)
  expect({
    status,
    words: stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]),
  }).toEqual({
    status: 0,
    words: ['remove', 'rename', 'revoke-secret', 'zsh.sh'],
  })
})
