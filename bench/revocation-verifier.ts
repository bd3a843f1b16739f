/**
 * One of the verifier processes of `revocation-latency.ts`. Checks its token continuously and reports when the token was last accepted and first refused, on
 * the clock that all processes of a machine share.
 */
import { createVerifier, requirePermission } from '@muster/sdk'

const [issuer = '', reached = '', clientId = '', clientSecret = '', audience, permission] = process.argv.slice(2)
const now = (): number => Number(process.hrtime.bigint()) / 1e6

const verifier = createVerifier({
  issuer,
  clientId,
  clientSecret,
  audience,
  onStale: 'refuse',
  // Each server process is reached at its own address.
  fetch: (input, init) => fetch(String(input).replace(issuer, reached), init),
})
await verifier.ready(60)

let token: string | undefined
let acceptedAt = 0
process.on('message', (message: { token: string } | { end: true }) => {
  if ('end' in message) {
    void verifier.close().then(() => process.exit(0))
    return
  }
  token = message.token
  acceptedAt = 0
  process.send?.({ taken: true })
  void judge(message.token)
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })

async function judge(mine: string): Promise<void> {
  let first = true
  while (token === mine) {
    const startedAt = now()
    try {
      const caller = await verifier.verify(mine)
      if (permission !== undefined) requirePermission(caller, permission)
      acceptedAt = startedAt
      if (first) process.send?.({ accepted: true })
      first = false
    } catch (error) {
      process.send?.({ refusedAt: startedAt, acceptedAt, code: (error as { code?: string }).code ?? String(error) })
      return
    }
    // A shorter pause would slow down the measured servers.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
