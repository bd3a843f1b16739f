import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { problems } from '@muster/contract/problems.ts'
import { describe, expect, test } from 'vitest'
import { attacks } from '../../../scripts/attacks.ts'
import { faults } from '../../../scripts/faults/catalogue.ts'
import { circles, foldersIn, importedFiles, importsOf, sources } from './agreements/imports.ts'
import { decisionIndex, decisionRecords } from './agreements/records.ts'
import { brokenLinks, entriesOf, numbersUsed } from './agreements/rule-book.ts'

// Checks the agreements of the project: the imports that ARCHITECTURE.md allows, rules that must have one home, and documents that must match the code.

const root = resolve(import.meta.dirname, '../../..')
const server = join(root, 'packages/server/src')

/** The part of the server a file belongs to: its folder, or its own name for a file at the top. */
const partOf = (file: string): string => relative(server, file).split('/')[0] as string

/** The parts that each part may import. `server.ts` and `main.ts` may import every part. */
const arrows: Record<string, readonly string[]> = {
  domain: [],
  store: ['domain', 'jobs', 'files.ts'],
  jobs: ['domain', 'store', 'mail', 'config.ts'],
  mail: ['domain', 'config.ts'],
  oauth: ['domain', 'config.ts', 'http', 'portal'], // its responses and pages have the form of these two
  http: ['domain', 'config.ts', 'files.ts'],
  signals: ['domain', 'config.ts', 'http'],
  portal: ['domain', 'config.ts', 'files.ts', 'http', 'mail'],
  compat: ['domain', 'config.ts', 'http'], // compat only translates
  'config.ts': ['domain'], // the table of rate limits, from which it reads their settings
  'files.ts': [],
  'compats.ts': ['compat'],
  'administration.ts': ['administration', 'compats.ts', 'config.ts', 'start-failure.ts', 'store'],
  administration: ['compats.ts', 'config.ts', 'domain', 'installation.ts', 'key-ring.ts', 'store'],
  'start-failure.ts': ['config.ts', 'key-ring.ts', 'store'],
  'installation.ts': ['domain', 'key-ring.ts'],
  'key-ring.ts': ['domain'],
  'secret-rotation.ts': ['domain', 'installation.ts', 'key-ring.ts'],
  'password-hasher.ts': ['domain'],
  'password-strength.ts': ['domain'],
  'password-strength-worker.ts': ['password-strength.ts'],
  'webauthn.ts': ['domain'],
  providers: ['domain', 'config.ts', 'signals'], // which addresses are public
}

test('each part of the server imports only the parts it may import', () => {
  const wrong: string[] = []
  for (const file of sources(server)) {
    const part = partOf(file)
    if (part === 'server.ts' || part === 'main.ts') continue
    const allowed = arrows[part]
    expect(allowed, `${part} is not in the list of parts`).toBeDefined()
    for (const specifier of importsOf(file).filter((one) => one.startsWith('.'))) {
      const target = partOf(resolve(dirname(file), specifier))
      if (target !== part && !allowed?.includes(target)) wrong.push(`${relative(root, file)} imports ${specifier}`)
    }
  }
  expect(wrong).toEqual([])
})

test('only oauth/ imports the OAuth library, and the domain imports no I/O library', () => {
  const wrong: string[] = []
  for (const file of sources(server)) {
    const part = partOf(file)
    for (const specifier of importsOf(file)) {
      if (specifier.startsWith('oidc-provider') && part !== 'oauth') wrong.push(`${relative(root, file)} imports ${specifier}`)
      if (part === 'domain' && /^(kysely|pg|pg-boss|@electric-sql|fastify|@fastify|nodemailer|oidc-provider|node:net|node:http|node:fs)/.test(specifier))
        wrong.push(`${relative(root, file)} imports ${specifier}`)
    }
  }
  expect(wrong).toEqual([])
})

