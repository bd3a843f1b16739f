import { type Happened, onRevocation } from '../lib/api.ts'
import { exactTime, plural } from '../lib/time.ts'
import { toast } from '../ui/toast.tsx'

const words: Record<Happened, { where: string; late: (end: string) => string; never: string }> = {
  ended: {
    where: 'Access ended',
    late: (end) => `Access there ends by ${end}.`,
    never: 'It is unknown when access there ends.',
  },
  changed: {
    where: 'Role applied',
    late: (end) => `The new role applies there by ${end}.`,
    never: 'It is unknown when the new role applies there.',
  },
}

/** Says in the corner where it counts by now, and by when it will where nobody has answered yet. */
export function tellRevocations(): void {
  onRevocation(({ receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited }, happened) => {
    const { where, late, never } = words[happened]
    const title = `${where} at ${acknowledged} of ${plural(receivers, 'service')}`
    if (missing.length === 0) {
      toast.done(`${title} in ${Math.round(waited)} ms`)
      return
    }
    const others = missing.map(({ id, description }) => description ?? id).join(', ')
    toast.warn(title, { description: `No confirmation yet from ${others}. ${everywhere === null ? never : late(exactTime(new Date(everywhere)))}` })
  })
}
