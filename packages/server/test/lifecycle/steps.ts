import fc from 'fast-check'

// The actions that people may try, in any order. Most are refused, each for a reason.

export const asks = {
  register: 3,
  'register with a token': 3,
  'sign in': 3,
  'log in on a terminal': 3,
  'end a login': 1,
  'end other logins': 1,
  'change password': 2,
  'make a secret': 4,
  'make a link': 2,
  invite: 4,
  resend: 2,
  'copy the link': 1,
  revoke: 2,
  decline: 2,
  accept: 10,
  'answer though deactivated': 3,
  leave: 4,
  remove: 3,
  'sign out a member': 2,
  deactivate: 5,
  reactivate: 3,
  role: 4,
  rename: 2,
  'register a resource': 4,
  'transfer a resource': 2,
  'remove a resource': 2,
  'make a key': 2,
  'revoke a key': 1,
  'make a machine': 2,
  'make a key of a machine': 2,
  'remove a machine': 1,
  plan: 1,
  suspend: 1,
  resume: 2,
  'suspend a person': 3,
  'resume a person': 3,
  promote: 1,
  revive: 1,
  'time passes': 1,
} as const

export type Ask = keyof typeof asks

/** Every action has the same few choices and ignores those that it does not need. */
export interface Step {
  ask: Ask
  who: number
  whom: number
  /** The credential: 0 is the newest login, then all that the person ever had, the newest first. */
  by: number
  /** The organization: 0 is the person's own, then all others, the oldest first. */
  where: number
  /** The invitation (the newest first), name, key or plan. */
  pick: number
  /** As an admin, with the keys, or accepting. */
  yes: boolean
  /** Rarely true: the previous token, a wrong password, a former name, or the key of a service account. */
  twist: boolean
  /** Mostly true: the caller has the permission and the object exists. Both are chosen when the step runs. */
  fit: boolean
  /** The statements at which the database fails in the first attempts, or the commit (40001, 40P01). */
  faults: number[]
}

export function stepsOf(people: number, { leaveOut = [] }: { leaveOut?: readonly Ask[] } = {}): fc.Arbitrary<Step> {
  const wanted = Object.entries(asks).filter(([ask]) => !leaveOut.includes(ask as Ask)) as [Ask, number][]
  const person = fc.nat({ max: people - 1 })
  const seldom = (most: number) => fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.nat({ max: most }) })
  return fc.record({
    ask: fc.oneof(...wanted.map(([ask, weight]) => ({ weight, arbitrary: fc.constant(ask) }))),
    who: person,
    whom: person,
    by: seldom(6),
    where: seldom(people),
    pick: seldom(7),
    yes: fc.boolean(),
    twist: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    fit: fc.oneof({ weight: 1, arbitrary: fc.constant(false) }, { weight: 2, arbitrary: fc.constant(true) }),
    faults: fc.oneof(
      { weight: 6, arbitrary: fc.constant<number[]>([]) },
      { weight: 3, arbitrary: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(fc.nat({ max: 20 }), { minLength: 2, maxLength: 2 }) },
    ),
  })
}

export const step = (ask: Ask, who: number, more: Partial<Step> = {}): Step => ({
  ask,
  who,
  whom: 0,
  by: 0,
  where: 0,
  pick: 0,
  yes: false,
  twist: false,
  fit: false,
  faults: [],
  ...more,
})

/** Possible starts of a run, so that not every run has to create a shared organization first. */
export const openings: Record<'strangers' | 'neighbours' | 'a team', Step[]> = {
  strangers: [],
  neighbours: [0, 1, 2, 3].map((who) => step('register', who)),
  'a team': [
    step('register', 0),
    step('register', 1),
    step('make a secret', 0, { yes: true }),
    step('accept', 1),
    step('make a link', 1),
    step('register with a token', 2),
    step('register', 3),
    step('invite', 0, { whom: 4 }),
    step('register with a token', 4),
    step('register a resource', 2),
  ],
}

/** Runs after "a team": every action once, in an order in which none is refused. */
export const tour: Step[] = [
  // The organization of person 3 gets a second member, and both leave, so only the operator can restore it.
  step('make a secret', 3),
  step('register with a token', 5),
  step('make a machine', 3),
  step('make a key of a machine', 3),
  step('leave', 5),
  step('leave', 3),
  step('revive', 0, { where: 4 }),

  step('sign in', 2),
  step('end other logins', 2),
  step('change password', 2),
  step('end a login', 2, { whom: 2 }),
  step('log in on a terminal', 2),

  step('make a secret', 0, { faults: [2, 3] }),
  step('make a link', 0, { faults: [20] }),
  step('invite', 0, { whom: 3, faults: [5] }),
  step('resend', 0),
  step('copy the link', 0),
  step('decline', 3),
  step('invite', 0, { whom: 3 }),
  step('accept', 3),
  step('revoke', 0, { pick: 2 }),

  step('make a key', 2),
  step('revoke a key', 2),
  step('make a machine', 0),
  step('make a key of a machine', 0),
  step('register a resource', 2, { pick: 1 }),
  step('transfer a resource', 2, { pick: 1, yes: true }),
  step('remove a resource', 2, { pick: 1 }),
  step('remove a machine', 0),

  step('rename', 0),
  step('role', 0, { whom: 2, yes: true }),
  step('promote', 0, { whom: 4 }),
  step('sign out a member', 0, { whom: 2 }),
  step('sign in', 2),
  step('deactivate', 0, { whom: 2 }),
  step('reactivate', 1, { whom: 2 }),
  step('deactivate', 1, { whom: 2 }),
  // The admin who deactivated person 2 is deactivated too, so the resources go to another admin.
  step('deactivate', 0, { whom: 1 }),
  step('invite', 5, { whom: 2 }),
  step('answer though deactivated', 2, { yes: true }),
  step('remove', 0, { whom: 4 }),
  step('reactivate', 0, { whom: 1 }),
  step('sign in', 1),
  step('leave', 1),

  step('suspend', 0),
  step('resume', 0),
  step('suspend a person', 0),
  step('sign in', 0),
  step('resume a person', 0),
  step('sign in', 0),
  step('plan', 0, { pick: 3 }),
  step('time passes', 0),
  step('time passes', 0),
]

/** The step in a report, without its default values. */
export function described({ ask, who, whom, by, where, pick, yes, twist, fit, faults }: Step): string {
  const more = [
    whom !== 0 && `whom ${whom}`,
    by !== 0 && `by ${by}`,
    where !== 0 && `where ${where}`,
    pick !== 0 && `pick ${pick}`,
    yes && 'yes',
    twist && 'twist',
    fit && 'fit',
    faults.length > 0 && `faults ${faults.join(', ')}`,
  ].filter(Boolean)
  return `${who}: ${ask}${more.length > 0 ? ` (${more.join('; ')})` : ''}`
}
