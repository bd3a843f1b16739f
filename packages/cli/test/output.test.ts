import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import type { Context } from '../src/context.ts'
import { Failure } from '../src/errors.ts'
import { Output } from '../src/output/output.ts'
import { sayRevocation } from '../src/output/revocation.ts'
import { facts } from '../src/output/table.ts'
import { clean, redact } from '../src/output/text.ts'
import { exact, loginEnds, moment, momentInFull, relative, ServerClock } from '../src/output/time.ts'

function anOutput({ terminal = false, columns, ...options }: { terminal?: boolean; columns?: number; json?: boolean; quiet?: boolean; debug?: boolean } = {}) {
  const written = { out: '', err: '' }
  const stream = (name: 'out' | 'err') => {
    const made = new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk)
        done()
      },
    })
    return Object.assign(made, { isTTY: terminal, ...(columns === undefined ? {} : { columns }), hasColors: () => false, getColorDepth: () => 1 })
  }
  return { written, say: new Output({ stdout: stream('out'), stderr: stream('err'), json: false, quiet: false, debug: false, ...options }) }
}

const rows = [
  ['ada', 'Ada Lovelace', 'admin'],
  ['bob', '山田', null],
]

test('a table has aligned columns under a head, without boxes', () => {
  expect(anOutput({ terminal: true }).say.table(['USERNAME', 'NAME', 'ROLE'], rows)).toBe(
    'USERNAME  NAME          ROLE\nada       Ada Lovelace  admin\nbob       山田',
  )
})

test('a table breaks cells at words when no more columns can be left out', () => {
  const { say } = anOutput({ terminal: true, columns: 30 })
  expect(say.table(['ID', 'DESCRIPTION', 'STATE'], [['key_1', 'deploys the shop from main', 'open']])).toBe(
    'ID     DESCRIPTION       STATE\nkey_1  deploys the shop  open\n       from main',
  )
})

test('a table shows each row as a block when its longest words are too wide', () => {
  const { say } = anOutput({ terminal: true, columns: 20 })
  const ids = ['inv_01m7x6az6de8jbpab57', 'inv_01m7x6az6de8jbpab58']
  expect(
    say.table(
      ['ID', 'STATE'],
      [
        [ids[0], 'open'],
        [ids[1], 'revoked'],
      ],
    ),
  ).toBe(`ID     ${ids[0]}\nSTATE  open\n\nID     ${ids[1]}\nSTATE  revoked`)
})

test('piped output has exact times and one fact per column', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const row = [facts('bob (service account)', 'bob', 'service_account'), moment('2026-11-19T12:00:00.000Z', now), moment(null, now, 'never')]
  expect(anOutput({ terminal: true }).say.table(['OWNER', 'CREATED?', 'LAST USED'], [row])).toContain('bob (service account)  24 hours ago  never')
  expect(anOutput().say.table(['OWNER', 'CREATED?', 'LAST USED'], [row])).toBe('bob\tservice_account\t2026-11-19T12:00:00.000Z\t')
  expect(anOutput().say.details([['Created', momentInFull('2026-11-19T12:00:00.000Z', now)]])).toBe('Created\t2026-11-19T12:00:00.000Z')
})

test('prose breaks at words in a narrow terminal, and commands to copy stay whole', () => {
  const { say, written } = anOutput({ terminal: true, columns: 24 })
  say.warn('One key could have been copied by somebody else.', ['muster service-account key revoke key_1'])
  say.hint('  https://accounts.example.com/device?user_code=BCDF-GHJK')
  say.failure(new Failure('You cannot leave this one yet.', { code: 'x', why: 'You own one resource, called shop.' }))
  expect(written.err.split('\n')).toEqual([
    '! One key could have',
    '  been copied by',
    '  somebody else.',
    '  →  muster service-account key revoke key_1',
    '  https://accounts.example.com/device?user_code=BCDF-GHJK',
    '✗ You cannot leave this',
    '  one yet.',
    '  You own one resource,',
    '  called shop.',
    '',
  ])
})

test('a JSON warning carries its steps', () => {
  const { say, written } = anOutput({ json: true })
  say.warn('Revoke it and invite again.', ['muster invitation revoke inv_1'])
  expect(JSON.parse(written.err)).toEqual({ event: 'warning', message: 'Revoke it and invite again.', steps: ['muster invitation revoke inv_1'] })
})

