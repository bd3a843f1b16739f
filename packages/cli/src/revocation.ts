import type { components } from '@muster/contract/api.d.ts'
import type { Context } from './context.ts'
import { relative } from './time.ts'

type RevocationReport = components['schemas']['RevocationReport']

/** How long an answer that ends access may wait for the platform's services to have heard of it, in seconds. */
export const WAIT_SECONDS = 2

/** Where access has ended by now, and by when it will have where nobody has answered yet. Nothing where no service listens. */
export function sayRevocation({ say, now }: Context, { revocation }: { revocation?: RevocationReport | undefined }): void {
  if (!revocation || revocation.receivers === 0) return
  const { receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited } = revocation
  if (missing.length === 0) {
    say.done(`Ended at ${acknowledged} of ${receivers} services, ${Math.round(waited)} ms.`)
    return
  }
  const others = missing.map(({ id, description }) => description ?? id).join(', ')
  const end = everywhere === null ? 'no end is known for them' : `they refuse by themselves ${relative(everywhere, now)}`
  say.warn(`Ended at ${acknowledged} of ${receivers} services. Not heard from: ${others}; ${end}.`)
}
