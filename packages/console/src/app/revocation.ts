import { type Happened, onRevocation } from '../lib/api.ts'
import { exactTime, plural } from '../lib/time.ts'
import { toast } from '../ui/toast.tsx'

const words: Record<Happened, { where: string; late: (end: string) => string; never: string }> = {
  ended: { where: 'Ended', late: (end) => `They refuse by themselves from ${end}.`, never: 'No end is known for them.' },
  changed: { where: 'In force', late: (end) => `They may go by what was before until ${end}.`, never: 'They may go by what was before, and no end is known.' },
}

/** Says in the corner where it counts by now, and by when it will where nobody has answered yet. */
export function tellRevocations(): void {
  onRevocation(({ receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited }, happened) => {
    const { where, late, never } = words[happened]
    const title = `${where} at ${acknowledged} of ${plural(receivers, 'service')}`
    if (missing.length === 0) {
      toast.done(`${title}, ${Math.round(waited)} ms`)
      return
    }
    const others = missing.map(({ id, description }) => description ?? id).join(', ')
    toast.warn(title, { description: `Not heard from: ${others}. ${everywhere === null ? never : late(exactTime(new Date(everywhere)))}` })
  })
}
