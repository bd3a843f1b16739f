import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { assets, portalContentSecurityPolicy } from '../../src/portal/assets.ts'
import { continuePage, deactivatedPage, mailboxPage } from '../../src/portal/pages/index.ts'
import { exact, lengthOfTime, relative } from '../../src/portal/time.ts'
import { samples } from './samples.ts'

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onfocus='alert(1)' autofocus='",
  '</title><svg onload=alert(1)>',
  '</textarea></pre><iframe src=javascript:alert(1)>',
  '&lt;b&gt;&amp;',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an attack on templates, not a mistake
  '${7*7}{{7*7}}',
]

describe.each(hostile)('with %s in every text that users choose', (attack) => {
  const plain = samples()
  const attacked = samples((text) => text + attack)

  test.each(Object.keys(plain))('%s has the same elements and attributes as with plain names', (name) => {
    expect(skeleton(attacked[name] as string)).toEqual(skeleton(plain[name] as string))
  })
})

describe.each(Object.entries(samples()))('%s', (_name, page) => {
  test('has a title, a language, one level-1 heading and a skip link to main', () => {
    expect(page.match(/<h1[ >]/g)).toHaveLength(1)
    expect(page).toMatch(/<title>[^<]+ · Muster<\/title>/)
    expect(page).toContain('<html lang="en"')
    expect(page.match(/<main id="main"/g)).toHaveLength(1)
    expect(page).toContain('<a class="skip" href="#main">')
  })

  test('has no inline code and loads nothing from another host', () => {
    expect(page).not.toMatch(/ style=|<style|<script(?! src="\/assets\/)| on[a-z]+=|javascript:/)
    expect(page).not.toMatch(/ (?:src|action)="(?!\/|data:image\/svg\+xml;base64,)/)
    expect(page).not.toMatch(/undefined|\[object |NaN|>null</)
  })

  test('has no password value and no duplicate id', () => {
    for (const [input] of page.matchAll(/<input[^>]*type="password"[^>]*>/g)) expect(input).not.toContain('value=')
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('connects each label, hint and fault to an existing field', () => {
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
    const named = [...page.matchAll(/ (?:for|aria-describedby|aria-labelledby|form)="([^"]+)"/g)].flatMap(([, value]) => (value as string).split(' '))
    for (const id of named) expect(ids).toContain(id)
  })
})

test('fields have autocomplete values for browsers and password managers', () => {
  const pages = samples()
  expect(autocompletes(pages['sign-up'])).toEqual(['email', 'new-password', 'given-name', 'family-name'])
  expect(autocompletes(pages['sign-in'])).toEqual(['username webauthn', 'current-password'])
  expect(autocompletes(pages.verify)).toEqual(['one-time-code'])
  expect(pages.verify).toContain('inputmode="numeric"')
  expect(autocompletes(pages['reset-password'])).toEqual(['username', 'new-password'])
})

test('a mistake is reported in the title, a focused summary and at its field', () => {
  const page = samples()['sign-up-faults'] as string
  expect(page).toContain('<title>Error: ')
  expect(page.indexOf('role="alert"')).toBeLessThan(page.indexOf('<form'))
  expect(page.match(/ autofocus/g)).toHaveLength(1)
  expect(page).toContain('<a href="#email">')
  expect(page).toMatch(/id="email"[^>]*aria-describedby="email-fault"[^>]*aria-invalid="true"/)
})

test('typed values are kept after a mistake', () => {
  expect(samples()['sign-up-faults']).toMatch(/id="email"[^>]* value="alice@example"/)
})

test('the approval page shows account, client, address, time and lifetime (D02)', () => {
  const { 'device-approve': day, 'device-approve-year': year } = samples() as Record<string, string>
  for (const part of [
    'alice@example.com',
    'Use another account',
    'muster-cli',
    'acme',
    'Lisbon, Portugal',
    '203.0.113.7',
    'muster 0.1.0, linux x64',
    '18:31 UTC',
    'BCDF-GHJK',
    '24 hours',
  ])
    expect(day).toContain(part)
  expect(year).toContain('<strong>Up to a year</strong>, without another approval')
  expect(year).toContain('Approve for a year')
  expect(year).toContain('Started from a different IP address')
  expect(day).not.toContain('Started from a different IP address')
})

test('a page links to no script, and a contact adds no header to an email', () => {
  const frame = { now: new Date(0), host: 'localhost' }
  expect(() => continuePage({ frame, to: 'javascript:alert(1)', name: 'x' })).toThrow()
  expect(() => continuePage({ frame, to: ' data:text/html,x', name: 'x' })).toThrow()
  expect(mailboxPage({ frame, mails: [{ path: '/m', to: 'a', subject: 's', at: new Date(0), link: 'javascript:alert(1)' }] })).not.toContain('javascript:')
  const page = deactivatedPage({
    frame,
    organization: 'acme',
    since: new Date(0),
    contact: { email: 'a@b.c?bcc=evil@example.com' },
    useAnother: { action: '/', hidden: {} },
  })
  expect(page).toContain('href="mailto:a%40b.c%3Fbcc%3Devil%40example.com"')
})

test('the path of an asset changes with its content', () => {
  for (const [name, asset] of Object.entries(assets)) {
    expect(asset.body.toString()).toContain(readFileSync(new URL(`../../src/portal/${name}`, import.meta.url), 'utf8'))
    expect(asset.hash).toBe(createHash('sha256').update(asset.body).digest('hex').slice(0, 16))
    expect(asset.path).toMatch(/^\/assets\/[a-z]+\.[0-9a-f]{16}\.(css|js|svg)$/)
  }
})

test('the policy allows no inline code, no framing and no foreign form target', () => {
  expect(portalContentSecurityPolicy).not.toContain('unsafe')
  expect(portalContentSecurityPolicy).toContain("default-src 'none'")
  expect(portalContentSecurityPolicy).toContain("frame-ancestors 'none'")
  expect(portalContentSecurityPolicy).toContain("form-action 'self'")
})

test('a time is shown in its largest unit and never rounded up', () => {
  const now = new Date('2026-11-20T18:32:00Z')
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1000)
  expect([59, 60, 119, 3600, 86_400, 31_536_000].map(lengthOfTime)).toEqual(['59 seconds', '1 minute', '1 minute', '1 hour', '1 day', '1 year'])
  expect([600, 599, -90, 2].map((seconds) => relative(at(seconds), now))).toEqual(['in 10 minutes', 'in 9 minutes', '1 minute ago', 'just now'])
  expect(exact(at(600), now)).toBe('18:42 UTC')
  expect(exact(at(86_400), now)).toBe('21 November 2026, 18:32 UTC')
})

/** The names of a page's elements and attributes, without texts and values. */
function skeleton(page: string): string[] {
  return [...page.matchAll(/<(\/?[a-z!][^\s>]*)((?:\s+[^\s=>]+(?:="[^"]*")?)*)\s*>/gi)].map(([, name, attributes]) => {
    const names = [...(attributes ?? '').matchAll(/([^\s=]+)(?:="[^"]*")?/g)].map(([, attribute]) => attribute)
    return `${name} ${names.join(' ')}`
  })
}

const autocompletes = (page: string | undefined): (string | undefined)[] => [...(page ?? '').matchAll(/ autocomplete="([^"]+)"/g)].map(([, value]) => value)
