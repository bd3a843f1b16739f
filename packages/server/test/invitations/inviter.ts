// A whole server on an embedded database. mail.test.ts starts it, reads a line for each acknowledged invitation, and kills it.
import { writeSync } from 'node:fs'
import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { readConfig } from '@muster/server/config.ts'
import { startSession } from '@muster/server/domain/credentials/session.ts'
import { inviteByEmail } from '@muster/server/domain/invitations/invite-by-email.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { systemPrincipal, type UserPrincipal } from '@muster/server/domain/model/principal.ts'
import { registerUser } from '@muster/server/domain/organizations/register.ts'
import { startServer } from '@muster/server/server.ts'

const [dataDir = '', smtpUrl = '', port = '', mode = ''] = process.argv.slice(2)
const config = readConfig(
  {
    MUSTER_DATA_DIR: dataDir,
    MUSTER_SMTP_URL: smtpUrl,
    PORT: port,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    MUSTER_SECRET: 'the secret of an inviter that is killed in a test',
  },
  () => '',
)
const { services } = await startServer(config)
const { store, execute, limits } = services
writeSync(1, 'ready\n')

if (mode === 'invite') {
  const id = newId('user')
  const name = `founder_${port}`
  const email = `${name}@example.com`
  await store.reading.accounts.insert({ id, email, emailCanonical: email, passwordHash: 'none', givenName: 'Ada', familyName: 'Test' })
  const session = await execute(
    async (context, _: undefined) => {
      const account = await context.tx.accounts.find(id)
      if (!account) throw new Error('no account')
      return startSession(context, { kind: 'cli', account, organizationId: null, clientId: CLI_CLIENT_ID })
    },
    systemPrincipal,
    undefined,
  )
  const principal: UserPrincipal = {
    kind: 'user',
    userId: id,
    sessionId: session.id,
    epoch: 0,
    organizationId: null,
    token: null,
    origin: systemPrincipal.origin,
  }
  await execute(registerUser, principal, { username: name })
  for (let n = 0; n < 250; n += 1) {
    const to = `to-${port}-${n}@example.com`
    const [result] = await inviteByEmail({ store, execute, limits }, principal, { organization: name, emails: [to], role: 'member' })
    if (result?.status !== 'created') throw new Error(`not invited: ${JSON.stringify(result)}`)
    writeSync(1, `${to}\n`)
  }
}
