import apis from './api.ts'
import clients from './client.ts'
import clientSecrets from './client-secret.ts'
import emails from './email.ts'
import events from './events.ts'
import local from './local.ts'
import organization from './organization.ts'
import search from './search.ts'
import secret from './secret.ts'
import signingKeys from './signing-keys.ts'
import streams from './stream.ts'
import tokens from './token.ts'
import users from './user.ts'
import userList from './user-list.ts'

export default [
  ...organization,
  ...userList,
  ...users,
  ...search,
  ...emails,
  ...apis,
  ...clients,
  ...clientSecrets,
  ...signingKeys,
  ...secret,
  ...streams,
  ...events,
  ...tokens,
  ...local,
]
