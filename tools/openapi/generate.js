// Reads an OpenAPI document from standard input and prints its TypeScript types. A process of its own: openapi-typescript needs TypeScript 5.
import { text } from 'node:stream/consumers'
import openapiTS, { astToString } from 'openapi-typescript'

const document = JSON.parse(await text(process.stdin))
process.stdout.write(astToString(await openapiTS(document)))
