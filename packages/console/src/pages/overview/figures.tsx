import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../../lib/session.ts'
import type { Details } from '../settings/data.ts'
import { countOf, newestResourcesQuery, openInvitationsQuery } from './data.ts'

/** Key numbers of the organization, each linked to its list. */
export function Figures({ details }: { details: Details }) {
  const { organization, may } = useSession()
  const { data: invitations } = useQuery({ ...openInvitationsQuery(organization.id), enabled: may('invitations:read') })
  const { data: resources } = useQuery({ ...newestResourcesQuery(organization.id), enabled: may('resources:read') })
  const { members, deactivated_members: deactivated, seats, plan } = details
  const link = 'row-link'
  return (
    <dl
      aria-label={`${organization.name} at a glance`}
      className="grid grid-cols-2 gap-px max-md:[&>:last-child:nth-child(odd)]:col-span-2 overflow-hidden rounded border border-line bg-line md:grid-cols-[repeat(auto-fit,minmax(10rem,1fr))]"
    >
      <Figure name="Active members" note={deactivated > 0 ? `${(members + deactivated).toLocaleString('en')} total` : 'None deactivated'}>
        <Link to="/users" search={{ status: 'active' }} className={link}>
          {members.toLocaleString('en')}
        </Link>
      </Figure>
      {deactivated > 0 && (
        <Figure name="Deactivated" note="Access suspended">
          <Link to="/users" search={{ status: 'deactivated' }} className={link}>
            {deactivated.toLocaleString('en')}
          </Link>
        </Figure>
      )}
      {may('invitations:read') && (
        <Figure name="Open invitations" note={invitations?.items[0] ? 'Waiting to be accepted' : 'None pending'}>
          <Link to="/users/invitations" search={{ state: 'open' }} className={link}>
            {invitations ? countOf(invitations) : '–'}
          </Link>
        </Figure>
      )}
      {may('resources:read') && (
        <Figure name="Resources" note={ownedNote(resources?.items ?? [])}>
          <Link to="/resources" className={link}>
            {resources ? countOf(resources) : '–'}
          </Link>
        </Figure>
      )}
      <Figure
        name="Plan"
        note={seats === null ? 'Unlimited seats' : `${members.toLocaleString('en')} of ${seats.toLocaleString('en')} ${seats === 1 ? 'seat' : 'seats'} taken`}
      >
        <Link to="/settings" className={link}>
          {plan}
        </Link>
      </Figure>
    </dl>
  )
}

const ownedNote = (resources: { kind: string }[]): string | undefined => {
  const kinds = new Set(resources.map(({ kind }) => kind))
  if (kinds.size === 0) return 'No resources yet'
  return kinds.size <= 2 ? `${new Intl.ListFormat('en').format([...kinds].map((kind) => `${kind}s`))}` : `${kinds.size} kinds`
}

const Figure = ({ name, note, children }: { name: string; note?: string | undefined; children: ReactNode }) => (
  <div className="min-w-0 bg-surface px-5 py-3.5">
    <dt className="text-sm text-muted">{name}</dt>
    <dd className="mt-0.5">
      <span className="block truncate text-xl">{children}</span>
      {note && <span className="block text-xs text-muted">{note}</span>}
    </dd>
  </div>
)
