import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, memo, type ReactNode, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { cx } from './cx.ts'
import { Failure } from './failure.tsx'

export interface Column<Row> {
  header: string
  /** The header is for those who hear it only: menus, marks. */
  headerHidden?: boolean
  cell: (row: Row) => ReactNode
  className?: string
  /** In a table narrower than this the column goes away; what it says stands elsewhere in the row, or where the row leads. */
  from?: keyof typeof shownFrom
}

interface Props<Row> {
  label: string
  columns: Column<Row>[]
  rows: Row[]
  keyOf: (row: Row) => string
  /** How many there are in all, where it is known. */
  total?: number | undefined
  /** More come from the server as one scrolls. */
  hasMore?: boolean
  loadingMore?: boolean
  moreError?: unknown
  onMore?: () => void
  /** More lines fit into a row where columns went away. */
  rowHeight?: RowHeight
}

// By the width of the table and not of the window: the rail takes its part of that. 36, 48, 56 and 72 rem.
const shownFrom = { sm: '@max-xl:hidden', md: '@max-3xl:hidden', lg: '@max-4xl:hidden', xl: '@max-6xl:hidden' }
const WIDE = 56
const MIDDLE = 36

export type RowHeight = Record<'wide' | 'middle' | 'narrow', number>
const usual: RowHeight = { wide: 36, middle: 52, narrow: 64 }

/** What went away with columns: below the first line, in a table that is not wide. */
export const below = { wide: '@4xl:hidden', middle: '@xl:hidden' }

/** A table of any length: only what is on the screen is in the page, and the next page is asked for before its end is reached. */
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
  rowHeight = usual,
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

  /** Arrows go from row to row, in the same column of things to press. */
  const walk = (event: KeyboardEvent<HTMLTableElement>) => {
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
      <table ref={table} aria-label={label} aria-rowcount={(total ?? rows.length) + 1} onKeyDown={walk} className="w-full table-fixed border-collapse text-sm">
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

// One cell: one that spans the columns that went away would bring their room back.
/** Made anew only when what it shows is: scrolling makes the rows that come into view, and no others. */
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

/** In one line; where it does not fit, it is told whole to whoever points at it. */
export const Cut = ({ children, muted = false }: { children: string; muted?: boolean }) => (
  <span title={children} className={cx('block truncate', muted && 'text-muted')}>
    {children}
  </span>
)

const Space = ({ height }: { height: number }) => (
  <tr aria-hidden className="border-0!">
    <td style={{ height, padding: 0 }} />
  </tr>
)

/** How wide the table is, told when it becomes another. */
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
