import { randomBytes } from 'node:crypto'
import { startGitHub } from '@muster/testkit/github.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resetFactors } from '../../src/domain/organizations/reset-factors.ts'
import { linkIdentity } from '../../src/domain/providers/identity.ts'
import { keepProvenPerson } from '../../src/domain/providers/provider-sign-in.ts'
import { anOffice, type Browser, type Office } from '../accounts/office.ts'

let office: Office
let github: Awaited<ReturnType<typeof startGitHub>>
beforeAll(async () => {
  github = await startGitHub()
  const { url, clientId, clientSecret } = github
  office = await anOffice({ providers: [{ kind: 'github', id: 'github', name: 'GitHub', url, clientId, clientSecret }] })
})
afterAll(async () => {
  await office.clock.restore()
  await office.close()
  await github.close()
})

const on = (name: string): string => `from account where username = '${name}'`

/** A person without a password, with some passkeys and identities. */
async function aPerson(name: string, { passkeys = 0, issuers = [] as string[] }): Promise<{ browser: Browser; passkeys: string[]; identities: string[] }> {
  const browser = await office.person(name)
  await office.rows(`update account set password_hash = null where username = '${name}'`)
  for (let number = 0; number < passkeys; number += 1) {
    const id = randomBytes(8).toString('hex')
    await office.rows(
      `insert into passkey (id, user_id, credential_id, public_key, counter, device_bound, verifies_user, aaguid, transports, name, address)
       select 'pky_' || substr(id, 5, 25) || '${number}', id, '\\x${id}', '\\x00', 0, false, true, '', '{}', 'key', '192.0.2.1' ${on(name)}`,
    )
  }
  for (const [number, issuer] of issuers.entries())
    await office.rows(
      `insert into identity (id, user_id, provider, issuer, subject, label, address) select 'idn_' || substr(id, 5, 25) || '${number}', id, 'github', '${issuer}', '${name}', '${name}', '192.0.2.1' ${on(name)}`,
    )
  const { body } = await browser.get('/account/security')
  const paths = (pattern: RegExp): string[] => [...new Set([...body.matchAll(pattern)].map(([, path]) => path as string))]
  return { browser, passkeys: paths(/href="(\/account\/passkeys\/\w+)"/g), identities: paths(/href="(\/account\/providers\/\w+)"/g) }
}

test('a person without a password keeps their last passkey (F9)', async () => {
  const { browser, passkeys } = await aPerson('ann', { passkeys: 2 })
  expect((await browser.post(`${passkeys[0]}/remove`, {})).headers.location).toBe('/account/security?done=removed')
  const refused = await browser.post(`${passkeys[1]}/remove`, {})
  expect([refused.statusCode >= 400, refused.body.includes('Add a password, a passkey or another provider first.')]).toEqual([true, true])
})

test('a passkey and a provider are a way in for each other (F21)', async () => {
  const { browser, passkeys, identities } = await aPerson('bob', { passkeys: 1, issuers: [`${github.url}/login/oauth`] })
  expect((await browser.post(`${identities[0]}/unlink`, {})).headers.location).toBe('/account/security?done=unlinked')
  expect((await browser.post(`${passkeys[0]}/remove`, {})).statusCode).toBeGreaterThanOrEqual(400)
})

test('a provider that the operator has switched off is no way in (F21)', async () => {
  const { browser, identities } = await aPerson('cyd', { issuers: [`${github.url}/login/oauth`, 'https://id.example.com'] })
  expect((await browser.get('/account/security')).body).toContain('This server no longer offers it.')
  const off = identities.find((path) => path.endsWith('1'))
  const own = identities.find((path) => path.endsWith('0'))
  expect((await browser.post(`${own}/unlink`, {})).statusCode).toBe(409)
  expect((await browser.post(`${off}/unlink`, {})).headers.location).toBe('/account/security?done=unlinked')
})

test('a person who removes two ways in at the same time keeps one (F21)', async () => {
  const { browser, passkeys, identities } = await aPerson('dan', { passkeys: 1, issuers: [`${github.url}/login/oauth`] })
  await Promise.all([browser.post(`${identities[0]}/unlink`, {}), browser.post(`${passkeys[0]}/remove`, {})])
  const [row] = await office.rows<{ left: number }>(
    `select ((select count(*) from passkey where user_id = a.id) + (select count(*) from identity where user_id = a.id))::int as left from account a where username = 'dan'`,
  )
  expect(row?.left).toBe(1)
})

test('a command links only soon after a sign-in (F15)', async () => {
  const browser = await office.person('eve')
  const principal = await office.principal(browser)
  const person = { subject: '1', label: 'eve', email: null, givenName: 'Eve', familyName: '' }
  const token = await office.execute(keepProvenPerson, principal, {
    person,
    provider: 'github',
    issuer: `${github.url}/login/oauth`,
    returnPath: null,
    sessionId: principal.sessionId,
  })
  await office.clock.advance(601)
  await expect(office.execute(linkIdentity, principal, { token })).rejects.toMatchObject({ code: 'insufficient_user_authentication' })
})

test('the operator unlinks every provider with the other factors (F21, F12)', async () => {
  const { browser } = await aPerson('fay', { passkeys: 1, issuers: [`${github.url}/login/oauth`] })
  const origin = { address: '192.0.2.1', requestId: 'req', userAgent: null }
  await office.execute(resetFactors, { kind: 'operator', tokenId: null, name: null, origin } as never, { user: 'fay' })
  expect(await office.rows(`select 1 from identity where user_id = (select id ${on('fay')})`)).toEqual([])
  expect((await browser.get('/account')).statusCode).toBe(303)
  const [event] = await office.rows<{ type: string }>(`select type from audit_event where type = 'factors.reset'`)
  expect(event).toBeDefined()
})
