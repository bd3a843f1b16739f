import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { cx } from './cx.ts'
import { Failure } from './failure.tsx'

export interface Column<Row> {
  header: string
  /** Hides the header visually, for columns of menus. */
  headerHidden?: boolean
  cell: (row: Row) => ReactNode
  className?: string
  /** The column is hidden in a table narrower than this. Its value is repeated in the first column or in the details of the row. */
  from?: keyof typeof shownFrom
}

interface Props<Row> {
  label: string
  columns: Column<Row>[]
  rows: Row[]
  keyOf: (row: Row) => string
  /** The total number of rows, when it is known. */
  total?: number | undefined
  /** More rows are loaded on scrolling. */
  hasMore?: boolean
  loadingMore?: boolean
  moreError?: unknown
  onMore?: () => void
  /** Rows are higher where hidden columns move into the first one. */
  rowHeight?: RowHeight
}

// Breakpoints follow the width of the table, because the navigation takes part of the window. They are 36, 48, 56 and 72 rem.
const shownFrom = { sm: '@max-xl:hidden', md: '@max-3xl:hidden', lg: '@max-4xl:hidden', xl: '@max-6xl:hidden' }
const WIDE = 56
const MIDDLE = 36

export type RowHeight = Record<'wide' | 'middle' | 'narrow', number>
const defaultRowHeight: RowHeight = { wide: 36, middle: 52, narrow: 64 }

/** Classes for the values of hidden columns, shown in the first column of a table that is not wide. */
export const below = { wide: '@4xl:hidden', middle: '@xl:hidden' }

/** A table of any length. Only the visible rows are in the page, and the next page loads before the end is reached. */
export function VirtualTable<Row>({
  label,
  columns,
  rows,
  keyOf,
  total,
  hasMore = false,
  loadingMore = false,
  moreError,
  onMore,
  rowHeight = defaultRowHeight,
}: Props<Row>) {
  const table = useRef<HTMLTableElement>(null)
  const [top, setTop] = useState(0)
  const coarse = matchMedia('(pointer: coarse)').matches
  const height = Math.max(rowHeight[useSize(table)], coarse ? 44 : 0)

  useLayoutEffect(() => {
    const measure = () => setTop((table.current?.getBoundingClientRect().top ?? 0) + scrollY)
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])

  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => height,
    overscan: 10,
    scrollMargin: top,
    getItemKey: (at) => keyOf(rows[at] as Row),
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is another layout
  useEffect(() => virtual.measure(), [height])

  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (hasMore && !loadingMore && !moreError && last >= rows.length - 40) onMore?.()
  }, [hasMore, loadingMore, moreError, last, rows.length, onMore])

  const before = (items[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top)

  /** Arrow keys move the focus to the same link or button in the next row. */
  const moveFocus = (event: KeyboardEvent<HTMLTableElement>) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    const from = event.target as HTMLElement
    const row = from.closest('tr')
    if (!row || from.closest('[role="menu"]')) return
    const place = [...row.querySelectorAll('a, button')].indexOf(from)
    const next = event.key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling
    const target = next?.querySelectorAll<HTMLElement>('a, button')[place]
    if (place < 0 || !target) return
    event.preventDefault()
    target.focus()
    target.scrollIntoView({ block: 'nearest' })
  }

  return (
    <div className="@container min-w-0 overflow-x-clip rounded border border-line bg-surface">
      <table
        ref={table}
        aria-label={label}
        aria-rowcount={(total ?? rows.length) + 1}
        onKeyDown={moveFocus}
        className="w-full table-fixed border-collapse text-sm"
      >
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ header, headerHidden, className, from }) => (
              <th
                key={header}
                scope="col"
                className={cx(
                  'sticky top-[var(--bar,0px)] z-10 h-9 border-b border-line bg-sunken px-3 text-left text-xs font-semibold whitespace-nowrap text-muted first:rounded-tl first:pl-4 last:rounded-tr',
                  from && shownFrom[from],
                  className,
                )}
              >
                <span className={headerHidden ? 'sr-only' : undefined}>{header}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 && <Space height={before} />}
          {items.map(({ index, key }) => (
            <Line key={key} row={rows[index]} columns={columns as Column<unknown>[]} index={index} height={height} />
          ))}
          {after > 0 && <Space height={after} />}
        </tbody>
      </table>
      {moreError != null && (
        <div className="border-t border-line p-3">
          <Failure error={moreError} {...(onMore && { onRetry: onMore })} compact />
        </div>
      )}
      <p role="status" className="border-t border-line px-4 py-2 text-xs text-muted">
        {loadingMore
          ? 'Loading more'
          : hasMore
            ? `${rows.length.toLocaleString('en')}${total === undefined ? '' : ` of ${total.toLocaleString('en')}`} loaded. Scroll to load more.`
            : `${rows.length.toLocaleString('en')} total`}
      </p>
    </div>
  )
}

/** Rendered only when its row changes, so that scrolling renders new rows only. */
const Line = memo(function Line({ row, columns, index, height }: { row: unknown; columns: Column<unknown>[]; index: number; height: number }) {
  return (
    <tr aria-rowindex={index + 2} style={{ height }} className="border-t border-line first:border-t-0 hover:bg-sunken/60 focus-within:bg-sunken/60">
      {columns.map(({ header, cell, className, from }) => (
        <td key={header} className={cx('overflow-hidden px-3 py-0 text-ellipsis first:pl-4', from && shownFrom[from], className)}>
          {cell(row)}
        </td>
      ))}
    </tr>
  )
})

/** Text in one line. A tooltip has the full text. */
export const Truncated = ({ children, muted = false }: { children: string; muted?: boolean }) => (
  <span title={children} className={cx('block truncate', muted && 'text-muted')}>
    {children}
  </span>
)

// One cell only: a cell that spans the hidden columns would take up their width again.
const Space = ({ height }: { height: number }) => (
  <tr aria-hidden className="border-0!">
    <td style={{ height, padding: 0 }} />
  </tr>
)

/** The size class of the table. */
function useSize(table: RefObject<HTMLElement | null>): keyof RowHeight {
  const [size, setSize] = useState<keyof RowHeight>('wide')
  useLayoutEffect(() => {
    const around = table.current?.parentElement
    if (!around) return
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    const measure = () => {
      const width = around.clientWidth / rem
      setSize(width >= WIDE ? 'wide' : width >= MIDDLE ? 'middle' : 'narrow')
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(around)
    return () => observer.disconnect()
  }, [table])
  return size
}
