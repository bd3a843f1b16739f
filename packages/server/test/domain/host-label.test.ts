import { applicationUrl, hostLabel, hostLabelFault, NAME_PATTERN, RESOURCE_NAME_PATTERN } from '@muster/contract/names.ts'
import { hostOf, labelOf } from '@muster/server/domain/host-label.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'

// What can be said of all names at once (S39, S40).

const ofCharacters = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), minLength: 3, maxLength: 30 })
const organization = ofCharacters('abz019_').filter((name) => NAME_PATTERN.test(name))
const application = ofCharacters('abz019_-').filter((name) => RESOURCE_NAME_PATTERN.test(name))

/** A label as the DNS and the ASCII form of international names have it, written anew from their texts (RFC 1123 section 2.1, RFC 5891 section 4.2.3.1). */
const isLabel = (label: string): boolean =>
  label.length >= 1 && label.length <= 63 && [...label].every((character) => /[a-z0-9-]/.test(character)) && !/^-|-$/.test(label) && !/^..--/.test(label)

test('a label is refused exactly when no host name could have it (S40)', () => {
  fc.assert(
    fc.property(organization, application, (org, app) => {
      const label = hostLabel(org, app)
      expect(hostLabelFault(label) === null).toBe(isLabel(label))
    }),
    { numRuns: 5_000 },
  )
})

test('every label that is let through stands in a URL as itself, and leads back (S40)', () => {
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

test('two applications share a label exactly when their names read the same with - for _ (S40)', () => {
  fc.assert(
    fc.property(organization, application, organization, application, (org, app, other, another) => {
      const reading = (one: string, two: string) => [...`${one}-${two}`].map((character) => (character === '_' ? '-' : character)).join('')
      expect(hostLabel(org, app) === hostLabel(other, another)).toBe(reading(org, app) === reading(other, another))
    }),
  )
  expect(hostLabel('a_b', 'c')).toBe(hostLabel('a', 'b-c'))
})

test('different organization names give different labels to the same application', () => {
  fc.assert(
    fc.property(organization, organization, application, (one, two, app) => {
      fc.pre(one !== two)
      expect(hostLabel(one, app)).not.toBe(hostLabel(two, app))
    }),
  )
})

test('a host of another domain, and what is no host at all, has no label', () => {
  for (const host of ['shop.example.org', 'a.b.cloud.example.com', '', '.', 'x'.repeat(64), 'sh op', 'shop/..', 'shop.cloud.example.com:80', 'ſhop'])
    expect(labelOf(host, 'cloud.example.com'), host).toBeNull()
})
