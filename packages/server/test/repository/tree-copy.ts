import { cp, mkdir, mkdtemp, readdir, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

export const root = join(import.meta.dirname, '../../../..')

/** A copy of this repository, with what is built, for tests that change files. Its own packages are those of the copy; all others are links to the original. */
export async function copyOfTree(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tree-'))
  const left = new Set(['node_modules', '.git', '.muster', '.cache'])
  const releases = new Set(['dist', 'image'])
  for (const entry of await readdir(root)) {
    if (!left.has(entry) && !releases.has(entry))
      await cp(join(root, entry), join(folder, entry), { recursive: true, preserveTimestamps: true, filter: (path) => !left.has(basename(path)) })
  }
  const modules = join(folder, 'node_modules')
  await mkdir(join(modules, '@muster'), { recursive: true })
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (!name.startsWith('.') && name !== '@muster') await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  for (const name of await readdir(join(root, 'packages'))) await symlink(join(folder, 'packages', name), join(modules, '@muster', name))
  return folder
}
