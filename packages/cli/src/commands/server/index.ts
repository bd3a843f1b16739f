import clients from './client.ts'
import local from './local.ts'
import organization from './organization.ts'
import signingKeys from './signing-keys.ts'
import streams from './stream.ts'
import users from './user.ts'

export default [...organization, ...users, ...clients, ...signingKeys, ...streams, ...local]
