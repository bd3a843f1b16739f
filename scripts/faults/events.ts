import { type Fault, server, tests } from './fault.ts'

// Defences of the event feed.

const positions = `${tests}/store/event-positions.test.ts`
const feed = `${tests}/organizations/event-feed.test.ts`

export const events: Fault[] = [
  {
    title: 'a late event with a lower number is not left out (P18)',
    file: `${server}/store/command/event-position-store.ts`,
    find: `where xid >= \${from} order by seq`,
    replace: `where xid >= \${from} and seq > (select coalesce(max(seq), 0) from event_position) order by seq`,
    test: positions,
    named: 'an event that commits late comes later, and is not left out',
  },
  {
    title: 'a long transaction stops no other event (P18)',
    file: `${server}/store/command/event-position-store.ts`,
    find: `where xid >= \${from} order by seq`,
    replace: `where xid >= \${from} and xid < pg_snapshot_xmin(pg_current_snapshot()) order by seq`,
    test: positions,
    named: 'a long transaction stops no other event',
  },
  {
    title: 'events of one pass are in the order in which they were written (P18)',
    file: `${server}/store/command/event-position-store.ts`,
    find: 'row_number() over (order by seq) as place',
    replace: 'row_number() over (order by seq desc) as place',
    test: positions,
    named: 'an event committed before another was written stands before it',
  },
  {
    title: 'one process at a time gives positions (P18)',
    file: `${server}/store/command/event-position-store.ts`,
    find: ' for update skip locked`',
    replace: '`',
    test: positions,
    named: 'a sequencer skips while another one holds the lock',
  },
  {
    title: 'a sequencer finds events of other processes (P18)',
    file: `${server}/signals/events/sequencer.ts`,
    find: 'if (areWaiting || isDue || commits.length > 0) await work()',
    replace: 'if (false as boolean) await work()',
    test: positions,
    named: 'a sequencer finds the events of a process that was killed',
  },
  {
    title: 'events from before the migration come first (P18)',
    file: `${server}/store/command/event-position-store.ts`,
    find: '(hasBacklog ? giveToBacklog :',
    replace: '((false as boolean) ? giveToBacklog :',
    test: positions,
    named: 'events from before the migration get the first positions',
  },
  {
    title: 'a moved store gives positions to copied events without one (P18)',
    file: `${server}/store/archive/copy.ts`,
    find: 'await beginPositionsAfresh(to)\n',
    replace: '\n',
    test: positions,
    named: 'a store that is moved keeps the positions',
  },
  {
    title: 'a cursor is of this feed, and names its event (E72, P20)',
    file: `${server}/domain/command/event-feed.ts`,
    find: "if (!(await tx.eventPositions.isIn(feed, place))) throw new Problem('cursor_gone')",
    replace: '',
    test: feed,
    named: 'a cursor that this feed has not returned is refused',
  },
  {
    title: 'a client needs the scope of the event feed (E72, P20)',
    file: `${server}/http/authenticate.ts`,
    find: 'await requireClient(store.reading, token, clientScope)',
    replace: 'await requireClient(store.reading, token, [...token.scopes][0] ?? clientScope)',
    test: feed,
    named: 'a caller without the scope, a person and a key are refused',
  },
  {
    title: 'the access of a request is checked again after it has waited (E73, P20)',
    file: `${server}/signals/events/event-routes.ts`,
    find: 'await requireAccess()',
    replace: '',
    test: feed,
    named: 'a demoted admin gets no event',
  },
  {
    title: 'the role of a person is checked again after a wait (E73, P20)',
    file: `${server}/signals/events/event-routes.ts`,
    find: "await findReadableOrganization(store, request, organization.id, 'audit:read')\n",
    replace: '\n',
    test: feed,
    named: 'a demoted admin gets no event',
  },
  {
    title: 'the requests of a credential that wait are bounded (E73, P20)',
    file: `${server}/signals/events/waiters.ts`,
    find: 'makeRoom(feed, caller)\n',
    replace: '\n',
    test: feed,
    named: 'a fifth waiting request of a credential ends the oldest',
  },
]
