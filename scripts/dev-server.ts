// The server of `npm run dev` in its own process. The server stops when its parent has ended, so that the data folder does not stay locked.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))

// After a restart one line is enough: the addresses have been printed.
if (process.argv.includes('--restarted')) {
  const write = process.stderr.write.bind(process.stderr)
  process.stderr.write = ((text: string, ...rest: []) => {
    if (!text.includes('Ctrl-C ends it.')) return write(text, ...rest)
    process.stderr.write = write
    return write(`Restarted in ${process.uptime().toFixed(1)} s.\n`)
  }) as typeof process.stderr.write
}

await import('../packages/server/src/main.ts')
