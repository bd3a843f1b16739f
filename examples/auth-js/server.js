import { ExpressAuth, getSession } from '@auth/express'
import express from 'express'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, AUTH_SECRET, PORT = 8080 } = process.env

const config = {
  basePath: '/auth',
  secret: AUTH_SECRET,
  trustHost: true,
  providers: [
    {
      id: 'muster',
      name: 'Muster',
      type: 'oidc',
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      checks: ['pkce', 'state', 'nonce'],
      client: { id_token_signed_response_alg: 'ES256' },
    },
  ],
  callbacks: {
    // Auth.js does not accept logout tokens, so each request asks Muster whether the session still exists. Returning null ends the session.
    async jwt({ token, account }) {
      if (account) return { ...token, accessToken: account.access_token }
      const answer = await fetch(`${ISSUER}/oauth/userinfo`, { headers: { authorization: `Bearer ${token.accessToken}` } })
      return answer.ok ? token : null
    },
  },
}

const app = express()
app.set('trust proxy', 1)
app.use('/auth', ExpressAuth(config))

app.get('/', async (request, response) => {
  const session = await getSession(request, config)
  response.send(session?.user ? `Signed in as ${session.user.email}` : '<a href="/auth/signin">Sign in</a>')
})

app.listen(PORT, '127.0.0.1')
