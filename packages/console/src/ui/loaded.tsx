import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { Skeleton } from './states.tsx'

interface Props<Data> {
  query: { data: Data | undefined; error: unknown; isPending: boolean; refetch: () => unknown }
  /** How many lines it is likely to have. */
  rows: number
  label: string
  children: (data: Data) => ReactNode
}

/** In a card without padding, what a query brings: until then the shape of it; what went wrong, where there is nothing to show. */
export function Loaded<Data>({ query: { data, error, isPending, refetch }, rows, label, children }: Props<Data>) {
  if (isPending) return <Skeleton rows={rows} label={label} />
  if (data !== undefined) return children(data)
  return (
    <div className="p-5">
      <Failure error={error} onRetry={() => void refetch()} />
    </div>
  )
}
