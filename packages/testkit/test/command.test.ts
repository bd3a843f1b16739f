import { execFile } from 'node:child_process'
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { runCommand, startCommand } from '../src/command.ts'
import { bareEnvironment } from '../src/environment.ts'

const main = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))
const aFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'muster-command-')))
const envOf = (home: string): Record<string, string> => ({ ...bareEnvironment(), HOME: home, MUSTER_URL: 'http://127.0.0.1:9' })

const asProcess = (words: string[], cwd: string): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [main, ...words], { cwd, env: envOf(cwd) }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('a command without a process', () => {
  test.each([['--version'], ['org --help'], ['orgg'], ['profile'], ['profile --json'], ['login']])('`muster %s` ends as a process does', async (line) => {
    const folder = aFolder()
    expect(await runCommand(line.split(' '), { cwd: folder, env: envOf(folder) })).toEqual(await asProcess(line.split(' '), folder))
  })

  test('commands that run at once have their own folders and environments', async () => {
    const folders = [aFolder(), aFolder()]
    const before = { cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode, listeners: process.listenerCount('SIGINT') }
    const ended = await Promise.all(
      folders.map((cwd, index) => {
        writeFileSync(join(cwd, 'key.txt'), index === 0 ? 'muster_sk_x\n' : '')
        return runCommand(['profile', '--token-file', 'key.txt'], { cwd, env: envOf(cwd) })
      }),
    )
    expect(ended.map(({ stderr }) => stderr)).toEqual([expect.stringContaining('Cannot reach Muster'), expect.stringContaining('key.txt cannot be read')])
    expect({ cwd: process.cwd(), env: { ...process.env }, exitCode: process.exitCode, listeners: process.listenerCount('SIGINT') }).toEqual(before)
  })

  test('a command reads standard input to its end', async () => {
    const folder = aFolder()
    const profile = (input: string) => runCommand(['profile', '--token-file', '-'], { cwd: folder, env: envOf(folder), input })
    expect((await profile('')).stderr).toContain('Standard input cannot be read')
    expect((await profile('muster_sk_x\n')).stderr).toContain('Cannot reach Muster')
  })

  test('an interrupted command ends with 130', async () => {
    const folder = aFolder()
    const command = await startCommand(['profile'], { cwd: folder, env: { ...envOf(folder), MUSTER_TOKEN: 'muster_sk_x' } })
    command.interrupt()
    expect((await command.ended).code).toBe(130)
  })
})
