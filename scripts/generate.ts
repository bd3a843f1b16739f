import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cliReference } from '../packages/cli/src/reference.ts'
import { nextStepOf, type ProblemCode, problems } from '../packages/contract/src/problems.ts'
import { readConfig, settings } from '../packages/server/src/config.ts'
import { startServer } from '../packages/server/src/server.ts'
import { openDatabase } from '../packages/server/src/store/database.ts'
import { embedExamples } from './embed.ts'

// Pages and types that are made from the code, so that they are true. `npm run generate` writes them, a test compares them.

const root = join(import.meta.dirname, '..')
const made = (from: string): string => `<!-- Made by \`npm run generate\` from ${from}. Do not edit. -->\n\n`

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
  return `${made('packages/contract/src/problems.ts')}# Problems

Every answer that is not 2xx is \`application/problem+json\` (RFC 9457): \`type\`, \`title\`, \`status\`, \`code\`, \`detail\`, \`next\`, \`command\`, \`request_id\`, and what
belongs to the case beside them. \`next\` fits every surface; \`command\` does it on the command line, and is absent if no command does. A code keeps its meaning for ever. OAuth endpoints keep the OAuth error form and add \`code\`.

| code | status | meaning | next step | command |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`
}

function configurationPage(): string {
  const rows = Object.entries(settings).map(([name, { default: fallback, about }]) => `| \`${name}\` | ${about} | ${fallback} |`)
  return `${made('packages/server/src/config.ts')}# Configuration

Read from the environment, once, at start. All faults are told together; an empty setting is a fault, and never switches a check off.

| setting | effect | without it |
| --- | --- | --- |
${rows.join('\n')}
`
}

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
  return `// Made by \`npm run generate\` from the routes. Do not edit.\n\n${stdout}`
}

/** Those that are not what the code would make now. */
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
