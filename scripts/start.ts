import { build } from './build.ts'
import { correctSignalsFromNpm } from './npm-signals.ts'

correctSignalsFromNpm()
await build((line) => process.stderr.write(`${line}\n`))
await import('../packages/server/src/main.ts')
