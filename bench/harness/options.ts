import { parseArgs } from 'node:util'

export interface Scale {
  name: 'quick' | 'normal' | 'full'
  members: number
  events: number
  revocations: number
  sessions: number
  /** In the store that is moved and backed up. */
  people: number
  rounds: number
  /** Of load, for one version in one round. */
  seconds: number
  /** Before the memory of an idle server is read. */
  idleSeconds: number
}

const scales: Record<Scale['name'], Omit<Scale, 'name'>> = {
  quick: { members: 20_000, events: 50_000, revocations: 20_000, sessions: 5_000, people: 5_000, rounds: 3, seconds: 0.7, idleSeconds: 5 },
  normal: { members: 100_000, events: 200_000, revocations: 100_000, sessions: 20_000, people: 100_000, rounds: 5, seconds: 2, idleSeconds: 20 },
  full: { members: 1_000_000, events: 2_000_000, revocations: 1_000_000, sessions: 100_000, people: 100_000, rounds: 5, seconds: 3, idleSeconds: 30 },
}

export interface Options {
  /** A row runs when its id or title contains one of them, and all rows run without words. */
  words: string[]
  against: string | null
  scale: Scale
  json: boolean
  /** Writes docs/performance.md although only some rows run. */
  page: boolean
  list: boolean
  check: boolean
  /** Prints the statements of each operation. */
  statements: boolean
  /** Prints how PostgreSQL executes each statement, and measures nothing. */
  plans: boolean
}

export const usage = `npm run bench -- [words] [options]

Measures Muster beside the least possible work and its peers, and writes docs/performance.md.
With words, only the rows that contain one of them run, and the page is only written with --page.

  --against <git ref>   also measures that version ("before"), interleaved with this one ("after")
  --quick               little data and short rounds
  --scale full          a million members and revocations, two million events
  --rounds <number>, --seconds <number>
                        how often each column is measured, and for how long
  --page                writes the page with these rows only
  --json                prints the results as JSON; progress goes to standard error
  --statements          prints the SQL statements of each operation
  --plans               prints how PostgreSQL executes each statement of each operation on large data,
                        names those that read a large table in whole or sort many rows, and measures nothing
  --list                lists the rows
  --check               type-checks the bench with the peers installed`

/** @throws Error that says what is wrong with the words */
export function readOptions(args: string[]): Options {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      against: { type: 'string' },
      quick: { type: 'boolean', default: false },
      scale: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      statements: { type: 'boolean', default: false },
      plans: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(`${usage}\n`)
    process.exit(0)
  }
  const name = values.quick ? 'quick' : (values.scale ?? 'normal')
  if (!Object.hasOwn(scales, name)) throw new Error(`--scale is one of ${Object.keys(scales).join(', ')}.`)
  const usual = scales[name as Scale['name']]
  const [rounds, seconds] = [Number(values.rounds ?? usual.rounds), Number(values.seconds ?? usual.seconds)]
  if (!(rounds >= 1 && seconds > 0)) throw new Error('--rounds and --seconds are numbers above 0.')
  const scale = { name: name as Scale['name'], ...usual, rounds, seconds }
  return {
    words: positionals,
    against: values.against ?? null,
    scale,
    json: values.json,
    page: values.page,
    list: values.list,
    check: values.check,
    statements: values.statements,
    plans: values.plans,
  }
}
