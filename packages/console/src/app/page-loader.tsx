import type { ReactNode } from 'react'
import { use } from 'react'
import { NoAnswer } from '../lib/api.ts'

/** The script of a page could not be loaded. */
export class PageFileMissing extends NoAnswer {
  readonly page: string
  /** Loads the script again. True when that succeeds. */
  readonly retry: () => Promise<boolean>
  constructor(page: string, cause: unknown, retry: () => Promise<boolean>) {
    super(cause)
    this.page = page
    this.retry = retry
  }
}

const missing = new Set<() => Promise<boolean>>()

/** A page in its own script. A failure to load it is shown in place of the page. */
export function lazyPage<Name extends string>(fetchFile: () => Promise<Record<Name, () => ReactNode>>, name: Name) {
  let Component: (() => ReactNode) | undefined
  let failure: PageFileMissing | undefined
  let loading: Promise<boolean> | undefined
  const load = (): Promise<boolean> => {
    loading ??= fetchFile()
      .then(
        (file) => {
          Component = file[name]
          failure = undefined
          missing.delete(load)
          return true
        },
        (cause: unknown) => {
          failure = new PageFileMissing(name, cause, load)
          return false
        },
      )
      .finally(() => {
        loading = undefined
      })
    return loading
  }
  missing.add(load)
  function LazyPage() {
    if (Component) return <Component />
    if (failure) throw failure
    use(load())
    return null
  }
  return Object.assign(LazyPage, { preload: async () => void (await load()) })
}

/** Reloads the console, but only when the server answers: without an answer, the screen would stay empty. */
export async function reload(): Promise<void> {
  if (!navigator.onLine) return
  const isReachable = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (isReachable) location.reload()
}

/** Reloads the console when the script of a page is missing, because the server then has a newer build. Once per page, to prevent a loop. */
export async function reloadOnce({ page }: PageFileMissing): Promise<void> {
  const key = `muster_reloaded:${page}`
  if (!navigator.onLine || sessionStorage.getItem(key) !== null) return
  sessionStorage.setItem(key, 'yes')
  await reload()
}

/** Loads all pages when the browser is idle, so that they open without a connection. */
export function loadAllPages(): void {
  const all = async () => {
    for (const load of missing) await load()
  }
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1_000))
  const start = () => idle(() => void all())
  if (document.readyState === 'complete') start()
  else addEventListener('load', start, { once: true })
}
