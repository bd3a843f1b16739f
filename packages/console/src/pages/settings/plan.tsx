import { plural } from '../../lib/time.ts'
import { Card, Fact, Facts, Notice } from '../../ui/states.tsx'
import type { Details } from './data.ts'

export const seatsTaken = ({ members, seats }: Pick<Details, 'members' | 'seats'>): string =>
  seats === null ? `${members.toLocaleString('en')} taken, without limit` : `${members.toLocaleString('en')} of ${seats.toLocaleString('en')} taken`

/** What is included (S7), and who changes it. */
export function Plan({ details }: { details: Details }) {
  const { plan, seats, members, name } = details
  const alone = seats === 1
  return (
    <Card title="Plan">
      <Facts>
        <Fact name="Plan">
          <span className="font-semibold">{plan}</span>
        </Fact>
        <Fact name="Seats">{seatsTaken(details)}</Fact>
        <Fact name="Includes">
          {alone
            ? 'Everything, for one person. Nobody can be invited.'
            : `Everything, for ${seats === null ? 'as many active members as you like' : `up to ${plural(seats, 'active member')}`}. Deactivated members take no seat.`}
        </Fact>
        <Fact name="Changed by">The people who run this cloud. Ask them for another plan; nothing that is there ends with a change.</Fact>
      </Facts>
      {!alone && seats !== null && members >= seats && (
        <div className="mt-4">
          <Notice title="Every seat is taken" tone="paused">
            Who is invited now cannot join until somebody is deactivated or removed, or {name} has a larger plan.
          </Notice>
        </div>
      )}
    </Card>
  )
}
