/**
 * A resource server in a process of its own, which can be stopped. The parent sends lists of tokens, and gets a list of verdicts for each:
 * of a verifier that refuses after its lease, and of one that introspects.
 */
import { createVerifier } from '@muster/sdk'
import { type Credentials, verdict } from './verifying.ts'

const [issuer = '', settings = ''] = process.argv.slice(2)
const { clientId, clientSecret, lease } = JSON.parse(settings) as Credentials & { lease: number }
const verifiers = (['refuse', 'introspect'] as const).map((onStale) => createVerifier({ issuer, clientId, clientSecret, lease, onStale }))
await Promise.all(verifiers.map((verifier) => verifier.ready(60)))

process.on('message', async (tokens: string[]) => {
  process.send?.(await Promise.all(tokens.map((token) => Promise.all(verifiers.map((verifier) => verdict(verifier, token))))))
})
process.on('disconnect', () => process.exit(0))
process.send?.([])
