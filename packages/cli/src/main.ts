import { Failure, interrupted } from './errors.ts'
import { version } from './version.ts'

const shortHelp = `muster ${version} · accounts for your cloud

  muster register -u NAME    create an account and log in
  muster login               log in with your browser
  muster profile             show who you are logged in as
  muster org invite          create a secret that lets one person join
  muster org join ORG -      join an organization with a secret

For all commands, run "muster --help"; for one of them, "muster COMMAND --help".
`

/** Returns the exit code. The short help and `--version` do not load the commands, so that they are fast. */
async function main(words: string[]): Promise<number> {
  if (words.length === 0) {
    process.stdout.write(shortHelp)
    return 0
  }
  if (words.length === 1 && (words[0] === '--version' || words[0] === '-V')) {
    process.stdout.write(`${version}\n`)
    return 0
  }
  // A reader that closes the pipe early, such as `head`, is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  const controller = new AbortController()
  // The first Ctrl-C aborts the command at its next wait, so that it can clean up. The second one exits at once.
  process.once('SIGINT', () => {
    controller.abort()
    process.once('SIGINT', () => process.exit(130))
  })
  try {
    const { run } = await import('./program.ts')
    await run(words, controller.signal)
    return 0
  } catch (error) {
    return report(controller.signal.aborted ? interrupted() : error, words)
  }
}

async function report(error: unknown, words: string[]): Promise<number> {
  const { outputFor } = await import('./context.ts')
  const failure =
    error instanceof Failure
      ? error
      : new Failure('Internal error in muster.', {
          code: 'internal_error',
          why: error instanceof Error ? error.message : String(error),
          next: 'Run the command again with --debug for details.',
          cause: error,
        })
  outputFor({ json: words.includes('--json'), quiet: false, debug: words.includes('--debug') }).failure(failure)
  return failure.exit
}

// No top-level await, so that this file can be bundled in either module format.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
