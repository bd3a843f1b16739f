import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/** A checkout of Muster with its dependencies and everything that its build makes. */
export interface Version {
  name: 'before' | 'after'
  /** The commit, and whether files differ from it. */
  commit: string
  folder: string
  /** The command of `npm start`. */
  start: string
  remove(): void
}

export function thisVersion(): Version {
  const changed = git(['status', '--porcelain', '--untracked-files=no']) !== ''
  return version('after', root, `${git(['rev-parse', '--short=10', 'HEAD'])}${changed ? ' with changes' : ''}`, () => {})
}

/** Makes a worktree of an earlier commit, installs its dependencies from its own lock file, and builds it. */
export function earlierVersion(ref: string, folder: string, say: (line: string) => void): Version {
  const found = spawnSync('git', ['rev-parse', '--verify', '--quiet', '--short=10', `${ref}^{commit}`], { cwd: root, encoding: 'utf8' })
  if (found.status !== 0) throw new Error(`--against ${ref}: git knows no such commit.`)
  const commit = found.stdout.trim()
  say(`before: makes a worktree of ${commit} in ${folder}`)
  git(['worktree', 'add', '--detach', '--force', folder, commit])
  const remove = (): void => {
    spawnSync('git', ['worktree', 'remove', '--force', folder], { cwd: root })
    rmSync(folder, { recursive: true, force: true })
    spawnSync('git', ['worktree', 'prune'], { cwd: root })
  }
  try {
    say('before: installs its dependencies and builds')
    if (!hasSameLock(folder) || !linkDependencies(folder)) run('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'], folder)
    run('npm', ['run', 'build'], folder)
    for (const file of ['bench/seed.ts', 'bench/verifier-ready.ts']) copyFileSync(join(root, file), join(folder, file))
  } catch (error) {
    remove()
    throw error
  }
  return version('before', folder, commit, remove)
}

const hasSameLock = (folder: string): boolean => {
  const [one, other] = [root, folder].map((at) => readFileSync(join(at, 'package-lock.json'), 'utf8'))
  return one === other
}

/** Hard links are as good as an installation, and take seconds. Links to the packages of the repository are relative, so they lead into the worktree. */
function linkDependencies(folder: string): boolean {
  const target = join(folder, 'node_modules')
  if (spawnSync('cp', ['-al', join(root, 'node_modules'), target]).status === 0) {
    rmSync(join(target, '.cache'), { recursive: true, force: true })
    return true
  }
  rmSync(target, { recursive: true, force: true })
  return false
}

function version(name: Version['name'], folder: string, commit: string, remove: () => void): Version {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { scripts: { start: string } }
  return { name, folder, commit, start: scripts.start, remove }
}

const git = (args: string[]): string => execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()

function run(command: string, args: string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} in ${cwd} ended with ${status}.\n${`${stdout}${stderr}`.slice(-2_000)}`)
}
