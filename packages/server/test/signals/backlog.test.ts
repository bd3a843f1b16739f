import { expect, test } from 'vitest'
import { aProcess } from './log-process.ts'

// The backlog that a new stream of batches gets: a few large tokens, signed once for all verifiers of a client.

const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n + 1))

test('three verifiers of a client get 9,500 revocations for six signatures', async () => {
  const { ask, rowsIn, signed, acknowledged } = await aProcess(9_500)
  for (const stream of ['str_1', 'str_2', 'str_3']) {
    const first = await ask(stream)
    expect([Object.keys(first.sets).length, first.muster.current]).toEqual([4, false])
    const rest = await ask(stream, Object.keys(first.sets))
    expect([Object.keys(rest.sets).length, rest.muster.current]).toEqual([2, true])
    expect([...rowsIn(first), ...rowsIn(rest)]).toEqual(idsUpTo(9_500))
    expect((await ask(stream, Object.keys(rest.sets))).muster.current).toBe(true)
  }
  expect(signed.map(({ muster }) => muster.length)).toEqual([2_000, 2_000, 2_000, 2_000, 1_000, 500])
  expect(acknowledged).toHaveLength(3 * 10)
})

test('a part that is not acknowledged is sent again, and is not signed again', async () => {
  const { ask, rowsIn, signed } = await aProcess(4_000)
  const first = await ask('str_1')
  const [one = '', two = ''] = Object.keys(first.sets)
  expect(first.muster.current).toBe(true)
  const again = await ask('str_1', [two])
  expect([Object.keys(again.sets), rowsIn(again)]).toEqual([[one], idsUpTo(2_000)])
  expect((await ask('str_1', [one])).sets).toEqual({})
  expect(signed).toHaveLength(2)
})

test('a part that a receiver cannot read is not sent again and stays missing', async () => {
  const { ask, acknowledged } = await aProcess(4_000)
  const [one = '', two = ''] = Object.keys((await ask('str_1')).sets)
  const after = await ask('str_1', [two], { [one]: { err: 'jwtAud' } })
  expect([after.sets, after.muster.current]).toEqual([{}, false])
  expect(acknowledged).toEqual(['str_1 2001', 'str_1 3001'])
})

test('a part acknowledged at another process is not sent by that process', async () => {
  const [one, two] = [await aProcess(4_000), await aProcess(4_000)]
  const { sets } = await one.ask('str_1')
  const answer = await two.ask('str_1', Object.keys(sets))
  expect([answer.sets, answer.muster.current]).toEqual([{}, true])
  expect(two.acknowledged).toHaveLength(4)
})

test('a part names its revocations in fewer characters than a poll may contain', async () => {
  const { ask } = await aProcess(2_000)
  const [jti = ''] = Object.keys((await ask('str_1')).sets)
  expect(jti.length).toBeLessThan(5_000)
})
