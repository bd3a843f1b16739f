import type { RevocationReport } from '../api/types.ts'
import type { Context } from '../context.ts'
import { relative } from './time.ts'

/** What the services hear of: an end, or what counts from now on and ends nothing, as a role or a suspension does (S32). */
const words = {
  ended: { where: 'Ended', late: 'they refuse by themselves', never: 'no end is known for them' },
  changed: { where: 'In force', late: 'they may go by what was before, and stop by themselves', never: 'they may go by what was before, and no end is known' },
}

/** Where it counts by now, and by when it will where nobody has answered yet. Nothing where no service listens. */
export function sayRevocation(
  { say, now }: Context,
  { revocation }: { revocation?: RevocationReport | undefined },
  happened: keyof typeof words = 'ended',
): void {
  if (!revocation || revocation.receivers === 0) return
  const { where, late, never } = words[happened]
  const { receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited } = revocation
  if (missing.length === 0) {
    say.done(`${where} at ${acknowledged} of ${receivers} services, ${Math.round(waited)} ms.`)
    return
  }
  const others = missing.map(({ id, description }) => description ?? id).join(', ')
  const end = everywhere === null ? never : `${late} ${relative(everywhere, now)}`
  say.warn(`${where} at ${acknowledged} of ${receivers} services. Not heard from: ${others}; ${end}.`)
}
