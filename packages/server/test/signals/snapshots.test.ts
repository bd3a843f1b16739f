import type { ClientId } from '@muster/contract/ids.ts'
import { Revocations } from '@muster/sdk/revocations.ts'
import { createSnapshotReader } from '@muster/sdk/snapshot.ts'
import { SnapshotWriter } from '@muster/server/signals/log/snapshot-writer.ts'
import { expect, test } from 'vitest'
import { aProcess, revocation } from './log-process.ts'

// The snapshot that a new stream gets in place of the backlog, and the place in the feed at which the polls continue.

type Process = Awaited<ReturnType<typeof aProcess>>

const client = (clientId = 'cli_x', issuedAt = 0) => ({ clientId: clientId as ClientId, issuedAt })

/** Fetches a snapshot, and reads it as the SDK does. */
async function fetched({ snapshots, signed }: Process, stream = 'str_1') {
  const answer = await snapshots.answer(stream, client())
  const bytes = Buffer.concat(await answer.stream.toArray())
  expect(bytes.length).toBe(answer.bytes)
  const length = bytes.readUInt32LE(0)
  const claims = signed[Number(bytes.toString('latin1', 4, 4 + length).split(' ')[1])] as Record<string, any>
  const revocations = read(new Uint8Array(bytes.subarray(4 + length)), Object.values<any>(claims['events'])[0].count)
  const has = (number: number): boolean => revocations.strongest('session', `ses_${number}`) !== undefined
  return { claims, jti: claims['jti'] as string, size: revocations.size, has }
}

function read(records: Uint8Array<ArrayBuffer>, count: number, withdraw: (kid: string) => void = () => {}): Revocations {
  const revocations = new Revocations()
  const reader = createSnapshotReader({ jti: '', records, count }, { revocations, withdraw })
  while (reader.read(1_000));
  return revocations
}

test('three verifiers of a client get 9,500 revocations for one signature', async () => {
  const process = await aProcess(9_500)
  for (const stream of ['str_1', 'str_2', 'str_3']) {
    const { jti, size, claims } = await fetched(process, stream)
    expect([size, claims['aud']]).toEqual([9_500, 'cli_x'])
    const answer = await process.ask(stream, [jti])
    expect([answer.sets, answer.muster.current]).toEqual([{}, true])
  }
  expect(process.types).toEqual(['revocation-snapshot+jwt'])
  expect(process.watermarks.slice(0, 3)).toEqual([9_501n, 9_501n, 9_501n])
})

test('a stream that acknowledges no snapshot gets every revocation by its polls', async () => {
  const process = await aProcess(2_000)
  await fetched(process)
  expect(process.rowsIn(await process.ask('str_1'))).toHaveLength(2_000)
})

test('a revocation made while a snapshot is built is in the next poll', async () => {
  const process = await aProcess(20_000)
  const { log, catchUp } = process.feed
  const write = log.write.bind(log)
  log.write = (...slice) => {
    log.write = write
    process.revoke(1)
    void catchUp()
    return write(...slice)
  }
  const { jti } = await fetched(process)
  expect(process.rowsIn(await process.ask('str_1', [jti]))).toEqual(['20001'])
})

test('a revocation made after a snapshot was fetched is in the next poll', async () => {
  const process = await aProcess(5_000)
  const { jti, has } = await fetched(process)
  expect([has(5_000), has(5_001)]).toEqual([true, false])
  process.revoke(2)
  expect(process.rowsIn(await process.ask('str_1', [jti]))).toEqual(['5001', '5002'])
})

test('a verifier that starts a little later gets the same snapshot', async () => {
  const process = await aProcess(5_000)
  await fetched(process)
  process.revoke(3)
  await process.feed.catchUp()
  const { jti, size } = await fetched(process, 'str_2')
  expect(size).toBe(5_000)
  expect(process.rowsIn(await process.ask('str_2', [jti]))).toEqual(['5001', '5002', '5003'])
})

test('a process understands a snapshot of another process that has read more', async () => {
  const [one, two] = [await aProcess(5_003), await aProcess(5_000)]
  const { jti } = await fetched(one)
  two.revoke(4)
  expect(two.rowsIn(await two.ask('str_1', [jti]))).toEqual(['5004'])
})

