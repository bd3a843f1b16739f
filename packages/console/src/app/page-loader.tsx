import type { ReactNode } from 'react'
import { use } from 'react'
import { NoAnswer } from '../lib/api.ts'

/** The file of a page could not be fetched. */
export class PageMissing extends NoAnswer {
  readonly page: string
  /** Asks for it once more; whether it is there now. */
  readonly again: () => Promise<boolean>
  constructor(page: string, cause: unknown, again: () => Promise<boolean>) {
    super(cause)
    this.page = page
    this.again = again
  }
}

const missing = new Set<() => Promise<boolean>>()

/** A page out of a file of its own. That it cannot be fetched is an error like any other, which is shown where the page would be. */
export function lazyPage<Name extends string>(fetchFile: () => Promise<Record<Name, () => ReactNode>>, name: Name) {
  let Component: (() => ReactNode) | undefined
  let failure: PageMissing | undefined
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
          failure = new PageMissing(name, cause, load)
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

/** Loads the console anew, if it is there to come back to: nothing is left of what is on the screen. */
export async function reload(): Promise<void> {
  if (!navigator.onLine) return
  const answered = await fetch(location.href, { method: 'HEAD', cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (answered) location.reload()
}

/** A file that is missing while the server is there was one of an older build. Once: the next build has the page, or nobody has. */
export async function reloadOnce({ page }: PageMissing): Promise<void> {
  const key = `muster_reloaded:${page}`
  if (!navigator.onLine || sessionStorage.getItem(key) !== null) return
  sessionStorage.setItem(key, 'yes')
  await reload()
}

/** When there is nothing else to do: then every page is there, also when the connection is not. */
export function loadAllPages(): void {
  const all = async () => {
    for (const load of missing) await load()
  }
  const idle = window.requestIdleCallback ?? ((run: () => void) => setTimeout(run, 1_000))
  const begin = () => idle(() => void all())
  if (document.readyState === 'complete') begin()
  else addEventListener('load', begin, { once: true })
}
