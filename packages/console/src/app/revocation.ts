import { onRevocation, type RevocationEffect } from '../lib/api.ts'
import { exactTime, plural } from '../lib/time.ts'
import { toast } from '../ui/toast.tsx'

const words: Record<RevocationEffect, { where: string; late: (end: string) => string; never: string }> = {
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

/** Shows a toast with the services that have acknowledged a change, and when the others apply it at the latest. */
export function showRevocationToasts(): void {
  onRevocation(({ receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited }, effect) => {
    const { where, late, never } = words[effect]
    const title = `${where} at ${acknowledged} of ${plural(receivers, 'service')}`
    if (missing.length === 0) {
      toast.done(`${title} in ${Math.round(waited)} ms`)
      return
    }
    const others = missing.map(({ id, description }) => description ?? id).join(', ')
    toast.warn(title, { description: `No confirmation yet from ${others}. ${everywhere === null ? never : late(exactTime(new Date(everywhere)))}` })
  })
}
