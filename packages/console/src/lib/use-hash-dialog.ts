import { useLocation, useMatch, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

const withoutSlash = (path: string): string => path.replace(/(.)\/+$/, '$1')

/**
 * The hash of this page's own address. A navigation changes the address before it changes the page; until the page follows, path and hash belong to the
 * page that is loading, and this page has no hash. Reading the hash alone opened the dialog of the next page for the person of this one.
 */
export function usePageHash(): string {
  const page = useMatch({ strict: false, select: ({ pathname }) => withoutSlash(pathname) })
  return useLocation({ select: ({ pathname, hash }) => (withoutSlash(pathname) === page ? hash : '') })
}

/** A dialog with an address of its own, `#rename`: it can be linked to, and going back closes it. */
export function useHashDialog(name: string): [open: boolean, show: (shown: boolean) => void] {
  const page = useMatch({ strict: false, select: ({ pathname }) => withoutSlash(pathname) })
  const open = usePageHash() === name
  const router = useRouter()
  const show = useCallback(
    (shown: boolean) => {
      const { pathname, hash } = router.state.location
      // Another page is loading, or another dialog has taken this one's place: the address is theirs.
      if (withoutSlash(pathname) !== page || (!shown && hash !== name)) return
      void router.navigate({ to: '.', search: true, hash: shown ? name : '', replace: !shown, resetScroll: false })
    },
    [router, page, name],
  )
  return [open, show]
}
