import { execFile, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Credentials, CredentialsFile, findCredentials } from '../src/login/credentials.ts'
import { withLock } from '../src/login/lock.ts'

const isRoot = process.getuid?.() === 0
const folder = () => realpathSync(mkdtempSync(join(tmpdir(), 'muster-cli-')))
const mode = (path: string) => (lstatSync(path).mode & 0o777).toString(8)
const login = (more: Partial<Credentials> = {}): Credentials => ({
  version: 1,
  issuer: 'http://localhost:4000',
  access_token: 'a',
  expires_at: '2026-11-21T00:00:00.000Z',
  clock_offset_seconds: 0,
  ...more,
})

/** A folder with a login in it, as `muster login` leaves it. */
async function aLogin(home = folder()) {
  const file = new CredentialsFile(join(home, '.muster', 'credentials'))
  await file.update(() => login())
  return { home, file }
}

describe('stored credentials (S50)', () => {
  test('the file has mode 0600 and its folder mode 0700 under any umask', async () => {
    const before = process.umask(0)
    try {
      const { home, file } = await aLogin()
      expect(mode(file.path)).toBe('600')
      expect(mode(join(home, '.muster'))).toBe('700')
    } finally {
      process.umask(before)
    }
  })

  test('the folder has only the credentials and a .gitignore', async () => {
    const { home } = await aLogin()
    expect(readdirSync(join(home, '.muster')).sort()).toEqual(['.gitignore', 'credentials'])
  })

  test('git ignores the folder', async () => {
    const { home } = await aLogin()
    spawnSync('git', ['init', '-q'], { cwd: home })
    expect(spawnSync('git', ['status', '--porcelain', '--untracked-files=all'], { cwd: home, encoding: 'utf8' }).stdout).toBe('')
  })

  test('a data folder of the server gets mode 0700 before a login is stored in it', async () => {
    const home = folder()
    mkdirSync(join(home, '.muster', 'data'), { recursive: true, mode: 0o755 })
    chmodSync(join(home, '.muster'), 0o755)
    await aLogin(home)
    expect(mode(join(home, '.muster'))).toBe('700')
  })

  test('a folder from MUSTER_CREDENTIALS keeps its mode and gets no .gitignore', async () => {
    const home = folder()
    chmodSync(home, 0o755)
    const { fresh } = findCredentials({ cwd: home, home: folder(), named: 'login.json' })
    await fresh.update(() => login())
    expect(readdirSync(home)).toEqual(['login.json'])
    expect(mode(home)).toBe('755')
    expect(mode(fresh.path)).toBe('600')
  })
})

describe('refused credentials (S50)', () => {
  const refusal = (why: RegExp) => expect.objectContaining({ code: 'credentials_refused', message: expect.stringMatching(why) })
  const reading = (file: CredentialsFile) => {
    try {
      return file.read()
    } catch (error) {
      return error
    }
  }

  test('a symbolic link instead of the file is refused for reading and writing', async () => {
    const { home, file } = await aLogin()
    const elsewhere = join(home, 'elsewhere')
    renameSync(file.path, elsewhere)
    symlinkSync(elsewhere, file.path)
    expect(reading(file)).toEqual(refusal(/symbolic link/))
    await expect(file.update(() => login({ access_token: 'b' }))).rejects.toEqual(refusal(/symbolic link/))
    expect(readFileSync(elsewhere, 'utf8')).toContain('"a"')
  })

  test('a symbolic link instead of the folder is refused', async () => {
    const { home } = await aLogin()
    const other = folder()
    symlinkSync(join(home, '.muster'), join(other, '.muster'))
    const file = new CredentialsFile(join(other, '.muster', 'credentials'))
    expect(reading(file)).toEqual(refusal(/symbolic link/))
    await expect(file.update(() => login())).rejects.toEqual(refusal(/symbolic link/))
  })

  test('a file that others can read is refused', async () => {
    const { file } = await aLogin()
    chmodSync(file.path, 0o640)
    expect(reading(file)).toEqual(refusal(/mode 0640/))
  })

  test('a folder that others can enter is refused', async () => {
    const { home, file } = await aLogin()
    chmodSync(join(home, '.muster'), 0o750)
    expect(reading(file)).toEqual(refusal(/mode 0750/))
  })

  test('a pipe instead of the file is refused without waiting for a writer', async () => {
    const { file } = await aLogin()
    await file.remove()
    spawnSync('mkfifo', ['-m', '600', file.path])
    expect(reading(file)).toEqual(refusal(/not a regular file/))
  })

  test('a file with other content is refused without quoting it', async () => {
    const { file } = await aLogin()
    writeFileSync(file.path, 'secret words')
    const error = reading(file)
    expect(error).toEqual(refusal(/not a muster credentials file/))
    expect(String(error)).not.toContain('secret words')
  })

  test.runIf(isRoot)('a file or a folder of another user is refused', async () => {
    const first = await aLogin()
    chownSync(first.file.path, 65534, 65534)
    expect(reading(first.file)).toEqual(refusal(/another user/))
    const second = await aLogin()
    chownSync(dirname(second.file.path), 65534, 65534)
    expect(reading(second.file)).toEqual(refusal(/another user/))
  })

  test.runIf(isRoot)('credentials of another user in a parent folder are ignored', async () => {
    const { home, file } = await aLogin()
    chownSync(dirname(file.path), 65534, 65534)
    const cwd = join(home, 'sub')
    mkdirSync(cwd)
    expect(findCredentials({ cwd, home: folder() }).found).toBeNull()
  })
})

