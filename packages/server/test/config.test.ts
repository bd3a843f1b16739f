import { effectiveSettings } from '@muster/server/administration.ts'
import { ConfigError, readConfig } from '@muster/server/config.ts'
import { expect, test } from 'vitest'

const read = (env: Record<string, string>) => readConfig({ MUSTER_SECRET: 'x'.repeat(32), ...env }, () => '', ['dbos', 'featurebase'])
const faultsOf = (env: Record<string, string>): string[] => {
  try {
    read(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

test('a configuration without plans has free, pro (the default) and enterprise (S7)', () => {
  expect(read({}).plans).toEqual({ default: 'pro', seats: { free: 1, pro: null, enterprise: null } })
})

test('MUSTER_PLANS sets the names and seats of the plans (S7)', () => {
  expect(read({ MUSTER_PLANS: 'hobby:1,team : 25, scale:unlimited', MUSTER_DEFAULT_PLAN: 'team' }).plans).toEqual({
    default: 'team',
    seats: { hobby: 1, team: 25, scale: null },
  })
  // Without a plan named pro, the first plan is the default.
  expect(read({ MUSTER_PLANS: 'hobby:1, scale:unlimited' }).plans.default).toBe('hobby')
})

test('every fault of the plans is reported at once, and an empty setting is a fault', () => {
  expect(faultsOf({ MUSTER_PLANS: 'free:0, Pro:5, team:many, free:1, free:2', MUSTER_DEFAULT_PLAN: 'gold' })).toHaveLength(5)
  expect(faultsOf({ MUSTER_PLANS: '', MUSTER_DEFAULT_PLAN: '' })).toEqual([
    'MUSTER_PLANS is empty. Leave it out, or give it a value.',
    'MUSTER_DEFAULT_PLAN is empty. Leave it out, or give it a value.',
  ])
})

test('every invalid setting is reported at once (O6)', () => {
  const faults = faultsOf({
    PORT: '99999',
    MUSTER_HOSTS: 'accounts.internal, https://accounts.example.com',
    MUSTER_CLOUD_DOMAIN: 'https://cloud.example.com',
    MUSTER_MAIL_FROM: 'Accounts',
    MUSTER_TRUSTED_PROXIES: '10.0.0.0/8, proxy.internal, 10.0.0.0/40',
    MUSTER_COMPAT: 'dbos, featurbase',
    MUSTER_PLANS: 'free:none',
    MUSTER_PREPARED: 'maybe',
  })
  expect(faults).toHaveLength(8)
  const text = faults.join('\n')
  expect(text).toContain('MUSTER_HOSTS has "https://accounts.example.com"; a host is a name')
  expect(text).toContain('MUSTER_CLOUD_DOMAIN is "https://cloud.example.com"; it is a domain')
  expect(text).toContain('MUSTER_MAIL_FROM is "Accounts"; it is one address')
  expect(text).toContain('MUSTER_TRUSTED_PROXIES has "proxy.internal", "10.0.0.0/40"; a proxy is an address or a network')
  expect(text).toContain('MUSTER_COMPAT has "featurbase"; it is a list of dbos and featurebase.')
})

test('sign-up rules are read in the form in which addresses are compared (O15)', () => {
  expect(read({}).admission).toEqual({ signUp: 'open', domains: [], blockedDomains: [], reservedNames: new Set() })
  const env = { MUSTER_SIGN_UP: 'domains', MUSTER_SIGN_UP_DOMAINS: 'Example.com, *.münchen.example', MUSTER_RESERVED_NAMES: 'acme_inc, initech' }
  expect(read(env).admission).toMatchObject({
    domains: ['example.com', '*.xn--mnchen-3ya.example'],
    reservedNames: new Set(['acme_inc', 'initech']),
  })
  expect(faultsOf({ MUSTER_SIGN_UP: 'domains' })).toEqual(['MUSTER_SIGN_UP_DOMAINS is required with MUSTER_SIGN_UP=domains.'])
  expect(faultsOf({ MUSTER_SIGN_UP_DOMAINS: 'example.com' })).toHaveLength(1)
  expect(faultsOf({ MUSTER_SIGN_UP: 'closed', MUSTER_BLOCKED_DOMAINS: '@example.com, *example.com', MUSTER_RESERVED_NAMES: 'Acme' })).toHaveLength(3)
})

test('MUSTER_FACTOR_POLICY is a policy, with a day if it begins later (F13)', () => {
  expect(read({}).factorFloor).toEqual({ policy: 'none', from: null })
  expect(read({ MUSTER_FACTOR_POLICY: 'phishing-resistant' }).factorFloor).toEqual({ policy: 'phishing-resistant', from: null })
  expect(read({ MUSTER_FACTOR_POLICY: 'any from 2027-03-01' }).factorFloor).toEqual({ policy: 'any', from: new Date('2027-03-01T00:00:00Z') })
  for (const wrong of ['all', 'any from March', 'any from 2027-02-30', 'any 2027-03-01'])
    expect(faultsOf({ MUSTER_FACTOR_POLICY: wrong }), wrong).toEqual([expect.stringContaining(`MUSTER_FACTOR_POLICY is "${wrong}"; it is one of none, any`)])
})

test('MUSTER_LIMITS tightens any limit, and switches off a limit on load (O11)', () => {
  const { limits } = read({ MUSTER_LIMITS: 'sign-in by address=30/15m, token by address=off, resource by organization = 100000/1d' })
  expect(limits['sign-in by address']).toEqual({ points: 30, seconds: 900 })
  expect(limits['token by address']).toBeNull()
  expect(limits['resource by organization']).toMatchObject({ points: 100_000, seconds: 86_400, load: true })
  expect(limits['sign-in by network']).toEqual(read({}).limits['sign-in by network'])
})

test('a limit that protects a secret or an email is loosened twofold at most (O11)', () => {
  expect(faultsOf({ MUSTER_LIMITS: 'sign-in by address=120/15m' })).toEqual([])
  for (const value of ['121/15m', '120/14m', '60/7m', 'off'])
    expect(faultsOf({ MUSTER_LIMITS: `sign-in by address=${value}` }).join(), value).toContain('it is not switched off and allows at most 120/15m')
  expect(faultsOf({ MUSTER_LIMITS: 'sign-in by adress=1/1m, revoke by address=0/1m, revoke by address=off' })).toHaveLength(3)
})

test.each<[name: string, valid: string[], invalid: string[]]>([
  ['MUSTER_HOSTS', ['a.internal', 'A.internal:8443', '127.0.0.1:80', '[::1]:4000'], ['a/b', 'a b', 'http://a', 'a:b', 'user@a', 'a:70000']],
  ['MUSTER_CLOUD_DOMAIN', ['cloud.localhost', 'Cloud.Example.com'], ['cloud', 'cloud.example.com:443', '.example.com', 'a..b', '*.example.com']],
  [
    'MUSTER_MAIL_FROM',
    ['a@example.com', 'Accounts <a@example.com>', '"Acme, Inc." <a@example.com>', '<a@example.com>'],
    ['a', 'a@', '<a@example.com', 'A <a@example.com> B', 'a@example.com, b@example.com'],
  ],
  [
    'MUSTER_TRUSTED_PROXIES',
    ['10.0.0.7', '10.0.0.0/8', 'fd00::/8', '::1', 'loopback'],
    ['10.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/8/8', 'any', '10.0.0.0/', '0.0.0.0/0'],
  ],
])('%s accepts valid values and refuses invalid ones', (name, valid, invalid) => {
  for (const value of valid) expect([value, faultsOf({ [name]: value })]).toEqual([value, []])
  for (const value of invalid) expect([value, faultsOf({ [name]: value }).length]).toEqual([value, 1])
})

test('only a process with PostgreSQL drains (O5)', () => {
  const secret = { DATABASE_URL: 'postgres://muster@db/muster', MUSTER_SECRET: 'a secret that is only made for this one test' }
  expect([read({}).drainSeconds, read(secret).drainSeconds, read({ ...secret, MUSTER_DRAIN_SECONDS: '0' }).drainSeconds]).toEqual([0, 10, 0])
  expect(faultsOf({ MUSTER_DRAIN_SECONDS: 'long' })).toEqual(['MUSTER_DRAIN_SECONDS is "long"; it must be a number from 0 to 600.'])
})

test('each line of MUSTER_SECRET_PREVIOUS is a secret of 32 characters or more', () => {
  const previous = 'y'.repeat(32)
  expect(faultsOf({ MUSTER_SECRET_PREVIOUS: `${previous}\n${previous}` })).toEqual([])
  expect(faultsOf({ MUSTER_SECRET_PREVIOUS: `${previous}\nshort` })).toEqual([expect.stringContaining('MUSTER_SECRET_PREVIOUS is too short')])
})

test('hosts and the cloud domain are converted to lower case', () => {
  const { hosts, cloudDomain } = read({ MUSTER_HOSTS: 'Accounts.Internal:8443', MUSTER_CLOUD_DOMAIN: 'Cloud.Example.com' })
  expect(hosts).toContain('accounts.internal:8443')
  expect(cloudDomain).toBe('cloud.example.com')
})

const gitHub = { MUSTER_GITHUB_CLIENT_ID: 'Iv1.0123', MUSTER_GITHUB_CLIENT_SECRET: 'short' }
const oidc = { MUSTER_OIDC_ISSUER: 'https://id.example.com/', MUSTER_OIDC_CLIENT_ID: 'muster', MUSTER_OIDC_CLIENT_SECRET: 'secret' }

test('providers are off by default, and on with a client (F19)', () => {
  expect(read({}).providers).toEqual([])
  expect(read({ ...gitHub, ...oidc, MUSTER_OIDC_TRUSTED_DOMAINS: '*.example.com' }).providers).toEqual([
    { kind: 'github', id: 'github', name: 'GitHub', url: 'https://github.com', clientId: 'Iv1.0123', clientSecret: 'short' },
    {
      kind: 'oidc',
      id: 'oidc',
      name: 'id.example.com',
      issuer: 'https://id.example.com',
      trustedDomains: ['*.example.com'],
      clientId: 'muster',
      clientSecret: 'secret',
    },
  ])
})

test('an issuer with a path keeps its slash, as its tokens have it (F19)', () => {
  const issuerOf = (issuer: string) => read({ ...oidc, MUSTER_OIDC_ISSUER: issuer }).providers[0]
  expect(issuerOf('https://id.example.com/o/app/')).toMatchObject({ issuer: 'https://id.example.com/o/app/' })
  expect(issuerOf('https://id.example.com/o/app')).toMatchObject({ issuer: 'https://id.example.com/o/app' })
})

test('half a provider, http outside this machine and a hostile name are faults (F19)', () => {
  expect(faultsOf({ MUSTER_GOOGLE_CLIENT_ID: 'x' })).toEqual(['MUSTER_GOOGLE_CLIENT_ID and MUSTER_GOOGLE_CLIENT_SECRET need each other. Set both, or none.'])
  expect(faultsOf({ MUSTER_OIDC_ISSUER: 'https://id.example.com' })).toEqual([
    'MUSTER_OIDC_ISSUER and MUSTER_OIDC_CLIENT_ID need each other. Set both, or none.',
  ])
  expect(faultsOf({ ...oidc, MUSTER_OIDC_ISSUER: 'http://id.example.com', MUSTER_OIDC_NAME: '<b>' })).toHaveLength(2)
  expect(faultsOf({ MUSTER_OIDC_TRUSTED_DOMAINS: 'example.com' })).toHaveLength(1)
  expect(faultsOf({ ...oidc, MUSTER_OIDC_ISSUER: 'http://localhost:5000' })).toEqual([])
  const outside = { MUSTER_ISSUER: 'https://accounts.example.com', MUSTER_SMTP_URL: 'smtp://mail' }
  expect(faultsOf({ ...outside, ...oidc, MUSTER_OIDC_ISSUER: 'http://localhost:5000' })).toHaveLength(1)
})

test('the settings of TLS in the URL of the mail server are true or false', () => {
  for (const query of ['ignoreTLS=yes', 'requireTLS=0', 'requireTLS=true&requireTLS=false'])
    expect(faultsOf({ MUSTER_SMTP_URL: `smtp://mail.example.com?${query}` })).toEqual([
      expect.stringMatching(/^MUSTER_SMTP_URL: \w+TLS is either true or false\.$/),
    ])
  for (const query of ['', '?ignoreTLS=true', '?requireTLS=false']) expect(faultsOf({ MUSTER_SMTP_URL: `smtp://mail.example.com${query}` })).toEqual([])
})

test('the client secret of a provider is not shown (F19)', () => {
  const shown = effectiveSettings({ MUSTER_SECRET: 'x'.repeat(32), ...gitHub, MUSTER_GITHUB_CLIENT_SECRET: 'gh-secret-value' }, () => '')
  expect(JSON.stringify(shown)).not.toContain('gh-secret-value')
})
