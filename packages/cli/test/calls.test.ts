import { expect, expectTypeOf, test } from 'vitest'
import { Calls } from '../src/api/calls.ts'
import type { HttpRequest } from '../src/api/http.ts'
import { readAllPages, readPages } from '../src/api/pages.ts'
import type { Member } from '../src/api/types.ts'

/** Records what would be sent. */
class RecordedCalls extends Calls {
  readonly sent: { method: string; path: string; body: string | null; idempotencyKey: string | undefined; repeatable: boolean }[] = []
  readonly #answers: unknown[]

  constructor(...answers: unknown[]) {
    super('https://muster.test')
    this.#answers = answers
  }

  override async send({ method, url, headers, body }: HttpRequest, { repeatable }: { repeatable: boolean }): Promise<unknown> {
    const { pathname, search } = new URL(url)
    this.sent.push({ method, path: pathname + search, body, idempotencyKey: headers['idempotency-key'], repeatable })
    return this.#answers.shift() ?? {}
  }
}

const org = 'acme'

test('a call with a wrong path, parameter or body does not compile', () => {
  // Only compiled: `npm run check` fails when one of these lines has no error.
  void (async (calls: Calls) => {
    // @ts-expect-error there is no such path
    await calls.GET('/v1/mee')
    // @ts-expect-error the path has no such method
    await calls.PUT('/v1/me')
    // @ts-expect-error the parameters are missing
    await calls.GET('/v1/organizations/{org}/members')
    // @ts-expect-error the parameter has another name
    await calls.GET('/v1/organizations/{org}/members', { params: { path: { organization: org } } })
    // @ts-expect-error the query has no such parameter
    await calls.GET('/v1/organizations/{org}/members', { params: { path: { org }, query: { stat: 'active' } } })
    // @ts-expect-error the status is none of the three
    await calls.GET('/v1/organizations/{org}/members', { params: { path: { org }, query: { status: 'gone' } } })
    // @ts-expect-error the body is missing
    await calls.POST('/v1/me/keys')
    // @ts-expect-error a field of the body is missing
    await calls.POST('/v1/me/keys', { body: {} })
    // @ts-expect-error the body has no such field
    await calls.POST('/v1/me/keys', { body: { description: 'x', name: 'y' } })
    // @ts-expect-error the path takes no body
    await calls.POST('/v1/organizations/{org}/leave', { params: { path: { org } }, body: {} })
    // @ts-expect-error the path answers no list
    await readAllPages(calls, '/v1/me', {})
  })
})

test('the result of a call has the type of the response', () => {
  expectTypeOf(readAllPages<'/v1/organizations/{org}/members'>).returns.resolves.toEqualTypeOf<Member[]>()
  expectTypeOf(new RecordedCalls().GET('/v1/organizations/{org}/members/{user}', { params: { path: { org, user: 'bob' } } })).resolves.toEqualTypeOf<Member>()
})

test('path and query parameters are encoded, and undefined ones are left out', async () => {
  const calls = new RecordedCalls()
  await calls.GET('/v1/organizations/{org}/resources/{kind}/{name}', { params: { path: { org, kind: 'appli?cation', name: '../x' } } })
  await calls.GET('/v1/organizations/{org}/members', { params: { path: { org }, query: { q: 'a&b=c', status: undefined } } })
  expect(calls.sent.map(({ path }) => path)).toEqual(['/v1/organizations/acme/resources/appli%3Fcation/..%2Fx', '/v1/organizations/acme/members?q=a%26b%3Dc'])
})

test('a GET, PUT or DELETE may be repeated by default, a POST or PATCH may not', async () => {
  const calls = new RecordedCalls()
  const params = { path: { org, kind: 'database', name: 'orders' } }
  await calls.GET('/v1/me')
  await calls.PUT('/v1/organizations/{org}/resources/{kind}/{name}', { params, body: {} })
  await calls.DELETE('/v1/organizations/{org}/resources/{kind}/{name}', { params })
  await calls.DELETE('/v1/organizations/{org}/resources/{kind}/{name}', { params, repeatable: false })
  await calls.POST('/v1/me/keys', { body: { description: 'x', scope: 'all' } })
  await calls.POST('/v1/me/keys', { body: { description: 'x', scope: 'all' }, creates: true })
  await calls.PATCH('/v1/me', { body: { company: 'Acme' } })
  await calls.PATCH('/v1/me', { body: { company: 'Acme' }, repeatable: true })
  expect(calls.sent.map(({ method, repeatable }) => `${method} ${repeatable}`)).toEqual([
    'GET true',
    'PUT true',
    'DELETE true',
    'DELETE false',
    'POST false',
    'POST true',
    'PATCH false',
    'PATCH true',
  ])
})

test('a list is read page by page up to the limit', async () => {
  const page = (from: number, next_cursor: string | null) => ({ items: Array.from({ length: 100 }, (_, index) => ({ id: from + index })), next_cursor })
  const calls = new RecordedCalls(page(0, 'a'), page(100, 'b'))
  const { items, next_cursor } = await readPages(calls, '/v1/organizations/{org}/members', { params: { path: { org }, query: { q: 'x' } } }, 150)
  expect([items.length, next_cursor]).toEqual([200, 'b'])
  expect(calls.sent.map(({ path }) => path)).toEqual(['/v1/organizations/acme/members?q=x&limit=100', '/v1/organizations/acme/members?q=x&limit=50&cursor=a'])
})
