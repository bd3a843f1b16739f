import { execFileSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { textsOfDocument } from './english/document.ts'
import { covers, exceptions } from './english/exceptions.ts'
import type { Passage } from './english/passage.ts'
import { textsOfProgram } from './english/program.ts'
import { type Finding, findingsIn } from './english/rules.ts'

// Checks test titles, interface strings, documents and commit subjects for English that reads like a translation.

const root = fileURLToPath(new URL('..', import.meta.url))

/** Subjects are checked after this commit: earlier ones cannot be changed. */
const lastUncheckedCommit = 'aa02e06'

const notOurs = new Set(['node_modules', 'dist', '.git', '.muster', 'coverage'])
/** Generated pages. Their text is checked in its source. */
const generated = new Set(['docs/cli.md', 'docs/configuration.md', 'docs/problems.md'])
/** Files whose strings repeat text or name the words to avoid: tests quote the interface, faults quote titles and code, and a migration never changes. */
const quoting = /(?:^|\/)test\/|^scripts\/(?:faults|english)\/|\/migrations\//

/** Returns every text that breaks a rule without an exception, and every unused exception. */
export function checkEnglish(): string[] {
  const findings = [...sources().flatMap((file) => findingsIn(file, textsOf(file))), ...findingsIn('commit', subjects())]
  const unneeded = exceptions.filter((exception) => !findings.some((finding) => covers(exception, finding)))
  return [
    ...findings.filter((finding) => !exceptions.some((exception) => covers(exception, finding))).map(describeFinding),
    ...unneeded.map(({ path, rule, text = '' }) => `scripts/english/exceptions.ts  nothing needs the exception: ${path} ${rule} ${text}`),
  ]
}

function sources(): string[] {
  return globSync('**/*.{ts,tsx,js,mjs,md}', { cwd: root, exclude: (path) => notOurs.has(basename(path)) || path.endsWith('.d.ts') })
    .concat(globSync('.{github,changeset}/**/*.md', { cwd: root }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => !generated.has(file))
    .toSorted()
}

export function textsOf(file: string, source = readFileSync(join(root, file), 'utf8')): Passage[] {
  if (file.endsWith('.md')) return textsOfDocument(source)
  const passages = textsOfProgram(file, source)
  return quoting.test(file) ? passages.filter(({ kind }) => kind === 'title') : passages
}

/** The subjects of the commits. An archive without a repository has none, and a shallow clone has only the last one. */
function subjects(): Passage[] {
  const log = (...range: string[]): string[] =>
    execFileSync('git', ['log', '--no-merges', '--format=%h %s', ...range], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
      .split('\n')
      .filter(Boolean)
  let lines: string[]
  try {
    lines = log(`${lastUncheckedCommit}..HEAD`)
  } catch {
    try {
      lines = log('-1')
    } catch {
      lines = []
    }
  }
  return lines.map((line) => ({ kind: 'subject', line: 0, text: line.slice(line.indexOf(' ') + 1) }))
}

export function describeFinding({ file, line, rule, found, text }: Finding): string {
  const place = line === 0 ? file : `${file}:${line}`
  return `${place}  ${rule.name} (${found})  ${text.length > 120 ? `${text.slice(0, 119)}…` : text}\n  → ${rule.say}`
}

if (import.meta.main) {
  const findings = checkEnglish()
  for (const finding of findings) process.stdout.write(`${finding}\n`)
  if (findings.length > 0) {
    process.stdout.write(`${findings.length} texts to rewrite. Why each rule exists: scripts/english/rules.ts\n`)
    process.exitCode = 1
  }
}
