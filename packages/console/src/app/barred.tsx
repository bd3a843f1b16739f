import type { ProblemBody } from '@muster/contract/problems.ts'
import { useEffect } from 'react'
import { Button } from '../ui/button.tsx'
import { Fact, Facts } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { Mark } from './mark.tsx'

/** Deactivated, or of a suspended organization: why, since when, and whom to ask (S35). */
export function Barred({ problem }: { problem: ProblemBody }) {
  const {
    organization,
    deactivated_at: since,
    contact,
  } = problem as ProblemBody & { organization?: { name: string }; deactivated_at?: string; contact?: string | null }
  useEffect(() => {
    document.title = `${problem.title} · Muster`
  }, [problem.title])
  return (
    <main className="mx-auto flex min-h-dvh max-w-[29rem] flex-col gap-5 px-4 py-16">
      <Mark />
      <h1 className="text-[1.75rem] leading-tight font-semibold tracking-tight">
        {problem.code === 'user_deactivated' ? 'Your account is deactivated' : problem.title}
      </h1>
      <div className="rounded border border-line bg-surface p-5">
        <Facts>
          {organization && <Fact name="Organization">{organization.name}</Fact>}
          {since && (
            <Fact name="Since">
              <Time at={since} />
            </Fact>
          )}
          {contact && <Fact name="Whom to ask">{contact}</Fact>}
          <Fact name="What to do">{problem.next}</Fact>
          {problem.request_id && (
            <Fact name="Request">
              <code>{problem.request_id}</code>
            </Fact>
          )}
        </Facts>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" onClick={() => location.reload()}>
          Try again
        </Button>
        <form method="post" action="/sign-out">
          <input type="hidden" name="another" value="yes" />
          <Button type="submit">Use another account</Button>
        </form>
      </div>
    </main>
  )
}
