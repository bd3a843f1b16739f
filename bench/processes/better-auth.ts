import { createServer } from 'node:http'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { admin, bearer, deviceAuthorization, jwt, organization } from 'better-auth/plugins'
import pg from 'pg'

// better-auth as its manual sets it up, with the plugins that do what Muster does. Its rate limits are off, because they are counted by address.

const port = Number(process.argv[2])
const origin = `http://127.0.0.1:${port}`
const database = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
const options = {
  baseURL: origin,
  secret: 'the secret of a server that is only started to be measured',
  database,
  telemetry: { enabled: false },
  rateLimit: { enabled: false },
  emailAndPassword: { enabled: true },
  plugins: [
    organization({ membershipLimit: 10_000_000, invitationLimit: 10_000_000, async sendInvitationEmail() {} }),
    bearer(),
    jwt({ jwks: { keyPairConfig: { alg: 'ES256' } } }),
    deviceAuthorization({ verificationUri: '/device' }),
    admin(),
  ],
} satisfies BetterAuthOptions
await (await getMigrations(options)).runMigrations()
const auth = betterAuth(options)
const handler = toNodeHandler(auth)
const server = createServer((request, response) => void handler(request, response)).listen(port, '127.0.0.1')
// For its start and its memory nobody needs to be there.
if (process.argv[3] !== 'bare')
  server.once('listening', async () => {
    const password = 'correct horse battery staple'
    const signUp = async (name: string) => {
      const { token, user } = await auth.api.signUpEmail({ body: { name, email: `${name}@example.com`, password } })
      return { id: user.id, token: token ?? '', headers: new Headers({ authorization: `Bearer ${token}` }) }
    }
    const ada = await signUp('ada')
    const organized = await auth.api.createOrganization({ headers: ada.headers, body: { name: 'Acme', slug: 'acme' } })
    const organizationId = organized?.id ?? ''
    const memberIds: string[] = []
    for (let n = 0; n < 16; n++) {
      const { id } = await signUp(`m${n}`)
      const member = await auth.api.addMember({ body: { userId: id, organizationId, role: 'member' } })
      memberIds.push(member?.id ?? '')
    }
    process.send?.({ origin, databaseUrl: process.env['DATABASE_URL'], token: ada.token, organizationId, memberIds })
  })
process.on('disconnect', () => process.exit(0))
