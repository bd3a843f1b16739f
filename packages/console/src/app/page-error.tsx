import { useRouter } from '@tanstack/react-router'
import { useCallback, useEffect } from 'react'
import { useBackOnline } from '../lib/use-online.ts'
import { Failure } from '../ui/failure.tsx'
import { Page } from '../ui/page.tsx'
import { PageFileMissing, reload, reloadOnce } from './page-loader.tsx'

/** Replaces a page whose script could not be loaded or that failed. It retries when the connection is back. */
export function PageError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter()
  const retry = useCallback(async () => {
    // Some browsers remember a failed import until the page is reloaded.
    if (error instanceof PageFileMissing && !(await error.retry())) return reload()
    await router.invalidate()
    reset()
  }, [error, reset, router])
  useBackOnline(retry)
  useEffect(() => {
    if (error instanceof PageFileMissing) void reloadOnce(error)
  }, [error])
  return (
    <Page title="This page could not be loaded">
      <Failure error={error} onRetry={retry} />
    </Page>
  )
}