test.each([
  ['hidden', 'name_invalid', 422],
  ['hidden', 'user_not_found', 404],
  ['shown', 'forbidden', 403],
  ['shown', 'internal_error', 500],
])('the request id is %s under %s, and always in JSON', (_, code, status) => {
  const [words, json] = [anOutput(), anOutput({ json: true })]
  const failure = new Failure('No.', { code, requestId: 'r1', body: { code, status } })
  words.say.failure(failure)
  json.say.failure(failure)
  expect(words.written.err.includes('Request id: r1')).toBe(_ === 'shown')
  expect(JSON.parse(json.written.err)).toMatchObject({ request_id: 'r1' })
})

test('a narrow terminal leaves out optional columns, the last one first', () => {
  const { say } = anOutput({ terminal: true, columns: 25 })
  expect(anOutput({ terminal: true, columns: 0 }).say.table(['NAME?'], [['Ada']])).toBe('NAME\nAda') // it does not say how wide it is
  expect(say.table(['USERNAME', 'NAME?', 'ROLE', 'MADE?'], [['ada', 'Ada Lovelace', 'admin', 'just now']])).toBe('USERNAME  ROLE\nada       admin')
  expect(say.table(['USERNAME', 'ROLE', 'MADE?'], [['ada', 'admin', 'just now']])).toBe('USERNAME  ROLE   MADE\nada       admin  just now')
})

test('a piped table is tab-separated and has no head', () => {
  expect(anOutput().say.table(['USERNAME', 'NAME', 'ROLE'], rows)).toBe('ada\tAda Lovelace\tadmin\nbob\t山田\t')
})

test('control characters in a name do not reach the terminal', () => {
  expect(clean('a\u001b[2Jb\tc\nd\u202ee')).toBe('ab c d e')
  expect(anOutput().say.table(['NAME'], [['a\tb']])).toBe('a b')
})

test('data goes to stdout and everything else to stderr', () => {
  const { say, written } = anOutput()
  say.done('Done.')
  say.hint('Next.')
  say.data({ a: 1 }, () => 'one')
  expect(written).toEqual({ out: 'one\n', err: '✓ Done.\nNext.\n' })
})

test('--quiet hides hints and nothing else', () => {
  const { say, written } = anOutput({ quiet: true })
  say.hint('Next.')
  say.warn('Careful.')
  expect(written.err).toBe('! Careful.\n')
})

