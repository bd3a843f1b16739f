import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { InlineConfig, Plugin } from 'vite'

const root = fileURLToPath(new URL('../packages/console', import.meta.url))
export const consolePage = join(root, 'dist/index.html')

const MOST_KILOBYTES = 230

/** Builds the console into packages/console/dist. Prints the size of a first visit, and refuses to exceed its limit. */
export async function buildConsole(say: (line: string) => void): Promise<void> {
  const [{ build }, config] = await Promise.all([import('vite'), viteConfig()])
  await build(config)
  compressFiles()
  const kilobytes = firstLoad()
  say(`The console's first load is ${kilobytes.toFixed(0)} kB of compressed script, of at most ${MOST_KILOBYTES}.`)
  if (kilobytes > MOST_KILOBYTES) throw new Error(`The console's first load has become too heavy: ${kilobytes.toFixed(0)} kB.`)
}

/** Builds the console at every change, with a script that then reloads open pages. Returns after the first build. */
export async function watchConsole(say: (line: string) => void): Promise<{ close(): Promise<void> }> {
  const [{ build }, config] = await Promise.all([import('vite'), viteConfig()])
  const watcher = await build({ ...config, plugins: [...(config.plugins ?? []), reloadAfterBuild], build: { ...config.build, watch: {} } })
  if (!('on' in watcher)) throw new Error('Vite does not watch the console.')
  let builds = 0
  await new Promise<void>((resolve) => {
    watcher.on('event', (event) => {
      if (event.code === 'ERROR') say(`The console cannot be built: ${event.error.message}`)
      if (event.code === 'END' || event.code === 'ERROR') {
        // The date is in 1970, so that `npm start` and `npm test` replace this build. It differs for each build, so that the server reads the page again.
        builds += 1
        if (existsSync(consolePage)) utimesSync(consolePage, builds, builds)
        if (event.code === 'END') say(builds === 1 ? 'The console is built.' : 'The console is rebuilt.')
        resolve()
      }
    })
  })
  return watcher
}

async function viteConfig(): Promise<InlineConfig> {
  const [{ default: react }, { default: tailwind }] = await Promise.all([import('@vitejs/plugin-react'), import('@tailwindcss/vite')])
  return {
    root,
    configFile: false,
    base: '/console/',
    logLevel: 'warn',
    plugins: [react(), tailwind(), earlyFirst, preloadShared],
    build: {
      target: 'es2023',
      cssTarget: ['chrome123', 'firefox128', 'safari17.5'], // These versions support light-dark().
      emptyOutDir: true,
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0, // The page's policy allows no data: scripts or styles.
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1_000, // the limit on the first load is stricter
      rolldownOptions: { output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: fileOf, debugName: 'files' }] } } },
    },
  }
}

interface Modules {
  getModuleInfo(id: string): { isEntry: boolean; importedIds: string[]; importers: string[]; dynamicImporters: string[] } | null
}

/** Pages that are one file, by the folder of the page. A file for each would be a request for each. */
const fileOfPages: Record<string, string> = {
  overview: 'resources',
  'service-accounts': 'resources',
  audit: 'settings',
  profile: 'sessions',
  applications: 'sessions',
  roles: 'keys',
}

/** The folder of each page, by the first part of its address. */
const pagesOfAddresses = {
  '': 'overview',
  ...Object.fromEntries(['resources', 'settings', 'users', 'roles', 'keys', 'audit', 'profile', 'sessions', 'applications'].map((page) => [page, page])),
}

/** A package that few visits need is loaded when it is used. */
const seldomNeeded = /[\\/]node_modules[\\/]@simplewebauthn[\\/]/

/** The file of a module: the first load, the only page that needs it, or what pages share. Null for what is seldom needed, which gets a file of its own. */
const fileOf = (id: string, modules: Modules): string | null => fileAmong(id, modules, firstModules(modules), new Map())

function fileAmong(id: string, modules: Modules, first: ReadonlySet<string>, files: Map<string, string | null>): string | null {
  const known = files.get(id)
  if (known !== undefined) return known
  files.set(id, 'shared') // for modules that import each other
  const file = first.has(id) ? 'first' : seldomNeeded.test(id) ? null : fileOfRest(id, modules, (importer) => fileAmong(importer, modules, first, files))
  files.set(id, file)
  return file
}

