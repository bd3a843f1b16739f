import { plural } from '../../lib/time.ts'
import { Card, Fact, Facts, Notice } from '../../ui/states.tsx'
import type { Details } from './data.ts'

export const seatsTaken = ({ members, seats }: Pick<Details, 'members' | 'seats'>): string =>
  seats === null ? `${members.toLocaleString('en')} taken, unlimited` : `${members.toLocaleString('en')} of ${seats.toLocaleString('en')} taken`

/** The plan with its seats (S7), and who can change it. */
export function Plan({ details }: { details: Details }) {
  const { plan, seats, members, name } = details
  const isForOne = seats === 1
  return (
    <Card title="Plan">
      <Facts>
        <Fact name="Plan">
          <span className="font-semibold">{plan}</span>
        </Fact>
        <Fact name="Seats">{seatsTaken(details)}</Fact>
        <Fact name="Includes">
          {isForOne
            ? "All features for one person. You can't invite anyone."
            : `All features for ${seats === null ? 'any number of active members' : `up to ${plural(seats, 'active member')}`}. Deactivated members take no seat.`}
        </Fact>
        <Fact name="Changed by">The operator of this cloud. Changing the plan does not end anything.</Fact>
      </Facts>
      {!isForOne && seats !== null && members >= seats && (
        <div className="mt-4">
          <Notice title="All seats are taken" tone="paused">
            Invited people can't join until you deactivate or remove a member, or {name} gets a larger plan.
          </Notice>
        </div>
      )}
    </Card>
  )
}
