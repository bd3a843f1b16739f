import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { request as ask } from 'node:http'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { expect, test } from 'vitest'
import { isMissing, peers } from './clients/table.ts'
import { aPlace } from './peer.ts'

// mod_auth_openidc has no support for Muster in particular, so it relies on RFC 7662 alone.

test.skipIf(isMissing(peers['mod_auth_openidc (API)']))(`mod_auth_openidc (API) ${peers['mod_auth_openidc (API)'].does}`, async () => {
  const place = await aPlace()
  const secure = await tlsBefore(place.muster.url, place.folder)
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
ErrorLog ${folder}/error.log
DefaultRuntimeDir ${folder}
User www-data
Group www-data
Listen 127.0.0.1:${port}
OIDCOAuthIntrospectionEndpoint ${secure.url}/oauth/introspect
OIDCOAuthSSLValidateServer Off
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
    secure.stop()
  }
})

/** The module accepts https addresses only. */
async function tlsBefore(url: string, folder: string): Promise<{ url: string; stop(): void }> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const subject = ['-subj', '/CN=localhost', '-days', '1', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' })
  const { host, hostname, port } = new URL(url)
  const server = createServer({ key: await readFile(key), cert: await readFile(cert) }, (request, response) => {
    const { method, url: path, headers } = request
    const onward = ask({ host: hostname, port, method, path, headers: { ...headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `https://localhost:${(server.address() as { port: number }).port}`, stop: () => void server.close().closeAllConnections() }
}
