import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { expect, test } from 'vitest'
import { aPlace } from './peer.ts'

// mod_auth_openidc knows nothing of Muster: what it is told is what RFC 7662 says.

test("Apache's mod_auth_openidc lets through whom the introspection calls active, and nobody after", async () => {
  const place = await aPlace()
  try {
    const { muster, folder, port } = place
    const client = { name: 'apache', grants: ['client_credentials'], scopes: ['introspect'] }
    const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
    const modules = ['/usr/lib/apache2/modules', '/usr/lib64/httpd/modules'].find(existsSync)
    const load = ['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http', 'auth_openidc']
    const file = join(folder, 'httpd.conf')
    await writeFile(
      file,
      `${load.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
ServerName localhost
ServerRoot ${folder}
PidFile ${folder}/pid
ErrorLog /dev/stderr
DefaultRuntimeDir ${folder}
User www-data
Group www-data
Listen 127.0.0.1:${port}
OIDCOAuthIntrospectionEndpoint ${muster.url}/oauth/introspect
OIDCOAuthIntrospectionEndpointAuth client_secret_basic
OIDCOAuthClientID ${body.id}
OIDCOAuthClientSecret ${body.secret}
OIDCOAuthRemoteUserClaim sub
OIDCOAuthTokenIntrospectionInterval -1
<Location />
  AuthType oauth20
  Require claim role:admin
  Require claim role:member
  ProxyPass http://127.0.0.1:${place.applicationPort}/
</Location>
`,
    )
    await place.start('apache2', ['-X', '-f', file])
    const { ada, bob } = (await muster.organization({ ada: 'admin', bob: 'member' })) as { ada: Human; bob: Human }
    expect((await place.call('/')).status).toBe(401)
    expect((await place.call('/', `${bob.token}x`)).status).toBe(401)
    expect((await place.call('/', bob.token)).status).toBe(200)
    expect(place.seen()).toMatchObject({ oidc_claim_sub: bob.id, oidc_claim_role: 'member' })
    await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: ada.token })
    const ended = await place.call('/', bob.token)
    expect([ended.status, place.seen()]).toEqual([401, null])
    expect((await place.call('/', ada.token)).status).toBe(200)
  } finally {
    await place.close()
  }
})
