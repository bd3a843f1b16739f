import { createVerifier } from '@muster/sdk'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aClient, type Credentials, eventually, movedClock } from './verifying.ts'

// When a lease begins, and when it ends at once.

const LEASE = 300

let muster: Muster
let client: Credentials
beforeAll(async () => {
  muster = await startMuster()
  client = await aClient(muster)
})
afterAll(() => muster?.close())

/** A request that gets no response until its caller aborts it. */
const unanswered = (init: RequestInit | undefined): Promise<Response> =>
  new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)))

test('a lease counts from the request of a poll, not from the response', async () => {
  const clock = movedClock()
  const slow: typeof fetch = async (input, init) => {
    const isPoll = String(input).endsWith('/poll')
    if (isPoll && verifier.isCurrent()) return unanswered(init)
    const answer = await fetch(input, init)
    if (isPoll) clock.ahead += LEASE - 20 // The response takes this long to arrive.
    return answer
  }
  const verifier = createVerifier({ issuer: muster.url, ...client, lease: LEASE, fetch: slow, clock })
  await verifier.ready(60)
  clock.ahead += 19
  expect(verifier.isCurrent()).toBe(true)
  clock.ahead += 2
  expect(verifier.isCurrent()).toBe(false)
  await verifier.close()
})

test('a verifier whose stream is gone stops deciding from memory at once', async () => {
  let polls = 0
  const losing: typeof fetch = (input, init) => {
    const path = new URL(String(input)).pathname
    if (polls > 0 && path === '/ssf/streams' && init?.method === 'POST') return unanswered(init)
    if (!path.endsWith('/poll') || !verifier.isCurrent()) return fetch(input, init)
    polls += 1
    return Promise.resolve(Response.json({}, { status: 404 }))
  }
  const verifier = createVerifier({ issuer: muster.url, ...client, lease: LEASE, fetch: losing, onError: () => {} })
  await verifier.ready(60)
  await eventually(() => polls > 0 && !verifier.isCurrent(), 10)
  await verifier.close()
})
