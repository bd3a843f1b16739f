import { startMuster } from '@muster/testkit/muster.ts'
import { expect, test } from 'vitest'

/** The address that the log line of a request shows. */
async function loggedAddress(env: Record<string, string>): Promise<string> {
  const muster = await startMuster({ env: { HOST: '127.0.0.1', ...env } })
  try {
    await fetch(`${muster.url}/v1/me`, { headers: { 'x-forwarded-for': '198.51.100.7' } })
    const lineOf = () => muster.log.map((line) => JSON.parse(line)).find(({ path }) => path === '/v1/me')
    await expect.poll(lineOf).toBeDefined()
    return lineOf().address
  } finally {
    await muster.close()
  }
}

test('X-Forwarded-For is ignored from a peer that is no trusted proxy (C10)', async () => {
  expect(await loggedAddress({})).toMatch(/^(::ffff:)?127\.0\.0\.1$|^::1$/)
  expect(await loggedAddress({ MUSTER_TRUSTED_PROXIES: '10.0.0.0/8' })).toMatch(/^(::ffff:)?127\.0\.0\.1$|^::1$/)
})

test('X-Forwarded-For is trusted from a trusted proxy', async () => {
  expect(await loggedAddress({ MUSTER_TRUSTED_PROXIES: 'loopback' })).toBe('198.51.100.7')
})
