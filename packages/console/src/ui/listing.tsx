import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { Card, Skeleton } from './states.tsx'
import { type Column, type RowHeight, VirtualTable } from './table.tsx'

/** What a list that comes by cursor knows of itself. */
interface Paged {
  isPending: boolean
  error: unknown
  hasNextPage: boolean
  isFetchingNextPage: boolean
  isFetchNextPageError: boolean
  refetch: () => unknown
  fetchNextPage: () => unknown
}

interface Props<Row> {
  /** "Keys". */
  label: string
  list: Paged
  rows: Row[]
  columns: Column<Row>[]
  keyOf: (row: Row) => string
  /** Shown when there is nothing. */
  empty: ReactNode
  rowHeight?: RowHeight
  /** How many there are in all, where it is known. */
  total?: number | undefined
}

/** A list in each of its states: coming, failed, empty, and there. */
export function Listing<Row>({ label, list, rows, columns, keyOf, empty, rowHeight, total }: Props<Row>) {
  if (list.isPending)
    return (
      <Card padded={false}>
        <Skeleton rows={6} label={`Loading: ${label}`} />
      </Card>
    )
  if (rows.length === 0 && list.error) return <Failure error={list.error} onRetry={() => list.refetch()} />
  // While there are more to come, one of them may be what is looked for.
  if (rows.length === 0 && !list.hasNextPage) return <Card padded={false}>{empty}</Card>
  return (
    <VirtualTable
      label={label}
      columns={columns}
      rows={rows}
      keyOf={keyOf}
      {...(rowHeight && { rowHeight })}
      total={total}
      hasMore={list.hasNextPage}
      loadingMore={list.isFetchingNextPage}
      moreError={list.isFetchNextPageError ? list.error : undefined}
      onMore={() => void list.fetchNextPage()}
    />
  )
}