test('with --json, stdout is one value and each line of stderr an object', () => {
  const { say, written } = anOutput({ json: true })
  say.done('Done.')
  say.warn('Careful.')
  say.data({ a: 1 }, () => 'one')
  say.failure(new Failure('No.', { code: 'forbidden', next: 'Ask.', requestId: 'r1', body: { code: 'forbidden', status: 403, title: 'No.' } }))
  expect(JSON.parse(written.out)).toEqual({ a: 1 })
  expect(
    written.err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([
    { event: 'warning', message: 'Careful.' },
    { code: 'forbidden', title: 'No.', next: 'Ask.', request_id: 'r1', status: 403 },
  ])
})

test('the JSON of a failure has the printed next step and the code of the server', () => {
  const body = { code: 'token_expired', status: 401, title: 'The login has expired.', detail: 'It expired yesterday.', next: 'Log in again: muster login.' }
  const failure = new Failure('The key in MUSTER_TOKEN is not accepted.', { code: 'login_required', next: 'Make a new one.', body })
  const [words, json] = [anOutput(), anOutput({ json: true })]
  words.say.failure(failure)
  json.say.failure(failure)
  const told = JSON.parse(json.written.err)
  expect(told).toEqual({ ...body, title: 'The key in MUSTER_TOKEN is not accepted.', next: 'Make a new one.' })
  expect(words.written.err).toContain(told.next)
})

test('an error prints title, reason, blockers, next step and request id, and no stack', () => {
  const { say, written } = anOutput()
  const blockers = [{ kind: 'last_admin', detail: 'You are the only admin of acme.', command: 'muster user role bob admin' }]
  say.failure(
    new Failure('You cannot leave yet.', {
      code: 'move_blocked',
      why: 'Two things first.',
      next: 'Clear what is listed.',
      requestId: 'r1',
      body: { blockers },
    }),
  )
  expect(written.err).toBe(
    '✗ You cannot leave yet.\n  Two things first.\n  - You are the only admin of acme.  →  muster user role bob admin\n  Clear what is listed.\n  Request id: r1\n',
  )
})

test('--debug prints no secret', () => {
  const { say, written } = anOutput({ debug: true })
  const secrets = ['muster_rt_0123456789abcdef', 'muster_os_0123456789abcdef', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c3JfMSJ9.c2lnbmF0dXJl']
  say.debug(secrets.join(' '))
  say.failure(new Failure('No.', { code: 'x', cause: new Error(secrets.join(' ')) }))
  for (const secret of secrets) expect(written.err).not.toContain(secret)
  expect(redact('usr_01 and org_01 are no secrets')).toBe('usr_01 and org_01 are no secrets')
})

test("a revocation reports which services acknowledged it, and the others' deadline", () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const late = [{ id: 'str_1', description: 'api-7', lease_until: null }]
  const said = (missing: typeof late, everywhere: string | null, ...happened: ['changed'?]) => {
    const { written, say } = anOutput()
    const revocation = { receivers: 12, acknowledged: 12 - missing.length, missing, ended_everywhere_at: everywhere, waited_ms: 37.6 }
    sayRevocation({ say, now } as Context, { revocation }, ...happened)
    return written.err
  }
  expect(said([], '2026-11-20T12:00:00Z')).toBe('✓ Revoked at 12 of 12 services after 38 ms.\n')
  expect(said([], '2026-11-20T12:00:00Z', 'changed')).toBe('✓ In effect at 12 of 12 services after 38 ms.\n')
  const soon = '2026-11-20T12:00:20Z'
  expect(said(late, soon)).toBe('! Revoked at 11 of 12 services. Not acknowledged by: api-7. Access there ends in 20 seconds at the latest.\n')
  expect(said(late, soon, 'changed')).toBe(
    '! In effect at 11 of 12 services. Not acknowledged by: api-7. The change takes effect there in 20 seconds at the latest.\n',
  )
  expect(said(late, null, 'changed')).toMatch(/Not acknowledged by: api-7\. It is not known when the change takes effect there\.\n$/)
})

test('a duration uses the largest unit of which there are two', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const at = (seconds: number) => relative(new Date(now + seconds * 1000).toISOString(), now)
  expect([86_399, 3 * 86_400, 5400, 89, -7200, -3, 4].map(at)).toEqual([
    'in 24 hours',
    'in 3 days',
    'in 90 minutes',
    'in 89 seconds',
    '2 hours ago',
    'just now',
    'in a moment',
  ])
  expect(exact('2026-11-21T18:12:41.123Z')).toBe('2026-11-21 18:12 UTC')
})

test('a login with a refresh token shows when both tokens expire', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  const me = { token: { expires_at: '2026-11-21T12:00:00Z' }, session: { expires_at: '2027-11-20T12:00:00Z' } } as Parameters<typeof loginEnds>[0]
  const shownBy = (renews: boolean) => loginEnds(me, { renews }, now).map(([name, { shown }]) => `${name} ${shown}`)
  expect(shownBy(true)).toEqual(['Access token expires in 24 hours (2026-11-21 12:00 UTC)', 'Refresh token expires in 365 days (2027-11-20 12:00 UTC)'])
  expect(shownBy(false)).toEqual(['Login expires in 24 hours (2026-11-21 12:00 UTC)'])
})

test('the clock follows the server (S54)', () => {
  const clock = new ServerClock()
  const here = Date.parse('2026-11-20T12:00:00.200Z')
  clock.learn('Fri, 20 Nov 2026 12:00:00 GMT', here, here + 100)
  expect(clock.offsetMs).toBe(0)
  clock.learn('Fri, 20 Nov 2026 15:00:00 GMT', here, here + 100)
  expect(Math.abs(clock.offsetMs - 3 * 3_600_000)).toBeLessThan(1000)
  clock.learn(undefined, here, here)
  clock.learn('nonsense', here, here)
  expect(Math.abs(clock.offsetMs - 3 * 3_600_000)).toBeLessThan(1000)
})
