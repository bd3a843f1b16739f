import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
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
  const libraries = librariesOf(node, ...globSync(join(release, 'node_modules/**/*.node')))
  for (const path of libraries) {
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    copyFileSync(path, join(folder, path)) // the file, if the path is a link
  }
  writeFileSync(join(folder, 'etc/passwd'), `root:x:0:0::/:/\nmuster:x:${uid}:${gid}::/data:/\n`)
  writeFileSync(join(folder, 'etc/group'), `root:x:0:\nmuster:x:${gid}:\n`)
  // Without it, a name that DNS does not know is not looked up in /etc/hosts.
  writeFileSync(join(folder, 'etc/nsswitch.conf'), 'hosts: files dns\n')
  writeFileSync(join(folder, 'app/licenses-of-image.txt'), licensesOf(node, libraries))
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

/** The licenses of what the image has besides the release: Node, and the libraries of this system (O4). */
function licensesOf(node: string, libraries: readonly string[]): string {
  const ofNode = [join(dirname(node), '../LICENSE'), '/usr/share/doc/nodejs/copyright'].find((path) => existsSync(path))
  const parts = [
    `Node ${process.version}\n\n${ofNode ? readFileSync(ofNode, 'utf8').trim() : `https://github.com/nodejs/node/blob/${process.version}/LICENSE`}`,
  ]
  for (const [name, paths] of Map.groupBy(libraries, packageOf)) {
    const text = join('/usr/share/doc', name ?? '', 'copyright')
    const license =
      name !== null && existsSync(text) ? readFileSync(text, 'utf8').trim() : 'The system on which the image was built has no text of its license.'
    parts.push(`${name ?? 'Libraries'} (${paths.join(', ')})\n\n${license}`)
  }
  return ['Besides the packages in licenses.txt, the image contains the following.', ...parts].join(`\n\n${'-'.repeat(80)}\n`)
}

/** The Debian package of a library. Null on another system. The package may know the library under the path without `/usr`. */
function packageOf(path: string): string | null {
  for (const name of [path, realpathSync(path), realpathSync(path).replace(/^\/usr/, '')]) {
    const { status, stdout } = spawnSync('dpkg', ['-S', name], { encoding: 'utf8' })
    if (status === 0) return stdout.split(':')[0] ?? null
  }
  return null
}
