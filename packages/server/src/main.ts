import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { styleText } from 'node:util'
import { reaching } from '@muster/contract/command-line.ts'
import { compatNames } from './compats.ts'
import { type Config, readConfig } from './config.ts'
import { isRelease } from './files.ts'
import { type RunningServer, startServer } from './server.ts'
import { keepYoungGenerationSmall, letYoungGenerationGrow } from './signals/log/young-generation.ts'
import { describeStartFailure } from './start-failure.ts'

// Starts the server, prints the banner, and shuts down on a signal.

const say = (text: string): void => void process.stderr.write(`${text}\n`)

// The kernel gives the first process of a container no signal that it does not handle.
const endStarting = (): never => process.exit(1)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, endStarting)

try {
  keepYoungGenerationSmall('start')
  const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'), compatNames)
  const server = await startServer(config)
  letYoungGenerationGrow('start')
  say(banner(config, server.cli))
  endOnSignals(server, config)
} catch (error) {
  const failure = describeStartFailure(error)
  say(failure === null ? ((error as Error).stack ?? String(error)) : `${styleText('red', '✗')} ${failure}`)
  process.exit(1)
}

function banner({ issuer, localMailbox, databaseUrl, dataDir, smtpUrl, cliCommand }: Config, elsewhere: string): string {
  const bold = (text: string): string => styleText('bold', text)
  const muted = (text: string): string => styleText('dim', text)
  const inRepository = cliCommand === null && !isRelease
  const here = inRepository ? 'npx muster' : elsewhere // the working directory is the repository, where npx finds the command
  const tries: [line: string, does: string][] = [
    [reaching(`${here} register -u alice`, issuer), 'sign up and log in'],
    [`${here} profile`, 'see who you are'],
    [`${here} org invite`, 'let someone in'],
  ]
  const width = Math.max(...tries.map(([line]) => line.length))
  return [
    '',
    `  ${bold('Muster')} is ready at ${bold(issuer)}`,
    '',
    `  ${muted('Email')}     ${localMailbox ? `${issuer}/mailbox` : `by ${new URL(smtpUrl ?? '').host}`}`,
    `  ${muted('Data')}      ${databaseUrl === null ? dataDir : `PostgreSQL at ${new URL(databaseUrl).host}`}`,
    `  ${muted('API')}       ${issuer}/docs`,
    '',
    '  Try, in another terminal, in this folder:',
    '',
    ...tries.map(([line, does]) => `    ${line.padEnd(width)}   ${muted(does)}`),
    '',
    ...(inRepository ? [`  ${muted('Elsewhere')} ${elsewhere} COMMAND`, ''] : []),
    `  ${muted('Ctrl-C ends it.')}`,
    '',
  ].join('\n')
}

function endOnSignals(server: RunningServer, { drainSeconds }: Config): void {
  let ending = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (ending) {
      say('Stopped without waiting.')
      process.exit(1)
    }
    ending = true
    const name = signal === 'SIGINT' ? 'Ctrl-C' : signal
    if (signal === 'SIGTERM' && drainSeconds > 0) {
      say(`\n  ${name}: not ready any more, and serving requests for ${drainSeconds} seconds. A second signal stops it at once.`)
      await Promise.all([server.drain(), sleep(drainSeconds * 1_000)])
      say('  Finishing the requests in progress.')
    } else say(`\n  ${name}: finishing the requests in progress. A second signal stops it at once.`)
    await server.close()
    say('  Stopped.')
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end).off(signal, endStarting)
}
