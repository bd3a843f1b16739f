import { applicationUrl, hostLabel, hostLabelFault, NAME_PATTERN, RESOURCE_NAME_PATTERN } from '@muster/contract/names.ts'
import { hostOf, labelOf } from '@muster/server/domain/resources/host-label.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

// Properties that hold for every organization name and application name (S39, S40).

const ofCharacters = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), minLength: 3, maxLength: 30 })
const organization = ofCharacters('abz019_').filter((name) => NAME_PATTERN.test(name))
const application = ofCharacters('abz019_-').filter((name) => RESOURCE_NAME_PATTERN.test(name))

/** Whether the DNS and international names allow a label, written from RFC 1123 section 2.1 and RFC 5891 section 4.2.3.1 and not from the code. */
const isLabel = (label: string): boolean =>
  label.length >= 1 && label.length <= 63 && [...label].every((character) => /[a-z0-9-]/.test(character)) && !/^-|-$/.test(label) && !/^..--/.test(label)

test('a host label is refused exactly when the DNS does not allow it (S40)', () => {
  fc.assert(
    fc.property(organization, application, (org, app) => {
      const label = hostLabel(org, app)
      expect(hostLabelFault(label) === null).toBe(isLabel(label))
    }),
    { numRuns: 5_000 },
  )
})

test('an accepted host label survives the round trip through a URL (S40)', () => {
  fc.assert(
    fc.property(organization, application, (org, app) => {
      const label = hostLabel(org, app)
      fc.pre(hostLabelFault(label) === null)
      const { hostname, href } = new URL(applicationUrl(org, app, 'cloud.example.com'))
      expect(hostname).toBe(hostOf(label, 'cloud.example.com'))
      expect(href).toBe(`https://${hostname}/`)
      for (const written of [hostname, hostname.toUpperCase(), `${hostname}.`, label]) expect(labelOf(written, 'cloud.example.com')).toBe(label)
    }),
  )
})

test('two applications share a host label exactly when only - and _ differ (S40)', () => {
  fc.assert(
    fc.property(organization, application, organization, application, (org, app, other, another) => {
      const reading = (one: string, two: string) => [...`${one}-${two}`].map((character) => (character === '_' ? '-' : character)).join('')
      expect(hostLabel(org, app) === hostLabel(other, another)).toBe(reading(org, app) === reading(other, another))
    }),
  )
  expect(hostLabel('a_b', 'c')).toBe(hostLabel('a', 'b-c'))
})

test('organizations with different names give an application different host labels', () => {
  fc.assert(
    fc.property(organization, organization, application, (one, two, app) => {
      fc.pre(one !== two)
      expect(hostLabel(one, app)).not.toBe(hostLabel(two, app))
    }),
  )
})

test('an invalid host or a host of another domain has no host label', () => {
  for (const host of ['shop.example.org', 'a.b.cloud.example.com', '', '.', 'x'.repeat(64), 'sh op', 'shop/..', 'shop.cloud.example.com:80', 'ſhop'])
    expect(labelOf(host, 'cloud.example.com'), host).toBeNull()
})