test('a snapshot of a later state than the database acknowledges nothing', async () => {
  const [later, restored] = [await aProcess(5_000), await aProcess(2_000)]
  const { jti } = await fetched(later)
  expect(restored.rowsIn(await restored.ask('str_1', [jti]))).toHaveLength(2_000)
  expect(restored.watermarks).toEqual([])
})

test('the stream of another client has no snapshot', async () => {
  const { snapshots } = await aProcess(10)
  await expect(snapshots.answer('str_1', client('cli_other'))).rejects.toMatchObject({ code: 'stream_not_found' })
})

test("a removed client's token gets no snapshot (I7)", async () => {
  const { snapshots, feed } = await aProcess(10)
  feed.log.add({ ...revocation(11), kind: 'client', subject: 'cli_x', value: { until: 100, reason: 'token_revoked' } })
  await expect(snapshots.answer('str_1', client('cli_x', 100))).rejects.toMatchObject({ code: 'token_revoked' })
  await expect(snapshots.answer('str_1', client('cli_x', 101))).resolves.toBeDefined()
})

test('a snapshot keeps every kind, value, expiry and subject', async () => {
  const writer = new SnapshotWriter()
  const user = { belowEpoch: 3, reason: 'user_deactivated', contact: 'Zoë' }
  const session = { reason: 'token_revoked' }
  const expiresAt = 1_800_000_000_999
  const long = 'ü'.repeat(700_000)
  writer.add({ kind: 'session', subject: 'ses_1', value: session, expiresAt })
  writer.add({ kind: 'user', subject: 'usr_1', value: user, expiresAt })
  writer.add({ kind: 'session', subject: long, value: session, expiresAt })
  writer.add({ kind: 'future' as never, subject: 'x', value: { level: 1 }, expiresAt })
  writer.add({ kind: 'signing_key', subject: 'kid_1', value: session, expiresAt })
  writer.add({ kind: 'session', subject: 'ses_2', value: session, expiresAt: expiresAt + 60_000 })
  const body = writer.end()
  expect(body.count).toBe(6)
  const withdrawn: string[] = []
  const revocations = read(new Uint8Array(Buffer.concat(body.chunks)), 6, (kid) => withdrawn.push(kid))
  expect(revocations.strongest('session', 'ses_1')).toEqual({ kind: 'session', subject: 'ses_1', value: session, expiresAt: 1_800_000_000 })
  expect(revocations.strongest('user', 'usr_1')?.value).toEqual(user)
  expect(revocations.strongest('session', long)?.value).toEqual(session)
  expect(revocations.strongest('session', 'ses_2')?.expiresAt).toBe(1_800_000_060)
  const nobody = { organizationId: null, sessionId: null, keyId: null, tokenId: null, clientId: null }
  expect([revocations.areUnknownFor({ ...nobody, sub: 'x' }), revocations.areUnknownFor({ ...nobody, sub: 'ses_1' })]).toEqual([true, false])
  expect([revocations.size, withdrawn]).toEqual([5, ['kid_1']])
})

test('a snapshot cut at any byte, or with another count, cannot be read', () => {
  const writer = new SnapshotWriter()
  for (let n = 1; n <= 3; n++) writer.add({ kind: 'session', subject: `ses_${n}`, value: { reason: 'token_revoked' }, expiresAt: 1_800_000_000_000 })
  const records = new Uint8Array(Buffer.concat(writer.end().chunks))
  expect(read(records, 3).size).toBe(3)
  for (let length = 0; length < records.length; length++) expect(() => read(records.slice(0, length), 3)).toThrow()
  expect(() => read(records, 2)).toThrow('another number')
})

test('a snapshot with a value that cannot be read is refused', () => {
  const writer = new SnapshotWriter()
  writer.add({ kind: 'user', subject: 'usr_1', value: { below: 'a later form' }, expiresAt: 1_800_000_000_000 })
  expect(() => read(new Uint8Array(Buffer.concat(writer.end().chunks)), 1)).toThrow('cannot be read')
})
