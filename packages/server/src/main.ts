import { readFileSync } from 'node:fs'
import { styleText } from 'node:util'
import { reaching } from '@muster/contract/command-line.ts'
import { type Config, ConfigError, readConfig } from './config.ts'
import { WrongSecret } from './installation.ts'
import { type RunningServer, startServer } from './server.ts'
import { DataFolderInUse } from './store/data-folder.ts'
import { DatabaseTooOld } from './store/database.ts'

// The process: settings in, banner out, signals to an orderly end.

const say = (text: string): void => void process.stderr.write(`${text}\n`)

try {
  const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'))
  const server = await startServer(config)
  say(banner(config))
  endOnSignals(server)
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof DataFolderInUse || error instanceof DatabaseTooOld || error instanceof WrongSecret
  if (expected) say(`${styleText('red', '✗')} ${error.message}`)
  else if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
    say(`${styleText('red', '✗')} ${(error as Error).message.replace('listen EADDRINUSE: ', '')}. Stop what listens there, or choose another PORT.`)
  else if (isUnreachable(error))
    say(
      `${styleText('red', '✗')} The database cannot be reached: ${(error as Error).message || (error as NodeJS.ErrnoException).code}. Check DATABASE_URL and that the server runs.`,
    )
  else say((error as Error).stack ?? String(error))
  process.exit(1)
}

function isUnreachable(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException
  return ['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', '3D000', '28P01', '28000', '57P03'].includes(code)
}

function banner({ issuer, localMailbox, databaseUrl, dataDir, smtpUrl }: Config): string {
  const bold = (text: string): string => styleText('bold', text)
  const muted = (text: string): string => styleText('dim', text)
  const tries: [line: string, does: string][] = [
    [reaching('npx muster register -u alice', issuer), 'sign up and log in'],
    ['npx muster profile', 'see who you are'],
    ['npx muster org invite', 'let someone in'],
  ]
  const width = Math.max(...tries.map(([line]) => line.length))
  return [
    '',
    `  ${bold('Muster')} is ready at ${bold(issuer)}`,
    '',
    `  ${muted('Mail')}      ${localMailbox ? `${issuer}/mailbox` : `by ${new URL(smtpUrl ?? '').host}`}`,
    `  ${muted('Data')}      ${databaseUrl === null ? dataDir : `PostgreSQL at ${new URL(databaseUrl).host}`}`,
    `  ${muted('API')}       ${issuer}/docs`,
    '',
    '  Try, in another terminal:',
    '',
    ...tries.map(([line, does]) => `    ${line.padEnd(width)}   ${muted(does)}`),
    '',
    `  ${muted('Ctrl-C ends it.')}`,
    '',
  ].join('\n')
}

function endOnSignals(server: RunningServer): void {
  let ending = false
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (ending) {
      say('Stopped without waiting.')
      process.exit(1)
    }
    ending = true
    say(`\n  ${signal === 'SIGINT' ? 'Ctrl-C' : signal}: finishing what is under way. Once more stops at once.`)
    await server.close()
    say('  Stopped.')
    process.exit(0)
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
}