/** The areas of the domain in order: each may import the areas before it. `signals` is separate: it imports only model and command, and no area imports it. */
const areas = ['model', 'command', 'resources', 'apis', 'roles', 'credentials', 'invitations', 'factors', 'providers', 'accounts', 'organizations']
const below: Record<string, readonly string[]> = {
  ...Object.fromEntries(areas.map((area, level) => [area, areas.slice(0, level)])),
  signals: ['model', 'command'],
}

test('each area of the domain imports only the areas below it', () => {
  const domain = join(server, 'domain')
  const areaOf = (file: string): string => relative(domain, file).split('/')[0] as string
  const wrong = sources(domain).flatMap((file) =>
    importedFiles(file, { values: true })
      .filter((target) => areaOf(target) !== areaOf(file) && !below[areaOf(file)]?.includes(areaOf(target)))
      .map((target) => `${relative(domain, file)} imports ${relative(domain, target)}`),
  )
  expect(wrong).toEqual([])
})

test('types of the model import no other part of the domain', () => {
  const model = join(server, 'domain/model')
  const wrong = sources(model).flatMap((file) =>
    importsOf(file)
      .filter((specifier) => specifier.startsWith('../'))
      .map((specifier) => `${relative(root, file)} imports ${specifier}`),
  )
  expect(wrong).toEqual([])
})

test('only store/database.ts imports the engine', () => {
  const engine = join(server, 'store/engine/')
  const wrong = sources(server)
    .filter((file) => !file.startsWith(engine) && file !== join(server, 'store/database.ts'))
    .filter((file) => importedFiles(file, { values: false }).some((target) => target.startsWith(engine)))
  expect(wrong.map((file) => relative(root, file))).toEqual([])
})

describe.each(['cli', 'console', 'contract', 'sdk', 'server', 'testkit'])('packages/%s', (name) => {
  const folder = join(root, 'packages', name)
  const graph = (values: boolean): Map<string, string[]> => new Map(sources(join(folder, 'src')).map((file) => [file, importedFiles(file, { values })]))
  const shown = (groups: string[][]): string[] => groups.map((files) => files.map((file) => relative(folder, file)).join(' '))

  test('has no files that import values in a circle', () => {
    expect(shown(circles(graph(true)))).toEqual([])
  })

  test('has at most 5 files in a circle of types', () => {
    expect(shown(circles(graph(false)).filter((files) => files.length > 5))).toEqual([])
  })

  test('has at most 25 entries in each folder', () => {
    const folders = ['src', 'test'].map((part) => join(folder, part)).filter((part) => existsSync(part))
    // Migrations are a numbered list that is only added to, so nobody searches that folder.
    const wrong = folders.flatMap(foldersIn).filter(({ folder: path, entries }) => !path.endsWith('store/migrations') && entries > 25)
    expect(wrong.map(({ folder: large, entries }) => `${relative(root, large)}: ${entries}`)).toEqual([])
  })
})

test('the console imports downwards: app, pages, ui, lib', () => {
  const layers = ['lib', 'ui', 'pages', 'app']
  const console = join(root, 'packages/console/src')
  const wrong: string[] = []
  for (const file of sources(console)) {
    const layer = layers.indexOf(relative(console, file).split('/')[0] as string)
    if (layer === -1) continue // main.tsx starts the app
    for (const specifier of importsOf(file).filter((one) => one.startsWith('.'))) {
      const target = layers.indexOf(relative(console, resolve(dirname(file), specifier)).split('/')[0] as string)
      if (target > layer) wrong.push(`${relative(root, file)} imports ${specifier}`)
    }
  }
  expect(wrong).toEqual([])
})

