import { startMailSink } from '@muster/testkit/mail-sink.ts'

// A mail server that accepts everything. A process of its own, so that receiving emails takes no time from the load.

const { url } = await startMailSink()
process.send?.({ url })
process.on('disconnect', () => process.exit(0))
