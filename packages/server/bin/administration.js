// @ts-check
import { entry } from './entry.js'

// `administration.js migrate` and `administration.js config`, for `muster server migrate` and `muster server config`.

const { administer } = await import(entry('administration'))
await administer(process.argv.slice(2))
