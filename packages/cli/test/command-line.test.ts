import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { expect, test } from 'vitest'
import { hasBrowser } from '../src/login/browser.ts'
import { allCommands } from '../src/program.ts'
import { version } from '../src/version.ts'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
// Nothing listens there: whoever gets this far has passed every check that needs no server.
const nobody = 'http://localhost:49'

interface Options {
  input?: string
  cwd?: string
  env?: Record<string, string>
}

const anEmptyFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'muster-cli-')))

/** The environment of every command here. */
const environment = (cwd: string, env: Record<string, string> = {}) => ({ ...bareEnvironment(), HOME: cwd, MUSTER_URL: nobody, ...env })

/** The command without a terminal, in an empty folder. */
async function muster(words: string[], { input = '', cwd = anEmptyFolder(), env }: Options = {}) {
  const { code: status, stdout, stderr } = await runCommand(words, { cwd, input, env: environment(cwd, env) })
  return { status, stdout, stderr, cwd }
}

/** A file as `muster login` writes it. */
function aLoginFile(issuer: string) {
  const cwd = anEmptyFolder()
  mkdirSync(join(cwd, '.muster'), { mode: 0o700 })
  const path = join(cwd, '.muster', 'credentials')
  writeFileSync(path, JSON.stringify({ version: 1, issuer, access_token: 'stored-token', expires_at: '2099-01-01T00:00:00Z', clock_offset_seconds: 0 }), {
    mode: 0o600,
  })
  return { cwd, path }
}

test('muster without arguments prints a short help, most used commands first', async () => {
  const { status, stdout } = await muster([])
  expect(status).toBe(0)
  expect(stdout.indexOf('muster register')).toBeLessThan(stdout.indexOf('muster login'))
  expect(stdout.split('\n').length).toBeLessThan(15)
})

test('--version prints only the version', async () => {
  expect(await muster(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
})

test.each([[['--version']], [['regster']], [['login']], [['profile']], [['revoke', '-']]])('the command as a process prints the same: %j', async (words) => {
  const cwd = anEmptyFolder()
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], { cwd, input: '', encoding: 'utf8', env: environment(cwd) })
  expect({ status, stdout, stderr, cwd }).toEqual(await muster(words, { cwd }))
})

test('help prints its examples the way the command is run here', async () => {
  const { stdout } = await muster(['completion', '--help'], { env: { MUSTER_CLI_COMMAND: 'npx muster' } })
  expect(stdout).toContain('Usage: muster completion ')
  expect(stdout).toContain('source <(npx muster completion bash)')
  expect(stdout.replaceAll('npx muster', '').replace('Usage: muster', '')).not.toMatch(/\bmuster (completion|--help)/)
})

test('every command has an example that fits in 80 columns', async () => {
  for (const { path, examples } of await allCommands()) {
    const lines = examples.flatMap((example) => example.split('\n'))
    expect(lines.length, path.join(' ')).toBeGreaterThan(0)
    for (const line of lines) expect(`  ${line}`.length, line).toBeLessThanOrEqual(80)
  }
})

test('the help of a command has its notes and examples', async () => {
  const { status, stdout } = await muster(['org', 'invite', '--help'])
  expect(status).toBe(0)
  expect(stdout).toContain('muster org invite --role admin')
  expect((await muster(['help', 'org', 'invite'])).stdout).toBe(stdout)
  expect((await muster(['login', '--help'])).stdout).toContain('A login expires after 24 hours.')
})

