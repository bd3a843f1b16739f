// @ts-check
import { flushCompileCache } from 'node:module'
import { setFlagsFromString } from 'node:v8'
import { entry } from './entry.js'

// Starts the server.

setFlagsFromString('--semi-space-growth-factor=1') // while the modules are loaded, as src/signals/log/young-generation.ts explains
await import(entry('main'))
flushCompileCache() // now, because a process that is killed writes nothing
