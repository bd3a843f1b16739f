/** The row that somebody was last in. */
let last: { row: Element; list: Element; at: number } | null = null

/** What floats over the page, and what keeps the focus within it: whoever is there comes from a place in the page. */
const floating = '[role="menu"], [role="dialog"], [role="alertdialog"], [data-base-ui-focus-guard]'

/** Keeps in mind which row is worked in, so that there is somewhere to go on when it is gone. */
export function keepPlace(): void {
  addEventListener('focusin', ({ target }) => {
    const element = target as Element
    if (element.closest(floating)) return
    const row = element.closest('main tr, main li')
    last = row?.parentElement ? { row, list: row.parentElement, at: [...row.parentElement.children].indexOf(row) } : null
  })
}

/** Where the focus goes when a dialog closes: back, or, when that row went with what was done, to the one in its place, the search, the title. */
export function nextPlace(): HTMLElement | true {
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
