import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { timed } from '../build.ts'
import { buildRelease, releaseFolder } from '../release/build-release.ts'
import { readManifest, root } from '../release/contents.ts'
import { imageSettings, makeRootFileSystem } from './root-file-system.ts'

// `npm run image`: builds the release and puts it into an OCI image, without a container engine and without a registry (O2).

const say = (line: string): void => void process.stderr.write(`${line}\n`)
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }

/** Whether umoci, which writes OCI images, is installed. */
export const hasUmoci = (): boolean => spawnSync('umoci', ['--version']).status === 0

/** Writes the image into a folder in OCI form, and returns its name in that folder. */
export function writeImage(rootFileSystem: string, layout: string): string {
  const { version } = readManifest()
  const image = `${layout}:${version}`
  const umoci = (...words: string[]): void => void execFileSync('umoci', words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const rootless = process.getuid?.() === 0 ? [] : ['--rootless']
  umoci('init', '--layout', layout)
  umoci('new', '--image', image)
  umoci('insert', ...rootless, '--image', image, rootFileSystem, '/')
  const { user, workingDirectory, env, ports, volumes, stopSignal, entrypoint } = imageSettings
  const settings: [name: string, value: string][] = [
    ['user', user],
    ['workingdir', workingDirectory],
    ['stopsignal', stopSignal],
    ...env.map((value): [string, string] => ['env', value]),
    ...ports.map((port): [string, string] => ['exposedports', `${port}/tcp`]),
    ...volumes.map((path): [string, string] => ['volume', path]),
    ...entrypoint.map((word): [string, string] => ['entrypoint', word]),
    ['label', `org.opencontainers.image.version=${version}`],
    ['label', 'org.opencontainers.image.licenses=Apache-2.0'],
  ]
  const architecture = ['--os', 'linux', '--architecture', architectures[process.arch] ?? process.arch]
  umoci('config', '--image', image, ...architecture, ...settings.flatMap(([name, value]) => [`--config.${name}`, value]))
  umoci('gc', '--layout', layout) // removes the layers of the steps before
  return version
}

/** Puts the image into one file, with the names by which Podman and Docker know it when they load it. A tag of umoci may not contain a name. */
function archive(layout: string, file: string, version: string): void {
  const path = join(layout, 'index.json')
  const index = JSON.parse(readFileSync(path, 'utf8')) as { manifests: { annotations: Record<string, string> }[] }
  for (const { annotations } of index.manifests) {
    annotations['org.opencontainers.image.ref.name'] = `docker.io/library/muster:${version}`
    annotations['io.containerd.image.name'] = `docker.io/library/muster:${version}`
  }
  writeFileSync(path, JSON.stringify(index))
  execFileSync('tar', ['--create', '--file', file, '--directory', layout, 'oci-layout', 'index.json', 'blobs'])
}

const help = `Usage: npm run image -- [options]

Builds the release and writes it with Node into image/muster-<version>.tar, which Podman and Docker load. Needs umoci, and no container engine.

Options:
  --root-file-system FOLDER   only writes the files of the image into a folder, as the Containerfile does
  --help

Examples:
  npm run image
  docker load --input image/muster-<version>.tar
`

async function run(): Promise<void> {
  const { values } = parseArgs({ options: { 'root-file-system': { type: 'string' }, help: { type: 'boolean' } } })
  if (values.help) {
    process.stdout.write(help)
    return
  }
  const onlyFiles = values['root-file-system']
  if (onlyFiles === undefined && !hasUmoci()) {
    say('npm run image needs umoci, which writes an image without a container engine. On Debian and Ubuntu: apt-get install umoci')
    say('With Docker or Podman, you do not need it: docker build --file Containerfile --tag muster .')
    process.exitCode = 1
    return
  }
  await buildRelease(releaseFolder, say)
  if (onlyFiles !== undefined) {
    makeRootFileSystem(onlyFiles, releaseFolder)
    return
  }
  const temporary = mkdtempSync(join(tmpdir(), 'muster-image-'))
  try {
    await timed('the image', async () => void put(temporary), say)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

function put(temporary: string): void {
  const files = join(temporary, 'files')
  const layout = join(temporary, 'muster')
  makeRootFileSystem(files, releaseFolder)
  const version = writeImage(files, layout)
  const folder = join(root, 'image')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `muster-${version}.tar`)
  archive(layout, file, version)
  say(`The image is ${file}. To load it as muster:${version}: docker load --input ${file}, or podman load --input ${file}.`)
}

if (import.meta.main) await run()