test('packages may import the contract, and the contract imports no package', () => {
  const wrong: string[] = []
  const may: Record<string, readonly string[]> = {
    contract: [],
    cli: ['contract'],
    console: ['contract'],
    server: ['contract'],
    sdk: ['contract'],
    testkit: ['contract', 'server'],
  }
  for (const [name, allowed] of Object.entries(may)) {
    for (const file of sources(join(root, 'packages', name, 'src'))) {
      for (const specifier of importsOf(file)) {
        const [, target] = /^@muster\/([a-z]+)/.exec(specifier) ?? []
        if (target && target !== name && !allowed.includes(target)) wrong.push(`${relative(root, file)} imports ${specifier}`)
      }
    }
  }
  expect(wrong).toEqual([])
})

test('time in SQL is always muster_now(), and only the testkit moves it (S60)', () => {
  const elsewhere = /(?<![\w.])now\(\)(?!:)|clock_timestamp|current_timestamp|current_date|statement_timestamp|transaction_timestamp|localtimestamp/i
  const wrong = sources(server)
    .filter((file) => partOf(file) !== 'domain' && !/0001-accounts|0024-plain-time/.test(file)) // These migrations define muster_now().
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => elsewhere.test(line) || /function muster_now/.test(line))
        .map((line) => `${relative(root, file)}: ${line.trim()}`),
    )
  expect(wrong).toEqual([])
})

describe('a rule has one home', () => {
  /** Returns the lines of these sources that match, without the excepted files. */
  function lines(pattern: RegExp, folders: readonly string[], except: readonly string[] = []): string[] {
    const files = folders.flatMap((folder) => sources(join(root, folder))).filter((file) => !except.includes(relative(root, file)))
    return files.flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => pattern.test(line))
        .map((line) => `${relative(root, file)}: ${line.trim()}`),
    )
  }

  test('only the domain, authentication and the OAuth endpoints spend rate limits', () => {
    const guards = ['http/authenticate.ts', 'oauth/endpoints.ts', 'oauth/provider.ts', 'oauth/adapter.ts'].map((name) => `packages/server/src/${name}`)
    const folders = readdirSync(server, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !['domain', 'store'].includes(entry.name))
      .map(({ name }) => `packages/server/src/${name}`)
    expect(lines(/\blimits\.(spend|spendTogether|giveBack|isUsedUp)\b|\b(trySpend|spend[A-Z]\w+)\(/, folders, guards)).toEqual([])
  })

  test('only domain/organizations/directory.ts decides who sees an email address (S4)', () => {
    expect(lines(/members:read-email/, ['packages/server/src'], ['packages/server/src/domain/organizations/directory.ts'])).toEqual([])
  })

  test('only the server finds the keys that a member could have copied (S37)', () => {
    const folders = ['packages/cli/src', 'packages/console/src', 'packages/server/src']
    expect(lines(/holder\.kind === 'service_account' && .*created_by|created_by.* && .*holder\.kind === 'service_account'/, folders)).toEqual([])
    const commands = ['membership.ts', 'deactivation.ts'].map((name) => join(server, 'domain/organizations', name))
    for (const file of commands) expect(readFileSync(file, 'utf8'), file).toContain('copyableKeys(')
  })

  test('only http/problem.ts builds the response to an error', () => {
    const begins = /err: problem\.cause|\{ retry_after: \w+ \} = problem|challengeOf\(/
    expect(lines(begins, ['packages/server/src'], ['packages/server/src/http/problem.ts'])).toEqual([])
  })

  test('no surface reads the words of another: next steps and remedies have codes', () => {
    const parses = /\.(includes|startsWith|endsWith|match|replace|replaceAll|split|test|exec)\([^)]*(muster | transfer )|\^muster /
    expect(lines(parses, ['packages/console/src', 'packages/cli/src', 'packages/server/src'])).toEqual([])
    for (const { next } of Object.values(problems)) expect(next).not.toContain('muster ')
  })

  test('only contract/src/revocation.ts decides what a revocation says about a token', () => {
    const translated = ['event-types.ts', 'event-tokens.ts'].map((name) => `packages/server/src/signals/${name}`) // for CAEP and RISC
    expect(lines(/value\)?\??\.(reason|epoch|until|suspended|version)\b/, ['packages/sdk/src', 'packages/server/src'], translated)).toEqual([])
  })
})

