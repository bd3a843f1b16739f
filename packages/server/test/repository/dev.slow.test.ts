import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { freePort } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOfTree } from './tree-copy.ts'

// `npm run dev` runs in a copy of the repository, whose files the tests change.

let tree: string
let url: string
let dev: ChildProcess
let output = ''

beforeAll(async () => {
  tree = await copyOfTree()
  const port = String(await freePort())
  url = `http://localhost:${port}`
  const env = { ...bareEnvironment(), NO_COLOR: '1', PORT: port }
  // Like a terminal, start a process group, so that Ctrl-C reaches every process in it.
  dev = spawn(process.execPath, ['scripts/dev.ts'], { cwd: tree, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [dev.stdout, dev.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  await until(() => output.includes('Ctrl-C ends it.'))
})

afterAll(async () => {
  if (dev.exitCode === null && dev.signalCode === null) process.kill(-(dev.pid ?? 0), 'SIGKILL')
  await rm(tree, { recursive: true, force: true, maxRetries: 5 })
})

test('npm run dev prints the address, the first steps and its own data folder', () => {
  expect(output).toContain(`Muster is ready at ${url}`)
  expect(output).toContain(`npx muster register -u alice --url ${url}`)
  expect(output).toContain('Data: .muster/dev')
})

test('npm run dev restarts the server when a page of the portal changes', async () => {
  await change('packages/server/src/portal/layout.ts', (source) => source.replace('<!doctype html>', '<!doctype html><!-- changed -->'))
  await until(async () => (await text('/sign-in')).includes('<!-- changed -->'))
  await until(() => /Restarted in \d/.test(output))
})

test('npm run dev rebuilds the console when its source changes', async () => {
  await change('packages/console/src/main.tsx', (source) => `${source}document.title = 'A changed title'\n`)
  await until(async () => {
    const script = /src="(\/console\/assets\/[^"]+)"/.exec(await text('/console/'))?.[1]
    return script !== undefined && (await text(script)).includes('A changed title')
  })
})

test('the console of npm run dev loads a script that reloads it after a build', async () => {
  expect(await text('/console/')).toContain('<script src="/console/reload.js"')
  expect(await text('/console/reload.js')).toContain('location.reload()')
})

test('npm run dev stops the server on Ctrl-C', async () => {
  process.kill(-(dev.pid ?? 0), 'SIGINT')
  const [code] = await once(dev, 'exit')
  expect(code).toBe(0)
  await expect(fetch(url)).rejects.toThrow()
})

/** The text at an address; empty while the server restarts. */
async function text(path: string): Promise<string> {
  return fetch(url + path).then(
    (response) => response.text(),
    () => '',
  )
}

async function change(file: string, edit: (source: string) => string): Promise<void> {
  const path = join(tree, file)
  const source = await readFile(path, 'utf8')
  expect(edit(source)).not.toBe(source)
  await writeFile(path, edit(source))
}

/** Waits as long as the process runs; the time-out of the test ends a wait in vain. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) {
    if (dev.exitCode !== null || dev.signalCode !== null) throw new Error(`npm run dev ended:\n${output}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
