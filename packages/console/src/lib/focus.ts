/** The table row or list item that last had the focus. */
let last: { row: Element; list: Element; at: number } | null = null

/** Elements over the page, and their focus guards. They take the focus from an element of the page. */
const floating = '[role="menu"], [role="dialog"], [role="alertdialog"], [data-base-ui-focus-guard]'

/** Remembers the row with the focus, so that `nextFocus` can find its neighbour when the row is removed. */
export function trackFocusedRow(): void {
  addEventListener('focusin', ({ target }) => {
    const element = target as Element
    if (element.closest(floating)) return
    const row = element.closest('main tr, main li')
    last = row?.parentElement ? { row, list: row.parentElement, at: [...row.parentElement.children].indexOf(row) } : null
  })
}

/** The element to focus when a dialog closes: the previous one (`true`), or when its row was removed, the row in its place, the search field or the title. */
export function nextFocus(): HTMLElement | true {
  if (!last || last.row.isConnected) return true
  const rows = last.list.isConnected ? [...last.list.children] : []
  const row = rows[Math.min(last.at, rows.length - 1)]
  return (
    [...(row?.querySelectorAll<HTMLElement>('a, button') ?? [])].at(-1) ??
    document.querySelector<HTMLElement>('main input[type="search"]') ??
    document.querySelector<HTMLElement>('main h1') ??
    true
  )
}
