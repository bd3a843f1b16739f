import { movableClock } from '@muster/testkit/clock.ts'
import type { FaultTape } from '@muster/testkit/retry-errors.ts'
import { aWorld, type World } from '@muster/testkit/world.ts'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pictured, stored } from './compared.ts'
import { expected, Life } from './expected.ts'
import { seats } from './model.ts'
import { Real } from './real.ts'
import { asks, described, openings, type Step, stepsOf, tour } from './steps.ts'

// Random steps run against Muster and against a model of docs/rules.md in plain code. Every answer, every refusal, all stored rows and every
// credential must match the model, even though some transactions are retried. MUSTER_RUNS sets the number of runs, and MUSTER_SEED=random chooses
// other steps. MUSTER_SEED, MUSTER_PATH and MUSTER_REPLAY, which a failure prints, repeat a run. MUSTER_SHRINK=no skips the search for a shorter
// example, which takes minutes. A slow machine starts no run after MUSTER_SECONDS, except for the first ten.

const PEOPLE = 6
const HOURS = 13
const LEAST_RUNS = 10
const { MUSTER_RUNS = '30', MUSTER_SEED = '1', MUSTER_PATH, MUSTER_REPLAY, MUSTER_SHRINK, MUSTER_SECONDS = '120' } = process.env

const tape: FaultTape = []
let world: World
let clock: ReturnType<typeof movableClock>
beforeAll(async () => {
  world = await aWorld('pglite', { plans: { default: 'pro', seats }, faults: tape })
  clock = movableClock(world.database)
  // The random pause before a retry gives way to other transactions. There are none here, so the pause is zero.
  vi.spyOn(Math, 'random').mockReturnValue(0)
})
afterAll(async () => {
  await clock.restore()
  await world.close()
})

const outcomes = new Map<string, number>()

/** One step, applied to the model and to Muster. */
class Command implements fc.AsyncCommand<Life, Real> {
  readonly step: Step
  constructor(step: Step) {
    this.step = step
  }
  check = (): boolean => true
  async run(life: Life, real: Real): Promise<void> {
    const step = life.fitted(this.step)
    real.choose(step)
    const told = expected(life, step)
    if (step.ask === 'time passes') await clock.advance(HOURS * 3600)
    expect(await real.answer(step), described(step)).toBe(told)
    const outcome = `${step.ask}: ${told.split(':')[0]}`
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)

    expect(await stored(world, real), `all there is after ${described(step)}`).toEqual(pictured(life))
    for (const who of new Set([step.who, step.whom])) await compareHoldings(life, real, who, `after ${described(step)}`)
  }
  toString = (): string => described(this.step)
}

/** Compares a person's last six credentials: each is valid, or refused with the first reason that applies (S36). */
async function compareHoldings(life: Life, real: Real, who: number, when: string): Promise<void> {
  const held = (life.people[who]?.holdings ?? []).slice(-6)
  const told = held.map((holding) => `${holding.kind}: ${life.refusal(who, holding)}`)
  const found: string[] = []
  for (const holding of held) found.push(`${holding.kind}: ${await real.refusal(holding)}`)
  expect(found, `what ${who} holds ${when}`).toEqual(told)
}

let runs = 0
async function live(opening: keyof typeof openings, commands: Iterable<fc.AsyncCommand<Life, Real>>): Promise<void> {
  runs += 1
  const names = Array.from({ length: PEOPLE }, (_, who) => `p${who}_run${runs}`)
  const life = new Life(names)
  const real = new Real(world, tape, life)
  await real.begin()
  for (const step of openings[opening]) await new Command(step).run(life, real)
  await fc.asyncModelRun(() => ({ model: life, real }), commands)
  for (const who of life.people.keys()) await compareHoldings(life, real, who, 'in the end')
  for (const key of life.keys.filter(({ holder }) => typeof holder === 'object')) expect(await real.refusal(key.holding)).toBe(life.refusalOfMachine(key))
}

test('every kind of step is granted at least once and matches the model', { timeout: 900_000 }, async () => {
  await live(
    'a team',
    tour.map((step) => new Command(step)),
  )
  const granted = new Set([...outcomes.keys()].filter((outcome) => /: (ok|revoked)$/.test(outcome)).map((outcome) => outcome.split(':')[0]))
  expect(Object.keys(asks).filter((ask) => !granted.has(ask))).toEqual([])
})

test('random steps of all principals match the model (S1 to S37, S41, S58, O14)', { timeout: 900_000 }, async () => {
  const commands = fc.commands([stepsOf(PEOPLE).map((step) => new Command(step))], {
    maxCommands: 60,
    size: '+1',
    ...(MUSTER_REPLAY !== undefined && { replayPath: MUSTER_REPLAY }),
  })
  const opening = fc.constantFrom<keyof typeof openings>('a team', 'a team', 'neighbours', 'strangers')
  // fast-check's interruptAfterTimeLimit would leave a run in progress while the database closes.
  const until = performance.now() + Number(MUSTER_SECONDS) * 1000
  const before = runs
  const whileThereIsTime: typeof live = async (...run) => (performance.now() < until || runs - before < LEAST_RUNS ? live(...run) : undefined)
  await fc.assert(fc.asyncProperty(opening, commands, whileThereIsTime), {
    numRuns: Number(MUSTER_RUNS),
    endOnFailure: MUSTER_SHRINK === 'no',
    verbose: 1,
    ...(MUSTER_SEED !== 'random' && { seed: Number(MUSTER_SEED) }),
    ...(MUSTER_PATH !== undefined && { path: MUSTER_PATH }),
  })
  if (process.env['MUSTER_TELL'])
    console.log(
      [...outcomes]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([what, count]) => `${count}\t${what}`)
        .join('\n'),
    )
})
