import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, buildCli } from './build.ts'
import { watchConsole } from './build-console.ts'
import { correctSignalsFromNpm } from './npm-signals.js'

// `npm run dev`: like `npm start`, and restarts the server, rebuilds the CLI and reloads the console when their source changes. It has its own data folder,
// because an unfinished migration runs as soon as its file is saved.

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (line: string): void => void process.stderr.write(`${line}\n`)

correctSignalsFromNpm()
process.env.MUSTER_DATA_DIR ??= '.muster/dev'

let stopping = false
let server: ChildProcess | undefined

await build(say, { console: false, server: false })
const consoleWatcher = await watchConsole(say)
// Until here, nothing has to be stopped, and a signal ends the process by itself.
process.on('SIGINT', stop)
process.on('SIGTERM', stop)
startServer()
onChange(['packages/server/src', 'packages/contract/src'], restartServer)
onChange(['packages/cli/src', 'packages/contract/src'], rebuildCli)
say(`Watching packages/{server,contract,console,cli}/src. Data: ${process.env.MUSTER_DATA_DIR}; delete this folder to start from an empty database.`)

function startServer(...args: string[]): void {
  // A separate process group, so that Ctrl-C reaches only this process, which then stops the server once.
  const child = spawn(process.execPath, [join(root, 'scripts/dev-server.ts'), ...args], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  server = child
  child.once('exit', (code) => {
    if (server === child) server = undefined
    if (!stopping && !child.killed && code !== 0) say('The server stopped. It starts again at the next change.')
  })
}

async function restartServer(): Promise<void> {
  say('The server restarts …')
  await stopServer()
  if (!stopping) startServer('--restarted')
}

async function stopServer(): Promise<void> {
  if (server === undefined) return
  const exited = once(server, 'exit')
  server.kill('SIGTERM')
  await exited
}

async function rebuildCli(): Promise<void> {
  await buildCli()
  say('The CLI is rebuilt.')
}

async function stop(): Promise<void> {
  if (stopping) {
    server?.kill('SIGKILL')
    process.exit(1)
  }
  stopping = true
  await consoleWatcher.close()
  await stopServer()
  process.exit(0)
}

/**
 * Runs the task after a change in one of the folders, one run at a time. Modification times are compared twice a second: `fs.watch` loses files
 * that an editor replaces with new ones, and comparing 500 files takes 5 ms.
 */
function onChange(folders: readonly string[], task: () => Promise<void>): void {
  let seen = datesOf(folders)
  let running = false
  setInterval(async () => {
    const dates = datesOf(folders)
    if (dates === seen || running || stopping) return
    seen = dates
    running = true
    await task().catch((error) => say((error as Error).stack ?? String(error)))
    running = false
  }, 500)
}

function datesOf(folders: readonly string[]): string {
  const files = folders.flatMap((folder) => readdirSync(join(root, folder), { withFileTypes: true, recursive: true }))
  return files.map(({ parentPath, name }) => `${name} ${statSync(join(parentPath, name), { throwIfNoEntry: false })?.mtimeMs}`).join()
}
