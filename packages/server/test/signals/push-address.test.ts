import { createServer, type Server } from 'node:net'
import { isPublicAddress } from '@muster/server/signals/public-address.ts'
import { createPushSender, PushRefused } from '@muster/server/signals/push-request.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A client chooses the address of a push, so the address must not lead to this machine or its network (F01).

let canary: Server
let port: number
let connections = 0
beforeAll(async () => {
  canary = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve))
  port = (canary.address() as { port: number }).port
})
afterAll(() => new Promise((resolve) => canary.close(resolve)))

const message = { token: 'a.b.c', authorization: null }

const hosts = [
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.1',
  '017700000001',
  '0',
  '0.0.0.0',
  '10.0.0.1',
  '10.255.255.255',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.0.1',
  '192.168.255.255',
  '169.254.169.254',
  '169.254.0.1',
  '100.64.0.1',
  '192.0.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '240.0.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::ffff:169.254.169.254]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[2001:db8::1]',
  '[fe80::1]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  'localhost',
  'LOCALHOST.',
  'app.localhost',
]

test.each(hosts)('a push to https://%s/ does not connect', async (host) => {
  const before = connections
  const send = createPushSender({ local: false, timeoutMilliseconds: 2_000 })
  await expect(send(`https://${host}:${port}/events`, message)).rejects.toThrow()
  expect(connections).toBe(before)
})

test('a host that resolves to any internal address is refused after one lookup', async () => {
  for (const addresses of [['127.0.0.1'], ['93.184.215.14', '10.0.0.1'], ['::1'], []]) {
    let asked = 0
    const resolve = async () => {
      asked += 1
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    }
    const before = connections
    await expect(createPushSender({ local: false, resolve })(`https://receiver.example:${port}/`, message)).rejects.toBeInstanceOf(PushRefused)
    expect([asked, connections]).toEqual([1, before])
  }
})

test('a push uses the first answer of the resolver (rebinding)', async () => {
  let asked = 0
  const resolve = async () => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '192.0.2.1', family: 4 }]
  }
  const before = connections
  await expect(createPushSender({ local: true, resolve })(`http://receiver.example:${port}/`, message)).rejects.toThrow('socket hang up')
  expect([asked, connections]).toEqual([1, before + 1])
})

test('a push connects to the address that was checked', async () => {
  const before = connections
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
  await expect(createPushSender({ local: true, resolve })(`http://nowhere.example:${port}/`, message)).rejects.toThrow()
  expect(connections).toBe(before + 1)
})

test('a push without TLS is refused when the issuer is not on this machine', async () => {
  const before = connections
  await expect(createPushSender({ local: false })(`http://93.184.215.14:${port}/`, message)).rejects.toThrow('https')
  expect(connections).toBe(before)
})

test('public addresses of both families are allowed', () => {
  for (const address of ['93.184.215.14', '1.1.1.1', '2606:4700:4700::1111', '2a00:1450:4001:80e::200e']) expect(isPublicAddress(address), address).toBe(true)
  for (const address of ['', 'example.com', '300.1.1.1', '::ffff:8.8.8.8']) expect(isPublicAddress(address), address).toBe(false)
})
