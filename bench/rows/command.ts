import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { muster } from '../harness/bench.ts'
import type { Must, Row, Subject } from '../harness/measure.ts'

// The command: a process for each measurement, as people run it.

function run(args: string[], env: Record<string, string>): Promise<number> {
  const begun = performance.now()
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve(performance.now() - begun) : reject(new Error(`node ${args.join(' ')} ended with ${code}: ${said}`))))
  })
}

/** The median of as many runs as fit in the time, at least five. */
async function often(seconds: number, once: () => Promise<number>): Promise<number> {
  const times: number[] = []
  for (const until = performance.now() + seconds * 1000; times.length < 5 || performance.now() < until; ) times.push(await once())
  return times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] as number
}

const fetchOnce = `require('node:http').get(process.argv[1] + '/v1/me', { headers: { authorization: 'Bearer ' + process.argv[2] } }, (answer) => {
  let text = ''
  answer.on('data', (chunk) => { text += chunk })
  answer.on('end', () => process.exit(JSON.parse(text) && answer.statusCode === 200 ? 0 : 1))
})`

const commandRow = (id: string, title: string, must: Must, words: string[], floorWords: (origin: string, token: string) => string[]): Row => ({
  id,
  title,
  group: 'requests postgres command',
  unit: 'ms',
  must,
  async subjects(bench) {
    const subjects: Subject[] = []
    let floor: string[] = []
    for (const version of bench.versions) {
      const { origin: byNumber, seed } = await muster(bench, version, 'postgres', 'command')
      const origin = byNumber.replace('127.0.0.1', 'localhost') // People use a name, which Node has to look up.
      const command = [join(version.folder, 'packages/cli/bin/muster.cjs'), ...words]
      const env = { MUSTER_URL: origin, MUSTER_TOKEN: seed.ada.key, NO_COLOR: '1' }
      floor = floorWords(origin, seed.ada.key)
      subjects.push({ name: version.name, measure: (seconds) => often(seconds, () => run(command, env)) })
    }
    subjects.push({ name: 'floor', measure: (seconds) => often(seconds, () => run(floor, {})) })
    return subjects
  },
})

export const commandRows: Row[] = [
  commandRow('cli-help', 'CLI: `muster --help`', { ofFloor: 1.7 }, ['--help'], () => ['-e', '0']),
  commandRow('cli-profile', 'CLI: `muster profile`', { ofFloor: 1.4 }, ['profile'], (origin, token) => ['-e', fetchOnce, origin, token]),
]
