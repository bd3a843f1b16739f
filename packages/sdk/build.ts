import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// The published package is the folder dist. It has its own package.json, because in the workspace the same exports point to the sources.

const here = fileURLToPath(new URL('.', import.meta.url))
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

export function buildSdk(dist: string): void {
  rmSync(dist, { recursive: true, force: true })
  // The package contains the files of the contract that the sources import, because the contract itself is not published. tsconfig.build.json names each of
  // them: TypeScript takes a file that it reaches through node_modules first for part of a library and does not emit it, and that order varies.
  const compiled = join(dist, 'compiled')
  execFileSync(process.execPath, [tsc, '-p', `${here}tsconfig.build.json`, '--outDir', compiled], { stdio: 'inherit' })
  for (const name of readdirSync(join(compiled, 'sdk/src'))) renameSync(join(compiled, 'sdk/src', name), join(dist, name))
  renameSync(join(compiled, 'contract/src'), join(dist, 'contract'))
  rmSync(compiled, { recursive: true })
  for (const name of readdirSync(dist).filter((name) => /\.(js|d\.ts)$/.test(name))) {
    const file = join(dist, name)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/'@muster\/contract\/([a-z-]+)\.ts'/g, "'./contract/$1.js'"))
  }
  for (const name of readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.map'))) nameSources(join(dist, name))
  const { devDependencies: _, scripts: __, private: ___, exports, ...manifest } = JSON.parse(readFileSync(`${here}package.json`, 'utf8'))
  const built = Object.entries(exports as Record<string, string>)
    .filter(([name]) => !name.includes('*'))
    .map(([name, source]) => {
      const file = source.replace('./src/', './').replace(/\.ts$/, '')
      return [name, { types: `${file}.d.ts`, default: `${file}.js` }]
    })
  writeFileSync(`${dist}/package.json`, `${JSON.stringify({ ...manifest, exports: Object.fromEntries(built) }, null, 2)}\n`)
  cpSync(`${here}README.md`, `${dist}/README.md`)
}

/** Names the sources from the folder of the packages on. The compiler names them from the folder of the build, so that each machine would make another package. */
function nameSources(file: string): void {
  const map = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[] }
  writeFileSync(file, JSON.stringify({ ...map, sources: map.sources.map((path) => path.replace(/^.*\/packages\//, '')) }))
}

if (import.meta.main) buildSdk(process.argv[2] ?? `${here}dist`)
