import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, globSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeReadable } from '../release/readable.ts'
import { lastStage } from './containerfile.ts'

// Fills a folder with all files of the image: the release, Node, and the libraries that Node needs. Nothing is downloaded.

export const imageSettings = lastStage(readFileSync(join(import.meta.dirname, '../../Containerfile'), 'utf8'))

/** @param release the folder that `npm run build:release` filled */
export function makeRootFileSystem(folder: string, release: string): void {
  if (process.platform !== 'linux') throw new Error('An image is built on Linux, from the Node of this machine.')
  const [uid = 0, gid = 0] = imageSettings.user.split(':').map(Number)
  for (const name of ['app', 'bin', 'etc', 'tmp', 'data']) mkdirSync(join(folder, name), { recursive: true })
  cpSync(release, join(folder, 'app'), { recursive: true })
  const node = realpathSync(process.execPath)
  copyFileSync(node, join(folder, 'bin/node'))
  chmodSync(join(folder, 'bin/node'), 0o755)
  for (const path of librariesOf(node, ...globSync(join(release, 'node_modules/**/*.node')))) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    copyFileSync(path, join(folder, path)) // the file, if the path is a link
  }
  writeFileSync(join(folder, 'etc/passwd'), `root:x:0:0::/:/\nmuster:x:${uid}:${gid}::/data:/\n`)
  writeFileSync(join(folder, 'etc/group'), `root:x:0:\nmuster:x:${gid}:\n`)
  // Without it, a name that DNS does not know is not looked up in /etc/hosts.
  writeFileSync(join(folder, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  makeReadable(folder)
  // The user of the image makes a folder of its own in `data`. To give it `data` itself, the build would need root, and every tool would have to keep the owner.
  for (const name of ['tmp', 'data']) chmodSync(join(folder, name), 0o1777)
}

/** The shared libraries that these programs load at start, and the loader. */
function librariesOf(...programs: string[]): string[] {
  const lines = programs.flatMap((program) => execFileSync('ldd', [program], { encoding: 'utf8' }).split('\n'))
  const paths = lines.map((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1])
  return [...new Set(paths.filter((path) => path !== undefined))]
}
