import { useLocation, useMatch, useRouter } from '@tanstack/react-router'
import { useCallback } from 'react'

const withoutSlash = (path: string): string => path.replace(/(.)\/+$/, '$1')

/**
 * The hash of this page's own address, and empty while another page is loading. A navigation changes the address before it changes the page, so the hash
 * alone could belong to the next page. The dialog of that page then opened for the user shown on this one.
 */
export function usePageHash(): string {
  const page = useMatch({ strict: false, select: ({ pathname }) => withoutSlash(pathname) })
  return useLocation({ select: ({ pathname, hash }) => (withoutSlash(pathname) === page ? hash : '') })
}

/** A dialog with its own hash in the URL, such as `#rename`. Links can open the dialog, and the back button closes it. */
export function useHashDialog(name: string): [open: boolean, show: (shown: boolean) => void] {
  const page = useMatch({ strict: false, select: ({ pathname }) => withoutSlash(pathname) })
  const open = usePageHash() === name
  const router = useRouter()
  const show = useCallback(
    (shown: boolean) => {
      const { pathname, hash } = router.state.location
      // Another page is loading, or another dialog has replaced this one, so the address is not this dialog's.
      if (withoutSlash(pathname) !== page || (!shown && hash !== name)) return
      void router.navigate({ to: '.', search: true, hash: shown ? name : '', replace: !shown, resetScroll: false })
    },
    [router, page, name],
  )
  return [open, show]
}
