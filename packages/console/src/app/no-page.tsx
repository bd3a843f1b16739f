import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { useBackOnline } from '../lib/use-online.ts'
import { Failure } from '../ui/failure.tsx'
import { Page } from '../ui/page.tsx'
import { PageMissing, reload, reloadOnce } from './page-loader.tsx'

/** In place of a page that could not be fetched, or that failed. It comes by itself when the connection does. */
export function NoPage({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter()
  const again = useCallback(async () => {
    // Some browsers keep in mind for as long as the page lives that a script could not be fetched.
    if (error instanceof PageMissing && !(await error.again())) return reload()
    await router.invalidate()
    reset()
  }, [error, reset, router])
  useBackOnline(again)
  useEffect(() => {
    if (error instanceof PageMissing) void reloadOnce(error)
  }, [error])
  return (
    <Page title="This page could not be loaded">
      <Failure error={error} onRetry={again} />
    </Page>
  )
}