function fileOfRest(id: string, modules: Modules, fileOfImporter: (importer: string) => string | null): string {
  const { dynamicImporters = [], importers = [] } = modules.getModuleInfo(id) ?? {}
  const [, folder] = dynamicImporters.length > 0 ? (/[\\/]pages[\\/]([\w-]+)[\\/]/.exec(id) ?? []) : []
  if (folder !== undefined) return fileOfPages[folder] ?? folder
  const [only = null, ...others] = new Set(importers.map(fileOfImporter))
  return only !== null && others.length === 0 ? only : 'shared'
}

const entry = join(root, 'src/main.tsx')

/** The modules that the page imports at once, directly or not. */
function firstModules(modules: Modules): Set<string> {
  const found = new Set([join(root, 'index.html'), entry])
  for (const id of found) for (const imported of modules.getModuleInfo(id)?.importedIds ?? []) found.add(imported)
  return found
}

/** The page's policy allows scripts from files only. The ETag of the page changes with every build. */
const reloadAfterBuild = {
  name: 'reload-after-build',
  generateBundle(this: { emitFile(file: { type: 'asset'; fileName: string; source: string }): void }) {
    const source = `let built
setInterval(async () => {
  const now = await fetch('/console/', { method: 'HEAD' }).then((response) => response.headers.get('etag'), () => built)
  if (built !== undefined && now !== built) location.reload()
  built = now
}, 1000)
`
    this.emitFile({ type: 'asset', fileName: 'reload.js', source })
  },
  transformIndexHtml: () => [{ tag: 'script', attrs: { src: '/console/reload.js', defer: true }, injectTo: 'head' as const }],
}

/** A script that runs before the first paint: a module would run too late. It gets the files of the pages, by the first part of a page's address. */
const earlyFirst: Plugin = {
  name: 'early-first',
  transformIndexHtml: {
    order: 'post',
    handler: (_page, { bundle = {} }) => {
      const fileNames = new Map(Object.values(bundle).map(({ name, fileName }) => [name, fileName]))
      const files = Object.entries(pagesOfAddresses).map(([address, page]) => [address, `/console/${fileNames.get(fileOfPages[page] ?? page)}`])
      return [
        { tag: 'script', attrs: { src: '/console/early.js', 'data-files': JSON.stringify(Object.fromEntries(files)) }, injectTo: 'head-prepend' as const },
      ]
    },
  },
}

/** Every page needs the file of what pages share. So it is loaded together with the first one, and not after it. */
const preloadShared: Plugin = {
  name: 'preload-shared',
  transformIndexHtml: {
    order: 'post',
    handler: (_page, { chunk, bundle = {} }) =>
      chunk === undefined
        ? []
        : Object.values(bundle)
            .filter(({ fileName, name }) => name === 'shared' && fileName.endsWith('.js'))
            .map(({ fileName }) => ({
              tag: 'link',
              attrs: { rel: 'modulepreload', crossorigin: true, href: `/console/${fileName}` },
              injectTo: 'head' as const,
            })),
  },
}

/** Writes each file again in two compressed forms, so that no server spends its start on it. */
function compressFiles(): void {
  for (const entry of readdirSync(join(root, 'dist'), { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue
    const path = join(entry.parentPath, entry.name)
    const body = readFileSync(path)
    writeFileSync(`${path}.br`, brotliCompressSync(body))
    writeFileSync(`${path}.gz`, gzipSync(body, { level: 9 }))
  }
}

/** The size of the files that the page names and of their static imports. */
function firstLoad(): number {
  const assets = join(root, 'dist/assets')
  const scripts = new Set(readdirSync(assets).filter((name) => name.endsWith('.js')))
  const wanted = [...readFileSync(consolePage, 'utf8').matchAll(/(?:src|href)="\/console\/assets\/([\w.-]+\.js)/g)].map(([, name]) => name as string)
  const loaded = new Set<string>()
  let bytes = 0
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    if (loaded.has(name) || !scripts.has(name)) continue
    loaded.add(name)
    const body = readFileSync(join(assets, name))
    bytes += gzipSync(body).length
    for (const [, next] of body.toString().matchAll(/(?:from|^import|[;}]import)\s*["']\.\/([\w.-]+\.js)["']/g)) wanted.push(next as string)
  }
  return bytes / 1024
}
