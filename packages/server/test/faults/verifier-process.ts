/**
 * A service with the SDK's verifier, in a process of its own that can be stopped. The parent sends the value of a key with a number, and gets the verdict with the
 * time at which the check began.
 */
import { createVerifier, TokenRefused } from '@muster/sdk'

const [issuer = '', clientId = '', clientSecret = ''] = process.argv.slice(2)
const verifier = createVerifier({ issuer, clientId, clientSecret, lease: 10, onStale: 'refuse', onError: () => {} })
await verifier.ready(60)

process.on('message', async ({ number, token }: { number: number; token: string }) => {
  const began = Date.now()
  try {
    await verifier.verify(token)
    process.send?.({ number, began, verdict: 'accepted' })
  } catch (error) {
    process.send?.({ number, began, verdict: error instanceof TokenRefused ? 'refused' : 'unavailable' })
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
