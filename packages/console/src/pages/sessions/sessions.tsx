import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Empty, Skeleton } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { type Column, VirtualTable } from '../../ui/table.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { clientOf, type Login, type RefreshToken, refreshTokensQuery, sessionsQuery, tokenName, tokenOrigin } from './data.ts'
import { EndOthersDialog, EndSessionDialog, EndTokenDialog } from './end.tsx'

const kinds = { browser: 'Browser', cli: 'Command line', refresh: 'Refresh token', application: 'Application' } as const

/** The user's sessions and refresh tokens. Each can be ended, and all other sessions at once. */
export function SessionsPage() {
  const sessions = useQuery(sessionsQuery)
  const tokens = useQuery(refreshTokensQuery)
  const [ending, setEnding] = useState<Login | null>(null)
  const [endingToken, setEndingToken] = useState<RefreshToken | null>(null)
  const [endingOthers, setEndingOthers] = useState(false)

  // The session of a refresh token is shown with its token only.
  const logins = (sessions.data?.items ?? []).filter(({ kind }) => kind !== 'refresh').sort((one, other) => Number(other.current) - Number(one.current))
  const others = (sessions.data?.items ?? []).filter(({ current }) => !current).length

  return (
    <Page
      title="Sessions and tokens"
      breadcrumbs={['Your account']}
      lead="Everywhere you are signed in. If you don't recognize a session, end it and change your password."
      action={others > 0 && <Button onClick={() => setEndingOthers(true)}>End all others</Button>}
    >
      <section aria-labelledby="sessions" className="flex flex-col gap-3">
        <Heading id="sessions" title="Sessions" />
        {sessions.isPending ? (
          <Card padded={false}>
            <Skeleton rows={4} label="Loading the sessions" />
          </Card>
        ) : sessions.error && !sessions.data ? (
          <Failure error={sessions.error} onRetry={() => sessions.refetch()} />
        ) : (
          <VirtualTable
            label="Sessions"
            columns={sessionColumns(setEnding)}
            rows={logins}
            keyOf={({ id }) => id}
            rowHeight={{ wide: 52, middle: 68, narrow: 84 }}
          />
        )}
      </section>
      <section aria-labelledby="tokens" className="flex flex-col gap-3">
        <Heading
          id="tokens"
          title="Refresh tokens"
          lead="Refresh tokens sign in as you without a browser, for example in CI. A refresh token expires after 30 days without use."
        />
        {tokens.isPending ? (
          <Card padded={false}>
            <Skeleton rows={2} label="Loading the refresh tokens" />
          </Card>
        ) : tokens.error && !tokens.data ? (
          <Failure error={tokens.error} onRetry={() => tokens.refetch()} />
        ) : tokens.data.items.length === 0 ? (
          <Card padded={false}>
            <Empty title="You have no refresh tokens">
              A refresh token logs the command line in as you, without a browser. You create it on the command line. For anything that others depend on, use a{' '}
              <Link to="/keys" className="link">
                service account
              </Link>
              .
            </Empty>
          </Card>
        ) : (
          <VirtualTable
            label="Refresh tokens"
            columns={tokenColumns(setEndingToken)}
            rows={tokens.data.items}
            keyOf={({ id }) => id}
            rowHeight={{ wide: 52, middle: 68, narrow: 84 }}
          />
        )}
      </section>
      <ShowCommand>{['muster session list', 'muster token list', 'muster login --get-refresh-token']}</ShowCommand>
      {ending && <EndSessionDialog login={ending} onClose={() => setEnding(null)} />}
      {endingToken && <EndTokenDialog token={endingToken} onClose={() => setEndingToken(null)} />}
      {endingOthers && <EndOthersDialog count={plural(others, 'other session')} onClose={() => setEndingOthers(false)} />}
    </Page>
  )
}

const Heading = ({ id, title, lead }: { id: string; title: string; lead?: string }) => (
  <div>
    <h2 id={id} className="text-base font-semibold">
      {title}
    </h2>
    {lead && <p className="max-w-[68ch] text-sm text-muted">{lead}</p>}
  </div>
)

