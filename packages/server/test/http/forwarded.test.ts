import { addressReader } from '@muster/server/http/front/client-address.ts'
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

test.each([
  ['127.0.0.1', '198.51.100.7', '198.51.100.7'],
  ['127.0.0.1', '203.0.113.9, 198.51.100.7', '198.51.100.7'],
  ['::ffff:127.0.0.1', '203.0.113.9, 198.51.100.7,10.1.2.3', '198.51.100.7'],
  ['::1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
  ['127.0.0.1', 'nonsense', 'nonsense'],
  ['192.0.2.1', '198.51.100.7', '192.0.2.1'],
  ['127.0.0.1', undefined, '127.0.0.1'],
])('a request from %s with X-Forwarded-For %s comes from %s (C10)', (peer, forwarded, address) => {
  const read = addressReader(['loopback', '10.0.0.0/8'])
  expect(read({ socket: { remoteAddress: peer }, headers: { 'x-forwarded-for': forwarded } } as never)).toBe(address)
})
