import type { ReactNode } from 'react'
import { Failure } from './failure.tsx'
import { Card, Skeleton } from './states.tsx'
import { type Column, type RowHeight, VirtualTable } from './table.tsx'

/** The state of a paged query. */
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
  /** Shown when the list is empty. */
  empty: ReactNode
  rowHeight?: RowHeight
  /** The total number of rows, when it is known. */
  total?: number | undefined
}

/** A list in each of its states: loading, failed, empty and loaded. */
export function Listing<Row>({ label, list, rows, columns, keyOf, empty, rowHeight, total }: Props<Row>) {
  if (list.isPending)
    return (
      <Card padded={false}>
        <Skeleton rows={6} label={`Loading: ${label}`} />
      </Card>
    )
  if (rows.length === 0 && list.error) return <Failure error={list.error} onRetry={() => list.refetch()} />
  // A filtered list may have matches on a later page.
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
