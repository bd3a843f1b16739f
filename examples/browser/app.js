import { InMemoryWebStorage, UserManager, WebStorageStateStore } from 'oidc-client-ts'

const issuer = 'https://accounts.example.com'

const users = new UserManager({
  authority: issuer,
  client_id: 'cli_…',
  redirect_uri: `${location.origin}/`,
  scope: 'openid profile email',
  // Tokens stay in memory. After a reload, signing in again takes one redirect and no password.
  userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
  stateStore: new WebStorageStateStore({ store: sessionStorage }),
  automaticSilentRenew: false,
})

const show = (text) => {
  document.querySelector('output').textContent = text
}

if (new URLSearchParams(location.search).has('state')) {
  const user = await users.signinCallback() // checks state, nonce and PKCE
  history.replaceState(null, '', '/')
  show(`Signed in as ${user.profile.email}`)
}

document.querySelector('#sign-in').addEventListener('click', () => users.signinRedirect({ nonce: crypto.randomUUID() }))

document.querySelector('#profile').addEventListener('click', async () => {
  const user = await users.getUser()
  const answer = await fetch(`${issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${user?.access_token}` } })
  if (answer.status === 401) await users.removeUser()
  show(answer.ok ? (await answer.json()).preferred_username : 'Your session has ended. Sign in again.')
})
