import express from 'express'
import oidc from 'express-openid-connect'
import session from 'express-session'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, BASE_URL, COOKIE_SECRET, PORT = 8080 } = process.env
const { auth, requiresAuth } = oidc
const app = express()

app.use(
  auth({
    issuerBaseURL: ISSUER,
    baseURL: BASE_URL,
    clientID: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    secret: COOKIE_SECRET,
    authRequired: false,
    // The library adds state, nonce and PKCE to this request.
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    idTokenSigningAlg: 'ES256',
    // Sessions are stored here and not in the cookie, so that a logout token can end one. Processes must share the store.
    session: { store: new session.MemoryStore(), absoluteDuration: 86_400 },
    backchannelLogout: true,
  }),
)

app.get('/', (request, response) => {
  response.send(request.oidc.isAuthenticated() ? '<a href="/profile">Profile</a>' : '<a href="/login">Sign in</a>')
})

app.get('/profile', requiresAuth(), async (request, response) => {
  response.json(await request.oidc.fetchUserInfo())
})

app.listen(PORT, '127.0.0.1')
