import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { isMet, median, peers, type Result, type SubjectName } from './measure.ts'
import type { Operation } from './operations.ts'
import type { Options } from './options.ts'
import { cells, head, markdown } from './report.ts'
import { root, type Version } from './versions.ts'

// docs/performance.md. The section between the markers is written by hand and kept.

const file = join(root, 'docs/performance.md')
const begin = '<!-- written by hand: kept when the page is written again -->'
const end = '<!-- the rest is written by npm run bench -->'
const first = `
## Missed rows, and the reasons

Not written yet.
`

export interface Run {
  options: Options
  versions: Version[]
  results: Result[]
  operations: Operation[]
  postgres: string
  minutes: number
}

export function writePage(run: Run): string {
  const old = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const [from, to] = [old.indexOf(begin), old.indexOf(end)]
  const byHand = from >= 0 && to > from ? old.slice(from + begin.length, to) : first
  writeFileSync(
    file,
    [introduction(run), `${begin}${byHand}${end}`, table(run), processor(run), statements(run), repeat(run)]
      .filter((part) => part !== '')
      .join('\n\n')
      .replace(/\n*$/, '\n'),
  )
  return file
}

function introduction({ results }: Run): string {
  const asked = results.filter((result) => isMet(result) !== null)
  const missed = asked.filter((result) => !isMet(result)).map(({ row: { title } }) => title)
  const failed = results.filter(({ failure }) => failure !== null).map(({ row: { title } }) => title)
  const list = (titles: string[]): string => (titles.length === 0 ? 'none' : titles.join('; '))
  return `# Performance

\`npm run bench\` measures this server beside three others: the version before, the least possible work ("floor"), and its peers. It wrote this page, except for the
section that says so.

- Server, load and PostgreSQL are separate processes. PostgreSQL flushes each commit to the disk (\`fsync\`, \`synchronous_commit\` and \`full_page_writes\` are on). The log
  has the level \`info\` and goes to a file.
- The floor is bare Fastify 5 over HTTP, or \`node:http\` for forward auth. It does only the part of the work that cannot be left out: one prepared read, one durable
  insert, three inserts in one transaction, one signature, one password hash. It checks nothing, limits nothing and logs nothing.
- All columns of a row are measured in turns, round by round. A figure is the median of the rounds, followed by the lowest and the highest. A ratio is the median of the
  ratios of the rounds, so it holds on a machine that is busy or slower. Figures per second and times depend on the machine.

Of ${asked.length} rows with a requirement, ${asked.length - missed.length} meet it. Missed: ${list(missed)}.${failed.length === 0 ? '' : ` Not measured: ${list(failed)}.`}`
}

function table({ results, versions, options }: Run): string {
  const hasBefore = versions.length > 1
  const rows = [head, ...results.map(cells)]
  const shown = hasBefore ? rows : rows.map((row) => row.filter((_, column) => column !== 1 && column !== 3))
  const { members, events, revocations, sessions, people } = options.scale
  const number = (value: number): string => value.toLocaleString('en-US')
  const failures = results.flatMap(({ row, failure }) =>
    failure === null ? [] : [`- ${row.title}: \`${failure.split('\n')[0]?.slice(0, 200).replaceAll('`', "'")}\``],
  )
  return `## Results

Large data: ${number(members)} members in one organization, ${number(events)} events in its audit log, ${number(revocations)} revocations in the last 24 hours, a
person with ${number(sessions)} sessions, and a store of ${number(people)} people with two sessions each.

${markdown(shown)}${failures.length === 0 ? '' : `\n\nNot measured:\n\n${failures.join('\n')}`}`
}

function processor({ results, versions }: Run): string {
  const measured = results.filter(({ cpu }) => Object.keys(cpu).length > 0)
  if (measured.length === 0) return ''
  const names: SubjectName[] = [...versions.map(({ name }) => name), 'floor', ...peers]
  const of = ({ cpu }: Result, name: SubjectName): string => {
    const values = cpu[name]
    return values ? Math.round(median(values)).toLocaleString('en-US') : '–'
  }
  return `## Processor time

Microseconds of processor time that the server's process needs for one request, without PostgreSQL. A busy machine changes them less than it changes a rate. Where a row's
requests need others to prepare them, these are included.

${markdown([['request', ...names], ...measured.map((result) => [result.row.title, ...names.map((name) => of(result, name))])])}`
}

function statements({ operations, versions }: Run): string {
  if (operations.length === 0) return ''
  const names = versions.map(({ name }) => name)
  const cost = (operation: Operation, name: Version['name']): string => {
    const found = operation.costs[name]
    return found ? `${found.statements} / ${found.roundTrips} / ${found.commits}` : '–'
  }
  return `## Statements

The cost of one request at PostgreSQL, with the work after its answer: SQL statements, waits for an answer of the database, and commits that changed something. The bench reads
them on the connection. \`npm run bench -- --statements\` prints the statements.

${markdown([['request', ...names], ...operations.map((operation) => [operation.title, ...names.map((name) => cost(operation, name))])])}`
}

function repeat({ options, versions, postgres, minutes }: Run): string {
  const packages = JSON.parse(readFileSync(join(root, 'bench/package.json'), 'utf8')) as { dependencies: Record<string, string> }
  const peers = ['better-auth', 'oidc-provider', 'fastify', 'pg', '@node-rs/argon2', 'undici'].map((name) => `${name} ${packages.dependencies[name]}`)
  const against = options.against === null ? '' : ` --against ${options.against}`
  const scale = { quick: ' --quick', normal: '', full: ' --scale full' }[options.scale.name]
  const { rounds, seconds } = options.scale
  const length = ` --rounds ${rounds} --seconds ${seconds}`
  const commits = versions.map(({ name, commit }) => `${name} is ${commit}`).join(', ')
  return `## Versions

${commits}. Node ${process.versions.node}, ${postgres}, ${peers.join(', ')}. ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB.

## How to repeat

\`\`\`text
npm run bench --${against}${scale}${length}
\`\`\`

This run took ${Math.round(minutes)} minutes. Nothing else should run meanwhile. \`npm run bench -- --list\` lists the rows, and words after \`--\`
select some of them: \`npm run bench -- me invitation --quick\`. \`npm run bench -- --help\` explains the options. The peers are installed in \`bench/\` at the first run.`
}
