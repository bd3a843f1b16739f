import { createServer } from 'node:http'
import { freePort } from '@muster/testkit/muster.ts'
import Provider, { type Configuration } from 'oidc-provider'

/** A person at the issuer: the claims of their account. */
export interface IssuerPerson {
  sub: string
  email?: string
  email_verified?: boolean
  given_name?: string
  family_name?: string
}

/** An OpenID Connect issuer (oidc-provider) with one client, which signs in whoever comes as `person`. */
export async function startIssuer(redirectUri: string) {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const client = { clientId: 'muster', clientSecret: 'the secret of a client of another issuer' }
  const state = { person: { sub: 'nobody' } as IssuerPerson, known: new Map<string, IssuerPerson>() }
  const configuration: Configuration = {
    clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [redirectUri] }],
    cookies: { keys: ['the cookies of another issuer'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name'] },
    features: { devInteractions: { enabled: false } },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...state.known.get(sub), sub }) }),
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ accountId: oidc.account?.accountId ?? '', clientId: oidc.client?.clientId ?? '' })
      grant.addOIDCScope('openid email profile')
      await grant.save()
      return grant
    },
  }
  const provider = new Provider(url, configuration)
  const handle = provider.callback()
  const server = createServer(async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return handle(request, response)
    state.known.set(state.person.sub, state.person)
    await provider.interactionFinished(request, response, { login: { accountId: state.person.sub, remember: false } })
  })
  await new Promise<void>((resolve) => server.listen(port, 'localhost', resolve))
  return {
    url,
    ...client,
    signInAs(person: IssuerPerson): void {
      state.person = person
    },
    async close(): Promise<void> {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
