// @ts-check
import { entry } from './entry.js'

// `administration.js migrate`, `config`, `backup`, `restore` or `move`, for the command of `muster server` with that name.

const { administer } = await import(entry('administration'))
await administer(process.argv.slice(2))
