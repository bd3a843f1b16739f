import type { FastifyInstance, FastifyRequest } from 'fastify'
import secureJson from 'secure-json-parse'
import { Problem } from '../domain/model/problem.ts'

// Reads request bodies. Two parsers must not read a body differently, because a gateway in front of Muster may have checked the other reading.

/** The API accepts JSON only. */
export function acceptJson(app: FastifyInstance): void {
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    requireUtf8(request)
    return body.length === 0 ? undefined : parseJson(body) // many clients declare JSON with every request, also without a body
  })
}

/** Forms are for the portal's pages and for OAuth (RFC 6749 section 3.2). */
export function acceptForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    requireUtf8(request)
    return parseForm(body)
  })
}

/** For a library that parses the form itself. */
export function acceptFormText(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    requireUtf8(request)
    return decode(body)
  })
}

/** Muster does not decode bodies. A gateway that does not decode them either would have checked other bytes. */
export function refuseEncodedBodies(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, reply, done) => {
    if (headers['content-encoding'] === undefined) return done()
    reply.header('accept-encoding', 'identity') // RFC 9110 section 15.5.16
    done(new Problem('unsupported_media_type', 'Send the body without a Content-Encoding.'))
  })
}

/** Any other parameter is refused, so that no charset passes in an unusual spelling. */
const onlyUtf8 = /^[^;]+(;\s*(charset=("utf-8"|utf-8)\s*)?)?$/i

function requireUtf8({ headers }: FastifyRequest): void {
  if (!onlyUtf8.test(headers['content-type'] ?? ''))
    throw new Problem('unsupported_media_type', 'The body must be UTF-8. The content type may have the parameter charset=utf-8 and no other.')
}

/** @throws Problem malformed_body */
export function parseJson(bytes: Buffer): unknown {
  const text = decode(bytes)
  let value: unknown
  try {
    value = secureJson.parse(text)
  } catch {
    throw new Problem('malformed_body')
  }
  // The parser keeps the last of several members with the same name (RFC 8259 section 4), so the value then has fewer members than its text.
  if (membersIn(value) !== membersInText(text)) throw new Problem('malformed_body', 'An object in the body has two members with the same name.')
  return value
}

/** In valid JSON, each member has one colon, and every other colon is inside a string. */
function membersInText(text: string): number {
  let members = 0
  let inString = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') inString = !inString
    else if (inString && character === '\\') at += 1
    else if (!inString && character === ':') members += 1
  }
  return members
}

/** A loop, because a body can be nested deeper than the call stack. */
function membersIn(value: unknown): number {
  let members = 0
  const pending = [value]
  while (pending.length > 0) {
    const next = pending.pop()
    if (typeof next !== 'object' || next === null) continue
    const values = Object.values(next)
    if (!Array.isArray(next)) members += values.length
    for (const each of values) pending.push(each)
  }
  return members
}

/** @throws Problem malformed_body */
function parseForm(bytes: Buffer): Record<string, string> {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(decode(bytes))) {
    // RFC 6749 sections 3.1 and 3.2: a parameter must not be included more than once.
    if (fields.has(name)) throw new Problem('malformed_body', `The form contains the field ${JSON.stringify(name.slice(0, 40))} twice.`)
    fields.set(name, value)
  }
  return Object.fromEntries(fields)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new Problem('malformed_body', 'The body is not in UTF-8.')
  }
}
