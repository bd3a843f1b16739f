import { once } from 'node:events'
import { get } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Worker } from 'node:worker_threads'
import { refuseBadPassword } from '@muster/server/domain/accounts/password.ts'
import { createPasswordHasher } from '@muster/server/password-hasher.ts'
import { createPasswordStrength, passwordStrength as strength } from '@muster/server/password-strength.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anOffice, cheap, goodPassword, type Office } from './office.ts'

describe('a password', () => {
  const personal = ['ada.lovelace@example.com', 'Ada', 'Lovelace']

  test.each([
    goodPassword,
    'kT9#xQ2m!zL',
    'тихая река и мельница',
    '🦊🪁🧊🪵🫙🛶🪐🧶🥁🛷',
    'x9x9x9x9x9correct horse staple',
    'window lattice ember frost'.repeat(9),
  ])('a password without digits or symbols is accepted if it is hard to guess: %s', async (password) => {
    await refuseBadPassword({ strength }, password, personal)
  })

  test.each([
    ['kT9#xQ2m!', 'password_length'],
    [`${'kT9#xQ2m!z'.repeat(25)}1234567`, 'password_length'],
    ['window1234', 'password_too_weak'],
    ['aaaaaaaaaaaaaaaaaaaa', 'password_too_weak'],
    ['qwertyuiop', 'password_leaked'],
    ['QwertyUIOP', 'password_leaked'],
    ['1q2w3e4r5t', 'password_leaked'],
    ['Ada.Lovelace@Example.com', 'password_too_weak'],
    ['ada.lovelace@example.com', 'password_too_weak'],
    ['Lovelace1815', 'password_too_weak'],
    ['adalovelace', 'password_too_weak'],
  ])('a password is refused when it is too short, too long or easy to guess: %s', async (password, code) => {
    await expect(refuseBadPassword({ strength }, password, personal)).rejects.toMatchObject({ code })
  })

  test('the refusal of a password states the reason', async () => {
    await expect(refuseBadPassword({ strength }, 'liverpool99', [])).rejects.toThrow(/commonly used password/)
    await expect(refuseBadPassword({ strength }, 'qwertyuiop', [])).rejects.toThrow('This password is on a list of leaked passwords. Choose another.')
  })

  test('the word lists are unloaded when they are idle, and loaded again', async () => {
    const threads: Worker[] = []
    const count = (thread: Worker): number => threads.push(thread)
    process.on('worker', count)
    const fleeting = createPasswordStrength({ idleMilliseconds: 1 })
    for (const round of [1, 2]) {
      expect(await fleeting.estimate(goodPassword, [])).toMatchObject({ warning: null })
      expect(threads).toHaveLength(round)
      await once(threads.at(-1) as Worker, 'exit')
    }
    process.off('worker', count)
  })

  test('a failure of the word lists fails the waiting passwords, and the next one works', async () => {
    const strong = createPasswordStrength()
    const started = once(process, 'worker')
    const refused = expect(strong.estimate(goodPassword, [])).rejects.toThrow('The word lists for passwords could not be used.')
    const [thread] = (await started) as [Worker]
    await thread.terminate()
    await refused
    expect(await strong.estimate(goodPassword, [])).toMatchObject({ warning: null })
  })

  test('a long password takes no longer to judge than its beginning', async () => {
    const long = 'p4$$w0rd@1!'.repeat(23)
    const shortest = { long: Number.POSITIVE_INFINITY, beginning: Number.POSITIVE_INFINITY }
    for (let round = 0; round < 6; round++) {
      for (const which of ['long', 'beginning'] as const) {
        const cpu = process.cpuUsage()
        await refuseBadPassword({ strength }, which === 'long' ? long : long.slice(0, 40), []).catch(() => {})
        shortest[which] = Math.min(shortest[which], process.cpuUsage(cpu).user)
      }
    }
    expect(shortest.long).toBeLessThan(shortest.beginning * 2)
  })
})

describe('password hashing', () => {
  test('the same letters in composed or decomposed form are the same password', async () => {
    const hasher = createPasswordHasher({ parameters: cheap })
    expect(await hasher.verify(await hasher.hash('caf\u00e9 on the corner'), 'cafe\u0301 on the corner')).toBe(true)
  })

  test('verification without a hash takes as long as with one and fails (C06)', async () => {
    const hasher = createPasswordHasher()
    const hash = await hasher.hash(goodPassword)
    // The two cases alternate and the shortest run of each counts, so other load on the machine affects both alike.
    const shortest = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY }
    for (let round = 0; round < 12; round++) {
      for (const who of ['known', 'unknown'] as const) {
        const before = performance.now()
        expect(await hasher.verify(who === 'known' ? hash : null, 'not the password at all')).toBe(false)
        shortest[who] = Math.min(shortest[who], performance.now() - before)
      }
    }
    const { known, unknown } = shortest
    expect(unknown).toBeGreaterThan(known / 2)
    expect(unknown).toBeLessThan(known * 2)
  })

  test('a hash is argon2id with 19 MiB and two passes, and others are outdated', async () => {
    const hasher = createPasswordHasher()
    const hash = await hasher.hash(goodPassword)
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(hasher.isOutdated(hash)).toBe(false)
    expect(hasher.isOutdated(await createPasswordHasher({ parameters: cheap }).hash(goodPassword))).toBe(true)
  })

  test('the hash queue is bounded, and a request beyond it gets a retry time (F09)', async () => {
    const hasher = createPasswordHasher({ running: 1, waiting: 3 })
    const answers = await Promise.allSettled(Array.from({ length: 8 }, () => hasher.verify(null, goodPassword)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    const [refused] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    expect(refused).toMatchObject({ code: 'overloaded', status: 503, extensions: { retry_after: expect.any(Number) } })
    expect(await hasher.verify(null, goodPassword)).toBe(false)
  })
})

describe('a flood of sign-ins (F09)', () => {
  let office: Office
  beforeAll(async () => {
    office = await anOffice({ hasher: { running: 1, waiting: 4, parameters: { memoryCost: 65_536, timeCost: 4, parallelism: 1 } } })
  })
  afterAll(() => office.close())

  test('other requests are answered while sign-ins beyond the hash queue get a 503', async () => {
    await office.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = office.app.server.address() as AddressInfo
    const order: string[] = []
    const flood = Array.from({ length: 12 }, async (_, index) => {
      const answer = await office.browser(`192.0.2.${index}`).post('/sign-in', { identifier: `nobody${index}`, password: goodPassword })
      order.push(String(answer.statusCode))
      return answer
    })
    // The request to /healthz is sent only once the hash queue is full.
    while (office.hasher.waiting() < 4) await new Promise((resolve) => setImmediate(resolve))
    await new Promise<void>((resolve, reject) =>
      get({ port, path: '/healthz', host: '127.0.0.1' }, (response) => response.resume().on('end', resolve)).on('error', reject),
    )
    order.push('healthz')
    const answers = await Promise.all(flood)
    const full = answers.filter(({ statusCode }) => statusCode === 503)
    expect(full).toHaveLength(7)
    for (const answer of full) expect(Number(answer.headers['retry-after'])).toBeGreaterThanOrEqual(1)
    expect(order.slice(order.indexOf('healthz')).filter((code) => code === '401').length).toBeGreaterThanOrEqual(3)
  })
})
