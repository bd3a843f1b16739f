import './bin/node-version.js'
import { correctSignalsFromNpm } from './bin/npm-signals.js'

// Starts the server: `node server.js`, or `npm start`.

correctSignalsFromNpm()
await import('./bin/server.js')
