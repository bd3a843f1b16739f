import type { Revocation } from '@muster/server/domain/model/revocation.ts'
import { openQueue } from '@muster/server/jobs/queue.ts'
import { createStore } from '@muster/server/store/transaction.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import { expect, test } from 'vitest'

const ending = (subject: string): Revocation => ({ kind: 'session', subject, value: { reason: 'token_revoked' } })

test('a transaction passes on its revocations after its commit, before it returns (I7)', async () => {
  const database = await aDatabase()
  const queue = await openQueue(database)
  const passedOn: string[] = []
  const store = createStore(database, queue, { passwords: true, onRevoked: ({ subject }) => void passedOn.push(subject) })
  try {
    await store.transaction(async (tx) => {
      await tx.revocations.insert(ending('ses_one'))
      await tx.revocations.insert(ending('ses_two'))
      await tx.writeRecords()
      expect(passedOn).toEqual([])
    })
    expect(passedOn).toEqual(['ses_one', 'ses_two'])

    const undone = store.transaction(async (tx) => {
      await tx.revocations.insert(ending('ses_three'))
      await tx.writeRecords()
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(passedOn).toEqual(['ses_one', 'ses_two'])
  } finally {
    await queue.stop()
    await database.close()
  }
})