describe('the place of a login (S50)', () => {
  test('a login is looked up in the current folder and its parents up to home', async () => {
    const { home, file } = await aLogin()
    const cwd = join(home, 'project', 'deep')
    mkdirSync(cwd, { recursive: true })
    expect(findCredentials({ cwd, home })).toMatchObject({ found: { path: file.path }, fresh: { path: join(cwd, '.muster', 'credentials') } })
    const nearer = await aLogin(join(home, 'project'))
    expect(findCredentials({ cwd, home }).found?.path).toBe(nearer.file.path)
    expect(findCredentials({ cwd, home: join(home, 'project', 'deep') }).found).toBeNull()
  })

  test('a home folder that is not a parent is looked up last', async () => {
    const { home, file } = await aLogin()
    expect(findCredentials({ cwd: folder(), home }).found?.path).toBe(file.path)
  })

  test('MUSTER_CREDENTIALS and --global each select one place', async () => {
    const { home, file } = await aLogin()
    const other = folder()
    expect(findCredentials({ cwd: home, home: other, global: true })).toMatchObject({ found: null, fresh: { path: join(other, '.muster', 'credentials') } })
    expect(findCredentials({ cwd: other, home: other, named: file.path }).found?.path).toBe(file.path)
    expect(findCredentials({ cwd: home, home, named: join(other, 'none') }).found).toBeNull()
  })
})

describe('concurrent commands', () => {
  test('processes that change the file at the same time lose no change', async () => {
    const { file } = await aLogin()
    await file.update(() => login({ access_token: '0' }))
    const script = `
      import { CredentialsFile } from ${JSON.stringify(new URL('../src/login/credentials.ts', import.meta.url).href)}
      const file = new CredentialsFile(${JSON.stringify(file.path)})
      for (let i = 0; i < 10; i++) await file.update((found) => ({ ...found, access_token: String(Number(found.access_token) + 1) }))`
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])))
    expect(file.read()?.access_token).toBe('40')
    expect(readdirSync(dirname(file.path)).sort()).toEqual(['.gitignore', 'credentials'])
  })

  test('the lock of a crashed process is taken over', async () => {
    const { file } = await aLogin()
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    writeFileSync(`${file.path}.lock`, JSON.stringify({ pid, host: (await import('node:os')).hostname(), nonce: 0 }))
    await file.update(() => login({ access_token: 'b' }))
    expect(file.read()?.access_token).toBe('b')
  })

  test('a held lock is waited for, and is released after an error', async () => {
    const path = join(folder(), 'lock')
    const order: string[] = []
    const first = withLock(path, async () => {
      await new Promise((resolve) => setTimeout(resolve, 60))
      order.push('first')
      throw new Error('inside')
    })
    const second = withLock(path, () => order.push('second'))
    await expect(first).rejects.toThrow('inside')
    await second
    expect(order).toEqual(['first', 'second'])
    expect(existsSync(path)).toBe(false)
  })
})
