import { describe, expect, test } from 'vitest'
import type { Action, FinalState, History, Operation, Outcome } from './history.ts'
import { judge } from './judge.ts'

let clock = 1_000
const call = (action: Action, outcome: Outcome = 'ok'): Operation => {
  clock += 10
  return { client: 1, began: clock, ended: clock + 5, outcome, action }
}
const history = (...operations: Operation[]): History => ({ operations, faults: [], badAnswers: [] })
const final = (changed: Partial<FinalState> = {}): FinalState => ({
  created: { resource: new Map(), key: new Map(), invitation: new Map() },
  events: new Map(),
  validKeys: new Set(),
  givenNames: new Map(),
  emailed: new Set(),
  broken: [],
  ...changed,
})
const withResource = (ids: string[], events: Map<string, number> = new Map(ids.map((id) => [id, 1]))) =>
  final({ created: { ...final().created, resource: new Map([['app', ids]]) }, events })
const aResource = (id?: string): Action => ({ type: 'create', kind: 'resource', name: 'app', ...(id !== undefined && { id }) })
const anEnd = (endedEverywhereAt?: number): Action => ({ type: 'end', id: 'key', ...(endedEverywhereAt !== undefined && { endedEverywhereAt }) })
const aUse = (place: 'api' | 'forward auth' | 'verifier', verdict: 'accepted' | 'refused' | 'unavailable'): Action => ({
  type: 'use',
  id: 'key',
  place,
  verdict,
})

describe('the judge of a fault run', () => {
  test.each<[title: string, History, FinalState, found: RegExp]>([
    ['a confirmed change that is lost', history(call(aResource('r1'))), final(), /confirmed, and does not exist/],
    ['a confirmed change with another id', history(call(aResource('r1'))), withResource(['r2']), /confirmed as r1, and is r2/],
    ['a refused change that happened', history(call(aResource(), 'failed')), withResource(['r1']), /refused, and exists/],
    ['a change that happened twice', history(call(aResource(), 'unknown')), withResource(['r1', 'r2']), /exists 2 times/],
    ['a change without its event', history(call(aResource(), 'unknown')), withResource(['r1'], new Map()), /0 creation events/],
    [
      'an invitation without its email',
      history(call({ type: 'create', kind: 'invitation', name: 'a@example.com' }, 'unknown')),
      final({ created: { ...final().created, invitation: new Map([['a@example.com', ['i1']]]) }, events: new Map([['i1', 1]]) }),
      /no email was sent/,
    ],
    ['a key used at the API after its end', history(call(anEnd(clock + 9_000)), call(aUse('api', 'accepted'))), final(), /accepted at the api/],
    [
      'a key used at a verifier after the time in the answer',
      history(call(anEnd(clock)), call(aUse('verifier', 'accepted'))),
      final(),
      /accepted at the verifier/,
    ],
    ['a valid key whose end was confirmed', history(call(anEnd())), final({ validKeys: new Set(['key']) }), /the key is valid/],
    ['a refused key that nobody ended', history(call(aUse('verifier', 'refused'))), final(), /nobody had ended it/],
    ['a key that is lost', history(call({ type: 'create', kind: 'key', name: 'k', id: 'key' })), final(), /not valid, and nobody ended it/],
    [
      'a read of an older value',
      history(call({ type: 'set', user: 'u', value: 'a' }), call({ type: 'set', user: 'u', value: 'b' }), call({ type: 'read', user: 'u', value: 'a' })),
      final(),
      /is a, after b/,
    ],
    [
      'a final value that is not the last one',
      history(call({ type: 'set', user: 'u', value: 'a' }), call({ type: 'set', user: 'u', value: 'b' })),
      final({ givenNames: new Map([['u', 'a']]) }),
      /The final name of u is a, after b/,
    ],
    ['a broken invariant', history(), final({ broken: ['I1: row'] }), /I1: row/],
    ['a 500', { ...history(), badAnswers: [{ at: 1, request: 'GET /v1/me', status: 500, body: 'oops' }] }, final(), /answered with 500: oops/],
    [
      'the fault at that time',
      {
        operations: [],
        faults: [{ name: 'a server is killed', began: 1, ended: 5, recovery: 5 }],
        badAnswers: [9, 12].map((at) => ({ at, request: 'GET /v1/me', status: 500, body: 'oops' })),
      },
      final(),
      /500, while a server is killed: oops\n.*500, after a server is killed: oops/,
    ],
  ])('the judge finds %s', (_, given, state, found) => {
    expect(judge(given, state).join('\n')).toMatch(found)
  })

  test('the judge accepts an unknown change that happened, or did not', () => {
    expect(judge(history(call(aResource(), 'unknown')), withResource(['r1']))).toEqual([])
    expect(judge(history(call(aResource(), 'unknown')), final())).toEqual([])
  })

  test('the judge accepts a verifier without news of a revocation until its lease ends', () => {
    expect(judge(history(call(anEnd(clock + 9_000)), call(aUse('verifier', 'accepted')), call(aUse('api', 'refused'))), final())).toEqual([])
  })

  test('the judge accepts an unknown value that appears later', () => {
    const calls = history(
      call({ type: 'set', user: 'u', value: 'a' }),
      call({ type: 'set', user: 'u', value: 'b' }, 'unknown'),
      call({ type: 'read', user: 'u', value: 'a' }),
      call({ type: 'read', user: 'u', value: 'b' }),
    )
    expect(judge(calls, final({ givenNames: new Map([['u', 'b']]) }))).toEqual([])
  })
})