describe('the rule book, docs/rules.md and docs/threats.md', () => {
  const rules = entriesOf('docs/rules.md')
  const threats = entriesOf('docs/threats.md')
  const entries = [...rules, ...threats]
  const defined = new Set(entries.map(({ number }) => number))
  const textOf = (path: string): string => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '')
  const names = (path: string, number: string): boolean => new RegExp(`\\b${number}\\b`).test(textOf(path))

  test('defines each number once', () => {
    expect(entries.length).toBeGreaterThan(100)
    expect(entries.map(({ number }) => number).filter((number, index, all) => all.indexOf(number) !== index)).toEqual([])
  })

  test('defines every number that code, tests, scripts and documents use', () => {
    const undefinedUses = [...numbersUsed(entries)].flatMap(([file, numbers]) =>
      numbers.filter((number) => !defined.has(number)).map((number) => `${file} uses ${number}`),
    )
    expect(undefinedUses).toEqual([])
  })

  test('names files that exist and contain the named symbols', () => {
    const missing = entries.flatMap(({ number, heldBy, provedBy }) =>
      [...heldBy, ...provedBy].flatMap(({ path, symbols }) => {
        if (!existsSync(join(root, path))) return [`${number}: ${path} does not exist`]
        return symbols.filter((symbol) => !names(path, symbol)).map((symbol) => `${number}: ${path} has no ${symbol}`)
      }),
    )
    expect(missing).toEqual([])
  })

  test('says of each rule which file holds it and which tests name it', () => {
    const unproved = rules.flatMap(({ number, heldBy, provedBy }) => [
      ...(heldBy.length === 0 || provedBy.length === 0 ? [`${number} has no file or no test`] : []),
      ...provedBy.filter(({ path }) => !names(path, number)).map(({ path }) => `${path} does not name ${number}`),
    ])
    expect(unproved).toEqual([])
  })

  test('says of each invariant which file holds it and a test that names it', () => {
    const invariants = threats.filter(({ number }) => number.startsWith('I'))
    const unproved = invariants.filter(({ number, heldBy, provedBy }) => heldBy.length === 0 || !provedBy.some(({ path }) => names(path, number)))
    expect(unproved.map(({ number }) => number)).toEqual([])
  })

  test('lists the attacks of scripts/attacks.ts, each with the test of its planted fault', () => {
    const listed = threats.filter(({ number }) => !number.startsWith('I'))
    expect(listed.map(({ number }) => number).toSorted()).toEqual(Object.keys(attacks).toSorted())
    const unproved = listed.filter(({ number, heldBy, provedBy }) => {
      const by = attacks[number]
      if (typeof by !== 'string') return false // The reason is in scripts/attacks.ts.
      const tests = faults.filter(({ title }) => title.includes(by)).map(({ test }) => test)
      return heldBy.length === 0 || !provedBy.some(({ path }) => tests.includes(path))
    })
    expect(unproved.map(({ number }) => number)).toEqual([])
  })
})

describe('the decision records, docs/decisions', () => {
  const records = decisionRecords()

  test('have a number, a status with its date, and four sections', () => {
    expect(records.length).toBeGreaterThan(30)
    expect(records.flatMap(({ file, faults }) => faults.map((fault) => `${file}: ${fault}`))).toEqual([])
  })

  test('have unique numbers', () => {
    const numbers = records.map(({ file }) => file.slice(0, 4))
    expect(numbers.filter((number, index) => numbers.indexOf(number) !== index)).toEqual([])
  })

  test('have a row each in README.md, with their title and status', () => {
    expect(decisionIndex()).toEqual(records.map(({ row }) => row))
  })
})

test('links of the documents lead to files and headings that exist', () => {
  expect(brokenLinks()).toEqual([])
})
