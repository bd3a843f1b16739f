// @ts-check
import { flushCompileCache } from 'node:module'
import { entry, withSmallHeap } from './entry.js'

// Starts the server.

await withSmallHeap(() => import(entry('main')))
flushCompileCache() // now, because a process that is killed writes nothing
