// @ts-check
import { flushCompileCache } from 'node:module'
import { entry } from './entry.js'

// Starts the server.

await import(entry('main'))
flushCompileCache() // now, because a process that is killed writes nothing
