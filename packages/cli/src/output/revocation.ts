import type { RevocationReport } from '../api/types.ts'
import type { Context } from '../context.ts'
import { relative } from './time.ts'

/** A revocation ends access. A change, such as a role or a suspension, ends nothing and applies from now on (S32). */
const words = {
  ended: { where: 'Revoked', late: 'Access there ends', unknown: 'It is not known when access there ends.' },
  changed: { where: 'In effect', late: 'The change takes effect there', unknown: 'It is not known when the change takes effect there.' },
}

/** Prints how many services have acknowledged a revocation, and by when it applies at the others. Prints nothing when no service is connected. */
export function sayRevocation(
  { say, now }: Context,
  { revocation }: { revocation?: RevocationReport | undefined },
  happened: keyof typeof words = 'ended',
): void {
  if (!revocation || revocation.receivers === 0) return
  const { where, late, unknown } = words[happened]
  const { receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited } = revocation
  if (missing.length === 0) {
    say.done(`${where} at ${acknowledged} of ${receivers} services after ${Math.round(waited)} ms.`)
    return
  }
  const others = missing.map(({ id, description }) => description ?? id).join(', ')
  const end = everywhere === null ? unknown : `${late} ${relative(everywhere, now)} at the latest.`
  say.warn(`${where} at ${acknowledged} of ${receivers} services. Not acknowledged by: ${others}. ${end}`)
}
