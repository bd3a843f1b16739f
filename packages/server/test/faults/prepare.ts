/**
 * Migrates a database and makes the people of a fault run: `node prepare.ts STORE CLIENTS`. Prints them as JSON. STORE is the URL of a database, or the folder of
 * an embedded one. It runs in the tree of the version with which the run begins.
 */
import { OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'

const [store = '', clients = '1'] = process.argv.slice(2)
const muster = await startMuster(store.startsWith('/') ? { dataDir: store } : { databaseUrl: store })
const admins: { id: string; organization: string; token: string }[] = []
for (let number = 1; number <= Number(clients); number += 1) {
  const organization = `client${number}`
  const { [organization]: admin } = await muster.organization({ [organization]: 'admin', [`member${number}`]: 'member' })
  if (admin) admins.push({ id: admin.id, organization, token: admin.token })
}
const body = { name: 'Service', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
const { url: issuer } = muster
await muster.close()
process.stdout.write(JSON.stringify({ issuer, admins, client }))
process.exit(0)
