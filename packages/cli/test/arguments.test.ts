import { tmpdir } from 'node:os'
import { runCommand } from '@muster/testkit/command.ts'
import { expect, test } from 'vitest'
import { detailsOf } from '../src/commands/audit.ts'
import { browserOf } from '../src/commands/credentials/session.ts'
import { tokenIn } from '../src/commands/invitation-answer.ts'
import { referenceFrom } from '../src/commands/resource.ts'
import { grantOf } from '../src/commands/server/client.ts'
import { planLines } from '../src/commands/shared/move-plan.ts'
import { addressesFrom } from '../src/commands/user/invite.ts'
import { momentFrom } from '../src/output/time.ts'

test('pasted addresses are split at spaces, commas and lines, without duplicates (S22)', () => {
  expect(addressesFrom(['ada@example.com', 'bob@example.com,eve@example.com'])).toEqual(['ada@example.com', 'bob@example.com', 'eve@example.com'])
  expect(addressesFrom(['-'], () => 'ada@example.com\r\n\r\nbob@example.com; ada@example.com\n')).toEqual(['ada@example.com', 'bob@example.com'])
  expect(() => addressesFrom(['-'], () => ' \n')).toThrow('There are no addresses.')
  expect(() => addressesFrom(['-', 'ada@example.com'])).toThrow('standard input')
})

test('the operator reads in the help what each group of commands is for', async () => {
  const help = async (...words: string[]) => (await runCommand([...words, '--help'], { cwd: tmpdir(), env: { HOME: tmpdir() } })).stdout
  expect(await help('server')).toMatch(/^ {2}api +the platform's APIs: list, show, apply$/m)
  expect(await help('server', 'client')).toMatch(/^ {2}secret +secrets of a client: rotate, list, revoke$/m)
})

test('a grant is given by its short or its OAuth name, and by no inherited property', () => {
  expect([grantOf('device_code'), grantOf('client_credentials')]).toEqual(['urn:ietf:params:oauth:grant-type:device_code', 'client_credentials'])
  for (const name of ['constructor', '__proto__', 'toString', 'nonsense']) expect(() => grantOf(name)).toThrow('is not a grant')
})

test('an invitation is given as the link from the email or as the token alone', () => {
  expect(tokenIn('https://accounts.example.com/join?token=muster_ei_1')).toBe('muster_ei_1')
  expect(tokenIn('https://accounts.example.com/join#muster_ei_1')).toBe('muster_ei_1')
  expect(tokenIn('https://accounts.example.com/join#token=muster_ei_1')).toBe('muster_ei_1')
  expect(tokenIn('muster_os_1')).toBe('muster_os_1')
})

test('a resource reference other than KIND/NAME is refused', () => {
  expect(referenceFrom('application/shop')).toEqual({ kind: 'application', name: 'shop' })
  for (const wrong of ['shop', 'application/', '/shop', 'a/b/c']) expect(() => referenceFrom(wrong)).toThrow('is not a resource')
})

test('a time is a day, an instant or an age, and an ambiguous time is refused', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const at = (text: string) => momentFrom(text, '--from', now)
  expect(['2026-11-20', '2026-11-20T18:00Z', '2026-11-20 18:12 UTC', '2026-11-20T18:00:00.5+02:00', '90m', '7d'].map(at)).toEqual([
    '2026-11-20T00:00:00.000Z',
    '2026-11-20T18:00:00.000Z',
    '2026-11-20T18:12:00.000Z',
    '2026-11-20T16:00:00.500Z',
    '2026-11-20T10:30:00.000Z',
    '2026-11-13T12:00:00.000Z',
  ])
  for (const wrong of ['yesterday', '11/12/2026', '2026-11-20T18:00', '2026-13-40', '7', '']) expect(() => at(wrong)).toThrow('is not a time')
})

test('the details of an event leave out ids and counters', () => {
  expect(
    detailsOf({
      details: { role: 'admin', epoch: 3, version: 2, invitationId: 'inv_01m7x6az6de8jbpab57xb6p8yf', hostLabel: null, fields: ['address', 'billing_contact'] },
    }),
  ).toBe('role admin, fields address billing_contact')
})

test('an event names the details that the operator has erased (P19)', () => {
  expect(detailsOf({ details: { role: 'admin' }, erased: ['address', 'reason'] })).toBe('role admin, reason (erased)')
})

test('a move plan shows both organizations, its effects and its blockers (S24)', () => {
  const lines = planLines({
    possible: false,
    from: { id: 'org_1', name: 'acme', role: 'admin' },
    to: null,
    invitation: null,
    blockers: [
      {
        kind: 'last_admin',
        detail: 'You are the only active admin.',
        remedies: [{ code: 'promote', members: ['bob'] }],
        command: 'muster user role bob admin',
      },
      {
        kind: 'resource',
        detail: 'You own shop.',
        remedies: [{ code: 'transfer', resource: { kind: 'application', name: 'shop' }, to: null }],
        command: 'muster resource transfer application/shop USER',
      },
    ],
    problem: null,
    loses: [{ kind: 'keys', detail: '1 API key of yours stops working.', count: 1 }],
  })
  expect(lines.join('\n')).toBe(`acme (admin)  →  an organization of your own

Changes:
  - 1 API key of yours stops working.

Blocked by (2):
  - You are the only active admin.
      →  muster user role bob admin
  - You own shop.
      →  muster resource transfer application/shop USER
`)
})

test('a move plan with several resources shows the command that transfers all of them', () => {
  const blocker = (name: string) => ({
    kind: 'resource' as const,
    detail: `You own ${name}.`,
    remedies: [{ code: 'transfer' as const, resource: { kind: 'application', name }, to: 'bob' }],
    command: `muster resource transfer application/${name} bob`,
    transfer: { to: 'bob' },
  })
  const planOf = (names: string[]) =>
    planLines({ possible: false, from: null, to: null, invitation: null, blockers: names.map(blocker), problem: null, loses: [] }).join('\n')
  expect(planOf(['shop', 'blog'])).toContain('\nTo transfer all 2 resources at once:\n  muster resource transfer --all --to bob\n')
  expect(planOf(['shop'])).not.toContain('--all')
})

test('a session shows the browser and the system from the user agent', () => {
  const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36'
  const safari = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
  expect([chrome, `${chrome} Edg/141.0`, safari, 'curl/8.5.0', null].map(browserOf)).toEqual([
    'Chrome on Linux',
    'Edge on Linux',
    'Safari on iOS',
    'curl',
    null,
  ])
})
