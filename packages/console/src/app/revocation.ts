import { onRevocation } from '../lib/api.ts'
import { exactTime, plural } from '../lib/time.ts'
import { toast } from '../ui/toast.tsx'

/** Says in the corner where access has ended by now, and by when it will have where nobody has answered yet. */
export function tellRevocations(): void {
  onRevocation(({ receivers, acknowledged, missing, ended_everywhere_at: everywhere, waited_ms: waited }) => {
    if (missing.length === 0) {
      toast.done(`Ended at ${acknowledged} of ${plural(receivers, 'service')}, ${Math.round(waited)} ms`)
      return
    }
    const others = missing.map(({ id, description }) => description ?? id).join(', ')
    const end = everywhere === null ? 'No end is known for them.' : `They refuse by themselves from ${exactTime(new Date(everywhere))}.`
    toast.warn(`Ended at ${acknowledged} of ${plural(receivers, 'service')}`, { description: `Not heard from: ${others}. ${end}` })
  })
}