test.each([
  [['regster'], 'Did you mean register?'],
  [['org', 'invit'], 'Did you mean invite?'],
  [['org', 'list', '--jsn'], 'Did you mean --json?'],
  [['org', 'rename', 'acme'], 'Missing required argument'],
  [['org', 'show', 'acme', 'more'], 'Too many arguments'],
  [['org', 'join', 'a'], 'See: muster org join --help'],
  [['server', 'client', 'register', 'gateway', '--grant', 'client_credentials'], 'Unknown command "muster server client register"'],
  [['regster', '--username', 'a'], 'Did you mean register?'],
  [['org', '--nme', 'a'], "Unknown option '--nme'."],
  [['--nme'], "Unknown option '--nme'."],
  [['login', '--get-refresh-token', '--with-refresh-token', 'x'], 'cannot be used together'],
  [['login', '--with-refresh-token'], 'needs a token'],
  [['session', 'end'], '--others'],
  [['register'], '-u NAME'],
  [['revoke'], '-'],
  [['frobnicate', '--help'], 'Unknown command "muster frobnicate".'],
  [['org', 'invit', '--help'], 'Did you mean invite?'],
  [['help', 'frobnicate'], 'Unknown command "muster frobnicate".'],
  [['revoke', '-'], 'empty'],
  [['profile', '--url', 'nowhere'], 'is not a valid server address'],
  [['user', 'deactivat', 'bob'], 'Did you mean deactivate?'],
  [['service-acount', 'list'], 'Did you mean service-account?'],
  [['service-account', 'key', 'creat'], 'Did you mean create?'],
  [['user', 'invite'], 'Missing required argument'],
  [['user', 'list', '--status', 'asleep'], 'active, deactivated, left'],
  [['resource', 'show', 'shop'], 'KIND/NAME'],
  [['user', 'remove', 'bob'], '--yes'],
  [['user', 'deactivate', 'bob'], '--yes'],
  [['resource', 'remove', 'application/shop'], '--yes'],
  [['service-account', 'remove', 'builder'], '--yes'],
  [['server', 'suspend', 'acme'], '--yes'],
  [['invitation', 'accept', 'muster_os_x'], '--yes'],
  [['invitation', 'revoke', 'inv_x'], '--yes'],
  [['key', 'revoke', 'key_x'], '--yes'],
  [['service-account', 'key', 'revoke', 'key_x'], '--yes'],
  [['session', 'end', '--others'], '--yes'],
  [['session', 'end', 'ses_x'], '--yes'],
  [['revoke', 'rtk_x'], '--yes'],
  [['org', 'join', 'acme', 'muster_os_x'], '--yes'],
  [['org', 'revoke-secret', 'inv_x'], '--yes'],
  [['token', 'revoke', 'rtk_x'], '--yes'],
  [['profile', 'password'], 'Pass - to read it from standard input.'],
  [['profile', 'password', 'in-the-open'], 'A password cannot be passed on the command line.'],
  [['profile', 'password', '-'], 'Standard input must have 2 lines'],
  [['profile', 'email', 'ada@example.org', '-'], 'Standard input must have one line'],
  [['audit', 'export', '--format', 'xml'], 'jsonl, csv'],
  [['audit', 'list', '--from', 'yesterday'], 'is not a time'],
])('a wrong command line exits with 2 and a hint: %j', async (words, text) => {
  const { status, stdout, stderr } = await muster(words)
  expect(stderr).toContain(text)
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
})

test('an unexpected argument is not repeated in the error, since it may be a secret', async () => {
  for (const words of [
    ['org', 'join', 'acme', 'not-to-be-seen', 'x'],
    ['login', '--with-refresh-tokn=not-to-be-seen'],
    ['org', '--secret=not-to-be-seen'],
    ['muster_os_not-to-be-seen'],
  ]) {
    const { status, stderr } = await muster(words)
    expect([status, stderr], words.join(' ')).toEqual([2, expect.not.stringContaining('not-to-be-seen')])
  }
  expect((await muster(['org', 'join', 'a', 'b', 'c'])).stderr).toContain('Too many arguments: "muster org join" takes 2 arguments.')
})

test('register with a key is refused and starts no login', async () => {
  const { status, stderr } = await muster(['register', '-u', 'zed'], { env: { MUSTER_TOKEN: 'muster_uk_good_or_bad' } })
  expect(status).toBe(1)
  expect(stderr).toMatch(/You cannot register with a key[\s\S]*To act as yourself, run it without MUSTER_TOKEN/)
  expect(stderr).not.toContain('Cannot reach')
})

test('a next step names the server that was used, not the default one', async () => {
  const elsewhere = 'https://accounts.example.com'
  expect((await muster(['profile', '--url', elsewhere])).stderr).toContain(`Run: muster login --url ${elsewhere}\n`)
  expect((await muster(['profile', '--url', nobody])).stderr).toContain('Run: muster login\n')
  expect((await muster(['profile'], { env: { MUSTER_URL: elsewhere } })).stderr).toContain('Run: muster login\n')
})

test('logout discards refused credentials, and a link without its target (S49, S50)', async () => {
  const corrupt = aLoginFile(nobody)
  writeFileSync(corrupt.path, 'nothing of ours')
  const open = aLoginFile(nobody)
  chmodSync(dirname(open.path), 0o755)
  const linked = aLoginFile(nobody)
  const value = join(linked.cwd, 'value')
  renameSync(linked.path, value)
  symlinkSync(value, linked.path)
  for (const { cwd, path } of [corrupt, open, linked]) {
    expect(await muster(['login'], { cwd })).toMatchObject({ status: 1, stderr: expect.stringContaining('To discard it: muster logout') })
    const { status, stderr } = await muster(['logout'], { cwd })
    expect([status, existsSync(path)]).toEqual([0, false])
    expect(stderr).toMatch(/Credentials refused[\s\S]*could not be ended on the server[\s\S]*Logged out\./)
    expect((await muster(['logout'], { cwd })).stderr).toContain('You are not logged in here.')
  }
  expect(existsSync(value)).toBe(true)
})

test('logout leaves a folder that is a link alone (S49, S50)', async () => {
  const folder = aLoginFile(nobody)
  const other = anEmptyFolder()
  symlinkSync(dirname(folder.path), join(other, '.muster'))
  expect((await muster(['logout'], { cwd: other })).status).toBe(1)
  expect(existsSync(folder.path)).toBe(true)
})

