/**
 * One of the verifier processes of `revocation-latency.ts`. Judges the token it is handed all the time and tells when it was accepted last and refused
 * first, on the clock that all processes of a machine share.
 */
import { createVerifier } from '@muster/sdk'

const [issuer = '', reached = '', clientId = '', clientSecret = ''] = process.argv.slice(2)
const now = (): number => Number(process.hrtime.bigint()) / 1e6

const verifier = createVerifier({
  issuer,
  clientId,
  clientSecret,
  onStale: 'refuse',
  // The processes of the server are reached each by its own address.
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
      await verifier.verify(mine)
      acceptedAt = startedAt
      if (first) process.send?.({ accepted: true })
      first = false
    } catch (error) {
      process.send?.({ refusedAt: startedAt, acceptedAt, code: (error as { code?: string }).code ?? String(error) })
      return
    }
    // More often would take the machine away from what is measured.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