const sessionColumns = (end: (login: Login) => void): Column<Login>[] => [
  {
    header: 'Session',
    cell: (login) => (
      <div className="min-w-0 py-1">
        <p className="flex min-w-0 items-center gap-x-3">
          <span className="min-w-0 truncate font-semibold">{clientOf(login)}</span>
          <span className="@max-xl:hidden">{login.current && <Status tone="active">This browser</Status>}</span>
        </p>
        <p className="truncate text-xs text-muted">{[kinds[login.kind], login.address].filter((part) => part && part !== clientOf(login)).join(' · ')}</p>
        <p className="truncate text-xs text-muted @4xl:hidden">
          signed in <Time at={login.created_at} still />, expires <Countdown at={login.expires_at} still />
          {login.kind === 'browser' && ' unless used'}
        </p>
        <p className="truncate text-xs text-muted @xl:hidden">
          {login.current ? (
            <Status tone="active">This browser</Status>
          ) : (
            <>
              used <Time at={login.last_used_at} still />
            </>
          )}
        </p>
      </div>
    ),
  },
  { header: 'Signed in', cell: ({ created_at }) => <Time at={created_at} still />, className: 'w-32', from: 'lg' },
  { header: 'Last used', cell: ({ last_used_at }) => <Time at={last_used_at} still />, className: 'w-32', from: 'sm' },
  { header: 'Expires', cell: ({ expires_at }) => <Countdown at={expires_at} still />, className: 'w-32', from: 'lg' },
  {
    header: 'Actions',
    headerHidden: true,
    className: 'w-28 text-right',
    cell: (login) => (
      <Button
        className="min-h-8!"
        onClick={() => end(login)}
        aria-label={login.current ? 'Sign out of this browser' : `End the ${clientOf(login)} session${login.address ? ` at ${login.address}` : ''}`}
      >
        {login.current ? 'Sign out' : 'End'}
      </Button>
    ),
  },
]

const tokenColumns = (end: (token: RefreshToken) => void): Column<RefreshToken>[] => [
  {
    header: 'Refresh token',
    cell: (token) => (
      <div className="min-w-0 py-1">
        <p className="truncate font-semibold">{tokenName(token)}</p>
        <p className="truncate text-xs text-muted">{tokenOrigin(token)}</p>
        <p className="truncate text-xs text-muted @4xl:hidden">
          created <Time at={token.created_at} still />, expires <Countdown at={token.idle_expires_at} still /> unless used
        </p>
        <p className="truncate text-xs text-muted @xl:hidden">
          {token.last_used_at ? (
            <>
              used <Time at={token.last_used_at} still />
            </>
          ) : (
            'never used'
          )}
        </p>
      </div>
    ),
  },
  { header: 'Created', cell: ({ created_at }) => <Time at={created_at} still />, className: 'w-32', from: 'lg' },
  {
    header: 'Last used',
    cell: ({ last_used_at }) => (last_used_at ? <Time at={last_used_at} still /> : <span className="text-muted">Never</span>),
    className: 'w-36',
    from: 'sm',
  },
  {
    header: 'Expires',
    cell: ({ idle_expires_at, expires_at }) => (
      <div className="min-w-0">
        <p className="truncate">
          <Countdown at={idle_expires_at} still />
          <span className="text-muted"> unless used</span>
        </p>
        <p className="truncate text-xs text-muted">
          <Countdown at={expires_at} still /> at the latest
        </p>
      </div>
    ),
    className: 'w-44',
    from: 'lg',
  },
  {
    header: 'Actions',
    headerHidden: true,
    className: 'w-28 text-right',
    cell: (token) => (
      <Button
        className="min-h-8!"
        onClick={() => end(token)}
        aria-label={`Revoke the refresh token ${token.name ?? `of ${token.client_id}`} at ${token.address}`}
      >
        Revoke
      </Button>
    ),
  },
]
