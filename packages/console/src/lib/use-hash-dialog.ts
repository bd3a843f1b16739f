import { useLocation, useNavigate } from '@tanstack/react-router'
import { useCallback } from 'react'

/** A dialog with an address of its own, `#rename`: it can be linked to, and going back closes it. */
export function useHashDialog(name: string): [open: boolean, show: (shown: boolean) => void] {
  const open = useLocation({ select: ({ hash }) => hash === name })
  const navigate = useNavigate()
  const show = useCallback(
    (shown: boolean) => void navigate({ to: '.', search: true, hash: shown ? name : '', replace: !shown, resetScroll: false }),
    [navigate, name],
  )
  return [open, show]
}
