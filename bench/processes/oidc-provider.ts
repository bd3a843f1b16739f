import { generateKeyPairSync } from 'node:crypto'
import { Provider } from 'oidc-provider'

// oidc-provider alone, with its store in memory: it writes nothing to a disk, which is an advantage over all others here.

const port = Number(process.argv[2])
const issuer = `http://127.0.0.1:${port}`
const resource = 'https://api.example.com'
const key = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }

const provider = new Provider(issuer, {
  jwks: { keys: [key as never] },
  scopes: ['openid', 'offline_access', 'read'],
  clients: [
    {
      client_id: 'cli',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  features: {
    devInteractions: { enabled: false },
    deviceFlow: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'read', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
    },
  },
  // As Muster's refresh tokens for the command: one token, used again and again.
  rotateRefreshToken: false,
  findAccount: (_context, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  cookies: { keys: ['only for a measurement'] },
})

provider.listen(port, '127.0.0.1', async () => {
  const grant = new provider.Grant({ accountId: 'ada', clientId: 'cli' })
  grant.addOIDCScope('offline_access')
  grant.addResourceScope(resource, 'read')
  const grantId = await grant.save()
  const client = await provider.Client.find('cli')
  if (!client) throw new Error('The client is missing.')
  const token = new provider.RefreshToken({ accountId: 'ada', client, grantId, scope: 'offline_access read', gty: 'device_code', resource } as never)
  process.send?.({ origin: issuer, refreshToken: await token.save() })
})
process.on('disconnect', () => process.exit(0))
