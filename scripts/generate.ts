import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cliReference } from '../packages/cli/src/reference.ts'
import { nextStepOf, type ProblemCode, problems } from '../packages/contract/src/problems.ts'
import { readConfig, settings } from '../packages/server/src/config.ts'
import { inWords, loosest } from '../packages/server/src/domain/command/limit-settings.ts'
import { limits } from '../packages/server/src/domain/command/limits.ts'
import { startServer } from '../packages/server/src/server.ts'
import { openDatabase } from '../packages/server/src/store/database.ts'
import { embedExamples } from './embed.ts'

// Generates pages and types from the code, so that they match the code. `npm run generate` writes them, and a test compares them.

const root = join(import.meta.dirname, '..')
const header = (from: string): string => `<!-- Generated from ${from} by \`npm run generate\`. Do not edit. -->\n\n`

/** Path below the root → content. */
export async function generated(): Promise<Record<string, string>> {
  const openapi = await openapiDocument()
  return {
    'docs/problems.md': problemsPage(),
    'docs/configuration.md': configurationPage(),
    'docs/cli.md': await cliReference(),
    'docs/sign-in-from.md': embedExamples('docs/sign-in-from.md'),
    'packages/contract/src/api.d.ts': await apiTypes(openapi),
  }
}

function problemsPage(): string {
  const rows = Object.entries(problems).map(([code, { status, title }]) => {
    const { next, command } = nextStepOf(code as ProblemCode)
    return `| \`${code}\` | ${status} | ${title} | ${next} | ${command ? `\`${command}\`` : ''} |`
  })
  return `${header('packages/contract/src/problems.ts')}# Problems

Every refusal of the API is \`application/problem+json\` (RFC 9457) with \`type\`, \`title\`, \`status\`, \`code\`, \`detail\`, \`next\`, \`command\`, \`request_id\`, and more members for some codes.
\`next\` is the next step in words that fit the CLI, the console and the API. \`command\` is the CLI command for it, and is absent if there is none. A code never changes its meaning. OAuth
endpoints use the OAuth error format and add \`code\`.

| code | status | meaning | next step | command |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

function configurationPage(): string {
  const rows = Object.entries(settings).map(([name, { default: fallback, about }]) => `| \`${name}\` | ${about} | ${fallback} |`)
  return `${header('packages/server/src/config.ts')}# Configuration

The server reads these settings from the environment once, when it starts. If any are invalid, it reports all of them and does not start. An empty setting is invalid and never switches a
check off.

| setting | meaning | default |
| --- | --- | --- |
${rows.join('\n')}

## Rate limits

\`MUSTER_LIMITS\` changes these, by name: \`MUSTER_LIMITS="sign-in by address=30/15m, token by address=off"\` allows 30 attempts in 15 minutes, and any number of requests. A period has the unit
\`s\`, \`m\`, \`h\` or \`d\`, and is 7 days at most. A limit that protects a secret or an email can be tightened, but is not loosened beyond the last column or switched off. The others only bound the
load. All server processes need the same limits. \`SECURITY.md\` says what each of them protects.

| limit | default | at most |
| --- | --- | --- |
${limitRows().join('\n')}
`
}

const limitRows = (): string[] =>
  Object.entries(limits).map(([name, limit]) => `| \`${name}\` | ${inWords(limit)} | ${'load' in limit ? 'free, or off' : inWords(loosest(limit))} |`)

async function openapiDocument(): Promise<unknown> {
  const config = { ...readConfig({ LOG_LEVEL: 'silent', MUSTER_SECRET: 'x'.repeat(32), MUSTER_ISSUER: 'http://localhost:4000' }, () => ''), port: 0 }
  const database = await openDatabase({})
  const server = await startServer(config, { database })
  try {
    return server.app.swagger()
  } finally {
    await server.close()
    await database.close()
  }
}

async function apiTypes(openapi: unknown): Promise<string> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'tools/openapi/generate.js')], {
    input: JSON.stringify(openapi),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  return `// Generated from the routes by \`npm run generate\`. Do not edit.\n\n${stdout}`
}

/** The paths of generated files that are out of date. */
export async function stale(): Promise<string[]> {
  const current = (path: string): string | null => {
    try {
      return readFileSync(join(root, path), 'utf8')
    } catch {
      return null
    }
  }
  return Object.entries(await generated())
    .filter(([path, content]) => current(path) !== content)
    .map(([path]) => path)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [path, content] of Object.entries(await generated())) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
    process.stderr.write(`${path}\n`)
  }
  process.exit(0)
}