test('logout deletes the credentials in MUSTER_CREDENTIALS, and no other file (S49)', async () => {
  const { cwd, path } = aLoginFile(nobody)
  const value = join(cwd, 'value')
  renameSync(path, value)
  expect((await muster(['logout'], { cwd, env: { MUSTER_CREDENTIALS: value } })).status).toBe(0)
  writeFileSync(value, 'of value', { mode: 0o600 })
  expect((await muster(['logout'], { cwd, env: { MUSTER_CREDENTIALS: value } })).status).toBe(1)
  expect(existsSync(value)).toBe(true)
})

test.each([
  ['without a terminal', ['login'], {}, 'there is no terminal'],
  ['without a terminal', ['register', '-u', 'zed'], {}, 'there is no terminal'],
  ['with --no-input', ['login', '--no-input'], {}, '--no-input was given'],
  ['in CI', ['login', '--no-browser'], { CI: 'true' }, 'CI is set'],
  ['in CI', ['register', '-u', 'zed'], { CI: '1' }, 'CI is set'],
] as const)('a login in the browser exits with 4 at once %s: %j', async (_, words, env, why) => {
  const { status, stderr } = await muster([...words], { env })
  expect(stderr).toContain(why)
  expect(stderr.replace(/\s+/g, ' ')).toMatch(/Set MUSTER_URL, and MUSTER_TOKEN to a key .* or MUSTER_REFRESH_TOKEN/)
  expect(stderr).not.toContain('Cannot reach')
  expect(status).toBe(4)
})

test('server commands without an operator token name the server', async () => {
  const { status, stderr } = await muster(['server', 'organization', 'acme', '--url', 'https://accounts.example.com'])
  expect({ status, stderr }).toEqual({ status: 4, stderr: expect.stringContaining("operator's token for https://accounts.example.com") })
})

test.each([
  ['Alice', 'name_invalid'],
  ['al', 'name_invalid'],
  ['a-b-c', 'name_invalid'],
  ['admin', 'name_reserved'],
  ['org_acme', 'name_reserved'],
])('the name %s is refused before anything is sent', async (name, code) => {
  const { status, stderr } = await muster(['register', '-u', name, '--json'])
  expect(status).toBe(1)
  expect(JSON.parse(stderr)).toMatchObject({ code })
})

test.each([
  ['profile'],
  ['org', 'list'],
  ['org', 'invite'],
  ['org', 'leave', '--yes'],
  ['token', 'list'],
  ['session', 'list'],
  ['revoke', 'rtk_01', '--yes'],
  ['user', 'list'],
  ['key', 'list'],
  ['audit', 'export'],
])('without a login and a terminal, %s %s exits with 4 and the command to run', async (...words) => {
  const { status, stderr } = await muster(words.filter(Boolean))
  expect(status).toBe(4)
  expect(stderr).toContain('Run: muster login')
  expect(stderr).not.toContain('at file:')
})

test('a stored token is sent to no other issuer (S50)', async () => {
  const { cwd } = aLoginFile('https://accounts.example.com')
  expect((await muster(['profile'], { cwd })).status).toBe(4)
  expect(await muster(['logout'], { cwd })).toMatchObject({ status: 1, stderr: expect.stringContaining('https://accounts.example.com') })
})

test('a command uses the issuer of the stored login when no server is specified', async () => {
  const { cwd } = aLoginFile('http://localhost:49')
  expect(await muster(['profile'], { cwd, env: { MUSTER_URL: '' } })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('Cannot reach Muster at http://localhost:49'),
  })
})

test('credentials behind a symbolic link are refused with a message, not a stack trace', async () => {
  const { cwd, path } = aLoginFile(nobody)
  const other = anEmptyFolder()
  mkdirSync(join(other, '.muster'), { mode: 0o700 })
  symlinkSync(path, join(other, '.muster', 'credentials'))
  expect(await muster(['profile'], { cwd })).toMatchObject({ status: 1 })
  expect(await muster(['profile'], { cwd: other })).toMatchObject({ status: 1, stderr: expect.stringContaining('is a symbolic link') })
})

test('logout deletes the file and warns when the server is unreachable (S49)', async () => {
  const { cwd } = aLoginFile(nobody)
  const { status, stderr } = await muster(['logout'], { cwd })
  expect(status).toBe(0)
  expect(stderr).toContain('Cannot reach Muster')
  expect(stderr).toContain('Logged out.')
  expect(await muster(['logout'], { cwd })).toMatchObject({ status: 0, stderr: 'You are not logged in here.\n' })
})

test('a browser is opened neither over SSH, nor in CI, nor without a display', () => {
  expect(hasBrowser({ DISPLAY: ':0' }, 'linux')).toBe(true)
  expect(hasBrowser({}, 'darwin')).toBe(true)
  expect(hasBrowser({}, 'linux')).toBe(false)
  expect(hasBrowser({ DISPLAY: ':0', SSH_CONNECTION: '1' }, 'linux')).toBe(false)
  expect(hasBrowser({ CI: 'true' }, 'darwin')).toBe(false)
})
