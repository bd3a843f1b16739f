import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asOwnCommands, commandWords } from '@muster/contract/command-line.ts'
import { problems } from '@muster/contract/problems.ts'
import { expect, test } from 'vitest'
import { ownCommand } from '../src/own-command.ts'
import { nouns } from '../src/program.ts'

/** A script where `npx` puts it, and the note it makes of what it was asked for. */
function installedBy(asked: string): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'muster-npx-')), '_npx', '0123')
  mkdirSync(join(folder, 'node_modules', '@muster', 'cli'), { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ _npx: { packages: [asked] } }))
  const script = join(folder, 'node_modules', '@muster', 'cli', 'muster.cjs')
  writeFileSync(script, '')
  return script
}

test('the own command is printed the way it was started', () => {
  const address = 'https://accounts.example.com/cli-0.1.0-b012345.tgz'
  expect(ownCommand({}, '/work/packages/cli/bin/muster.cjs')).toBe('muster')
  expect(ownCommand({ npm_command: 'exec' }, '/work/packages/cli/bin/muster.cjs')).toBe('npx muster')
  expect(ownCommand({ MUSTER_CLI_COMMAND: 'acme' }, '/work/packages/cli/bin/muster.cjs')).toBe('acme')
  const packaged = (script: string, env = {}): string => ownCommand(env, script, '0.1.0-b012345')
  expect(packaged(installedBy(address), { npm_command: 'exec' })).toBe(`npx --yes ${address}`)
  expect(packaged('/usr/local/lib/node_modules/@muster/cli/muster.cjs')).toBe('muster')
  expect(packaged(installedBy('https://accounts.example.com/cli-1.tgz; rm -rf ~'))).toBe('muster')
})

test('a next step is printed in that form, and prose is unchanged', () => {
  const say = (text: string) => asOwnCommands(text, 'npx muster')
  expect(say('Run: muster login. Yours: muster token list')).toBe('Run: npx muster login. Yours: npx muster token list')
  expect(say('Building the muster command. A file is held by another muster process.')).toBe(
    'Building the muster command. A file is held by another muster process.',
  )
  expect(say('npx muster login, /usr/bin/muster login')).toBe('npx muster login, /usr/bin/muster login')
})

test('the words recognized as a command are its first words', () => {
  expect([...commandWords]).toEqual(Object.keys(nouns))
})

test.each(Object.entries(problems))('the next step of %s is printed in that form', (_code, { next }) => {
  const bare = /(?<!acme-)\bmuster [a-z-]/
  expect(asOwnCommands(next, 'acme-muster')).not.toMatch(bare)
})
