/** Prints how many milliseconds a new verifier of the SDK takes to be ready. `npm run bench` runs it with the SDK of the version that it measures. */
import { createVerifier } from '@muster/sdk'

const [issuer = '', clientId = '', clientSecret = ''] = process.argv.slice(2)
const begun = performance.now()
const verifier = createVerifier({ issuer, clientId, clientSecret, onStale: 'refuse' })
await verifier.ready(180)
process.stdout.write(String(performance.now() - begun))
await verifier.close()
process.exit(0)
