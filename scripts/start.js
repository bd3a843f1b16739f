// @ts-check
import { isBuilt } from './built.js'
import { correctSignalsFromNpm } from './npm-signals.js'

// `npm start`: builds what is missing or older than its sources, then starts the server. Plain JavaScript, for the reason in packages/server/bin/entry.js.

correctSignalsFromNpm()
if (!isBuilt()) {
  const { build } = await import('./build.ts')
  await build((line) => process.stderr.write(`${line}\n`))
}
await import('../packages/server/bin/server.js')
