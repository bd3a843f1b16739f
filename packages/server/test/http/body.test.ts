import { gzipSync } from 'node:zlib'
import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { parseJson } from '@muster/server/http/body.ts'
import { type Human, type Muster, OPERATOR_TOKEN, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// One body must not have two meanings: a gateway in front of Muster may have checked the other one.

const bytes = (text: string): Buffer => Buffer.from(text)
const refusal = (text: string): unknown => {
  try {
    parseJson(bytes(text))
    return null
  } catch (error) {
    return (error as { detail?: string }).detail ?? (error as { code: string }).code
  }
}
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
const TWICE = 'An object in the body has two members with the same name.'

/** JSON as a sender may write it: with the members in a list, so that a name can be repeated. */
type Written = string | number | boolean | null | Written[] | { members: [string, Written][] }

const written = fc.letrec<{ value: Written }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(fc.constantFrom('', '"', '\\', ':', '{"a":1}', '\\"a":', '💥'), fc.string({ unit: 'binary' })),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.record({ members: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c:', '"d', '\\e', 'é'), tie('value')), { maxLength: 4 }) }),
  ) as fc.Arbitrary<Written>,
})).value

/** Writes some names with escapes, and white space around all of them. The meaning stays the same. */
function textOf(value: Written, escaped: boolean): string {
  if (Array.isArray(value)) return `[ ${value.map((each) => textOf(each, escaped)).join(' ,\n')} ]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const nameOf = (name: string, index: number): string =>
    escaped && index % 2 === 1 ? `"${[...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"` : JSON.stringify(name)
  return `{ ${value.members.map(([name, each], index) => `${nameOf(name, index)}\t: ${textOf(each, escaped)}`).join(' , ')}}`
}

function hasNameTwice(value: Written): boolean {
  if (Array.isArray(value)) return value.some(hasNameTwice)
  if (typeof value !== 'object' || value === null) return false
  return new Set(value.members.map(([name]) => name)).size < value.members.length || value.members.some(([, each]) => hasNameTwice(each))
}

describe('parsing JSON', () => {
  test('refuses a body if, and only if, an object in it repeats a name', () => {
    fc.assert(
      fc.property(written, fc.boolean(), (value, escaped) => {
        const text = textOf(value, escaped)
        if (hasNameTwice(value)) expect(refusal(text)).toBe(TWICE)
        else expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000 },
    )
  })

  test('accepts and refuses every other text as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', 'a', '1', ' ') })), (text) => {
        const outcome = refusal(text)
        if (outcome === 'malformed_body') expect(text.includes('__proto__') || !isJson(text)).toBe(true)
        else if (outcome === null) expect(parseJson(bytes(text))).toEqual(JSON.parse(text))
        else expect(isJson(text)).toBe(true) // A name may be repeated by chance. The property above covers that.
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['at the top', '{"role":"member","role":"admin"}'],
    ['in an object in a list', '[{"a":{"b":1,"b":1}}]'],
    ['with an escape in one of the names', '{"role":"member","r\\u006fle":"admin"}'],
    ['with an object for a value', '{"a":{"b":1},"a":2}'],
  ])('refuses a repeated name: %s', (_, text) => {
    expect(refusal(text)).toBe(TWICE)
  })

  test("refuses names that change an object's prototype", () => {
    for (const text of ['{"__proto__":{"admin":true}}', '{"\\u005f_proto__":1}', '{"constructor":{"prototype":{}}}'])
      expect(refusal(text)).toBe('malformed_body')
  })

  test('reads a body that is nested deeper than the call stack', () => {
    const text = `${'['.repeat(30_000)}${']'.repeat(30_000)}`
    expect(refusal(text)).toBeNull()
  })

  test('refuses bytes that are not UTF-8', () => {
    for (const wrong of [
      Buffer.from([0x22, 0xff, 0x22]),
      Buffer.from('{"a":1}', 'utf16le'),
      Buffer.from('"\xe9"', 'latin1'),
      Buffer.from([0x22, 0xc0, 0xaf, 0x22]),
    ])
      expect(() => parseJson(wrong)).toThrow(expect.objectContaining({ code: 'malformed_body' }))
  })
})

describe('requests', () => {
  let muster: Muster
  let people: Record<string, Human>
  beforeAll(async () => {
    muster = await startMuster({ env: { MUSTER_COMPAT: 'dbos,featurebase' } })
    people = await muster.organization({ ada: 'admin', bob: 'member' })
  })
  afterAll(() => muster.close())

  const send = async (method: string, path: string, body: string | Buffer, headers: Record<string, string> = {}) => {
    const answer = await fetch(muster.url + path, { method, body: new Uint8Array(Buffer.from(body)), headers, redirect: 'manual' })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
  const bearer = (name: string) => ({ authorization: `Bearer ${people[name]?.token}` })
  const json = { 'content-type': 'application/json' }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test('the API changes no role when the body repeats the role', async () => {
    const answer = await send('PATCH', '/v1/organizations/ada/members/bob', '{"role":"member","role":"admin"}', { ...json, ...bearer('ada') })
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_body', detail: TWICE } })
    const { body } = await muster.call('GET', '/v1/organizations/ada/members/bob', { token: people['ada']?.token })
    expect(body.role).toBe('member')
  })

  test.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text', 'text/plain'],
    ['JSON by another name', 'application/merge-patch+json'],
    ['another charset', 'application/json; charset=utf-16'],
    ['another charset in quotes', 'application/json; charset="iso-8859-1"'],
    ['another charset with a space before the sign', 'application/json; charset =utf-16'],
    ['two charsets', 'application/json; charset=utf-8; charset=utf-16'],
    ['another parameter', 'application/json; profile="x"'],
  ])('the API answers 415 to %s', async (_, type) => {
    const answer = await send('PATCH', '/v1/me', '{"given_name":"Ada"}', { 'content-type': type, ...bearer('ada') })
    expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } })
  })

  test('the API reads JSON that is declared to be in UTF-8', async () => {
    for (const type of ['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"', 'application/json;'])
      expect((await send('PATCH', '/v1/me', '{"given_name":"Zoë"}', { 'content-type': type, ...bearer('ada') })).body.given_name).toBe('Zoë')
  })

  test.each(['gzip', 'deflate', 'br', 'identity', 'x-unknown'])('a body with Content-Encoding %s is refused everywhere', async (coding) => {
    const encoded = coding === 'gzip' ? gzipSync('{"given_name":"Eve"}') : '{"given_name":"Eve"}'
    for (const [method, path, type] of [
      ['PATCH', '/v1/me', json],
      ['POST', '/oauth/token', form],
      ['POST', '/oauth/revoke', form],
      ['POST', '/sign-in', form],
      ['POST', '/', json],
      ['PATCH', '/v1alpha1/ada', json],
      ['PATCH', '/v2/users/current', json],
    ] as const) {
      const answer = await send(method, path, encoded, { ...type, 'content-encoding': coding, ...bearer('ada') })
      expect([path, answer.status, answer.headers.get('accept-encoding')]).toEqual([path, 415, 'identity'])
    }
  })

  test('OAuth endpoints refuse a repeated parameter', async () => {
    const { body: client } = await muster.call('POST', '/v1/operator/clients', {
      token: OPERATOR_TOKEN,
      body: { name: 'Two', grants: ['client_credentials'], scopes: ['introspect'] },
    })
    const who = `client_id=${client.id}&client_secret=${client.secret}`
    for (const [path, body] of [
      ['/oauth/token', `grant_type=client_credentials&${who}&client_id=${CLI_CLIENT_ID}`],
      ['/oauth/device/code', `client_id=${CLI_CLIENT_ID}&scope=openid&scope=api`],
      ['/oauth/introspect', `${who}&token=a&token=b`],
      ['/oauth/revoke', `client_id=${CLI_CLIENT_ID}&token=a&client_id=${client.id}`],
    ] as const)
      expect(await send('POST', path, body, form)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test('the portal refuses a form with a repeated field', async () => {
    const answer = await send('POST', '/sign-in', `identifier=ada&identifier=bob&password=${encodeURIComponent(PASSWORD)}`, { ...form, origin: muster.url })
    expect([answer.status, answer.headers.get('set-cookie')]).toEqual([400, null])
  })

  test('the portal refuses JSON', async () => {
    expect((await send('POST', '/sign-in', '{}', { ...json, origin: muster.url })).status).toBe(415)
  })

  test('the routes of dbos-cloud refuse a repeated name', async () => {
    const answer = await send('PATCH', '/v1alpha1/ada', '{"newName":"north","newName":"south"}', { ...json, ...bearer('ada') })
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_body' } })
    expect(await send('POST', '/oauth/revoke', '{"token":"a","token":"b"}', json)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })

  test('the revocation endpoint accepts the JSON that dbos-cloud sends', async () => {
    expect((await send('POST', '/oauth/revoke', JSON.stringify({ client_id: CLI_CLIENT_ID, token: 'unknown' }), json)).status).toBe(200)
  })

  test.each([undefined, 'application/json', 'application/x-www-form-urlencoded', 'text/plain'])(
    'FeatureBase scripts log in with content type %s',
    async (type) => {
      const ada = people['ada'] as Human
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
      expect((await send('POST', '/', JSON.stringify({ USERNAME: ada.email, PASSWORD: ada.password }), headers)).status).toBe(200)
      const twice = `{"USERNAME":"eve","USERNAME":${JSON.stringify(ada.email)},"PASSWORD":${JSON.stringify(ada.password)}}`
      expect(await send('POST', '/', twice, headers)).toMatchObject({ status: 400, body: { code: 'malformed_body' } })
    },
  )

  test('the routes of FeatureBase refuse a repeated name', async () => {
    const answer = await send('PATCH', '/v2/users/bob', '{"role":"member","role":"admin"}', { ...json, ...bearer('ada') })
    expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_body' } })
  })
})
