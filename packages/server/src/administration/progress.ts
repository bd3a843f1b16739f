import type { OnProgress } from '../store/archive/rows.ts'

export interface Progress {
  on: OnProgress
  /** Clears the line. */
  end(): void
}

const EVERY_MILLISECONDS = { terminal: 100, log: 5_000 }

/** Shows the table and its rows: on a line that changes in a terminal, and now and then on a line of its own elsewhere. */
export function showProgress(output: NodeJS.WriteStream): Progress {
  const terminal = output.isTTY === true
  let shownAt = performance.now()
  let shown = false
  return {
    on(table, rows) {
      const now = performance.now()
      if (now - shownAt < (terminal ? EVERY_MILLISECONDS.terminal : EVERY_MILLISECONDS.log)) return
      shownAt = now
      shown = true
      const line = rows === 0 ? `  ${table} …` : `  ${table}  ${rows.toLocaleString('en')} rows`
      output.write(terminal ? `\r\u001b[2K${line.slice(0, output.columns - 1)}` : `${line}\n`)
    },
    end() {
      if (terminal && shown) output.write('\r\u001b[2K')
    },
  }
}
