import { chmodSync, lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Lets every user read the files of a folder, whatever the umask of the build was: the server runs as a user of its own, over files of another. */
export function makeReadable(folder: string): void {
  for (const name of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]) {
    const path = join(folder, name)
    const entry = lstatSync(path)
    if (entry.isSymbolicLink()) continue
    const mode = entry.mode & 0o7777
    chmodSync(path, mode | (entry.isDirectory() || (mode & 0o100) !== 0 ? 0o555 : 0o444))
  }
}
