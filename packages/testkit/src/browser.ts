import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'

// The browser is MUSTER_CHROMIUM, or the system's, or the one in the package @sparticuz/chromium. The last is unpacked once, together with libraries and fonts
// that a minimal container does not have.

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

let shared: Promise<Browser> | undefined

/**
 * A real, headless Chromium, shared by all files of a worker unless arguments are given. Each context has its own cookies, storage and cache. Closing the
 * browser closes the contexts that were opened here.
 */
export async function launchBrowser({ args = [] }: { args?: readonly string[] } = {}): Promise<Browser> {
  if (args.length > 0) return launch(args)
  if (!(await shared?.catch(() => undefined))?.isConnected()) shared = launch([])
  return lent(await (shared as Promise<Browser>))
}

function lent(browser: Browser): Browser {
  const opened: BrowserContext[] = []
  const own = {
    async newContext(options?: BrowserContextOptions) {
      const context = await browser.newContext(options)
      opened.push(context)
      return context
    },
    newPage: async (options?: BrowserContextOptions) => (await own.newContext(options)).newPage(),
    close: async () => void (await Promise.all(opened.map((context) => context.close()))),
  }
  return Object.assign(Object.create(browser), own)
}

/** A page lives for seconds. Optimizing its scripts takes a tenth of a test's CPU time, and saves less. */
const withoutOptimization = '--js-flags=--no-opt,--no-maglev'

/** Chromium's own protections stay on, because CSP, CORS and site isolation are under test. */
async function launch(more: readonly string[]): Promise<Browser> {
  const args = [withoutOptimization, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...more]
  const system = process.env.MUSTER_CHROMIUM || findInPath()
  const common = { handleSIGTERM: false } // The browser ends with its worker.
  if (system) return chromium.launch({ ...common, executablePath: system, args })
  const folder = await unpacked()
  const env = { ...(process.env as Record<string, string>), ...(existsSync('/etc/fonts/fonts.conf') ? {} : { FONTCONFIG_FILE: join(folder, 'fonts.conf') }) }
  const options = { ...common, executablePath: join(folder, 'chromium'), args: [...args, '--disable-gpu'] }
  try {
    return await chromium.launch({ ...options, env })
  } catch (error) {
    if (!(error as Error).message.includes('error while loading shared libraries')) throw error
    // The system's libraries take precedence over those of the package.
    const libraries = [join(folder, 'al2023/lib'), process.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter)
    return chromium.launch({ ...options, env: { ...env, LD_LIBRARY_PATH: libraries } })
  }
}

function findInPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

async function unpacked(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium')
  const home = dirname(dirname(entry))
  const cache = join(home, '../../.cache')
  const folder = join(cache, 'muster-chromium')
  const complete = join(folder, 'fonts.conf')
  if (existsSync(complete)) return folder
  await mkdir(cache, { recursive: true })
  const staging = await mkdtemp(join(cache, 'unpacking-'))
  // In a separate process, because the package unpacks to the temporary folder and assumes that existing files there are complete.
  const program = `
    const { default: chromium, inflate } = await import(${JSON.stringify(entry)})
    await chromium.executablePath()
    await inflate(${JSON.stringify(join(home, 'bin/al2023.tar.br'))})
  `
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { env: { ...process.env, TMPDIR: staging } })
  const fonts = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/cache</cachedir></fontconfig>`
  await writeFile(join(staging, 'fonts.conf'), fonts)
  // Two workers may unpack at the same time. The folder of the first one stays.
  await rename(staging, folder).catch(async (error) => {
    await rm(staging, { recursive: true, force: true })
    if (!existsSync(complete)) throw error
  })
  return folder
}
