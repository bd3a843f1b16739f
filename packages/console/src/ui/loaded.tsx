import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { Skeleton } from './states.tsx'

interface Props<Data> {
  query: { data: Data | undefined; error: unknown; isPending: boolean; refetch: () => unknown }
  /** The number of placeholder rows while loading. */
  rows: number
  label: string
  children: (data: Data) => ReactNode
}

/** Shows the result of a query in a card without padding, with a placeholder while it loads and the problem when it fails. */
export function Loaded<Data>({ query: { data, error, isPending, refetch }, rows, label, children }: Props<Data>) {
  if (isPending) return <Skeleton rows={rows} label={label} />
  if (data !== undefined) return children(data)
  return (
    <div className="p-5">
      <Failure error={error} onRetry={() => void refetch()} />
    </div>
  )
}
