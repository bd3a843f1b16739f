import { Tooltip } from '@base-ui/react/tooltip'
import { serverNow } from '../lib/clock.ts'
import { exactTime, relativeTime, timeLeft } from '../lib/time.ts'
import { useNow } from '../lib/use-now.ts'

interface Props {
  at: string
  /** Not focusable, for long tables. The details of the row show the exact time. */
  still?: boolean
}

/** A relative time, with the exact time on hover and focus. */
export function Time({ at, still = false }: Props) {
  const now = useNow('minute')
  return <Exact at={at} still={still} text={relativeTime(new Date(at), now)} />
}

/** The remaining time; `over` is shown when it has passed. */
export function Countdown({ at, still = false, over = 'expired' }: Props & { over?: string }) {
  const soon = new Date(at).getTime() - serverNow().getTime() < 3_700_000
  const now = useNow(soon ? 'second' : 'minute')
  const left = timeLeft(new Date(at), now)
  return <Exact at={at} still={still} text={left === null ? over : `in ${left}`} />
}

function Exact({ at, still, text }: Props & { text: string }) {
  const exact = exactTime(new Date(at))
  if (still)
    return (
      <time dateTime={at} title={exact} className="whitespace-nowrap">
        {text}
      </time>
    )
  return (
    <Tooltip.Root>
      <Tooltip.Trigger
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the exact time is shown on focus too
        render={<time dateTime={at} tabIndex={0} />}
        className="whitespace-nowrap underline decoration-line-strong decoration-dotted underline-offset-3"
      >
        {text}
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="floating rounded border border-line bg-surface px-2 py-1 text-xs shadow-float">{exact}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}
