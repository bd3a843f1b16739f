import { ConfigError, readConfig } from '@muster/server/config.ts'
import { expect, test } from 'vitest'

const read = (env: Record<string, string>) => readConfig({ MUSTER_SECRET: 'x'.repeat(32), ...env }, () => '')
const faultsOf = (env: Record<string, string>): string[] => {
  try {
    read(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
}

test('without settings there are free, pro and enterprise, and everyone gets pro (S7)', () => {
  expect(read({}).plans).toEqual({ default: 'pro', seats: { free: 1, pro: null, enterprise: null } })
})

test('plans are names with seats (S7)', () => {
  expect(read({ MUSTER_PLANS: 'hobby:1,team : 25, scale:unlimited', MUSTER_DEFAULT_PLAN: 'team' }).plans).toEqual({
    default: 'team',
    seats: { hobby: 1, team: 25, scale: null },
  })
  // Where there is no pro, the first one.
  expect(read({ MUSTER_PLANS: 'hobby:1, scale:unlimited' }).plans.default).toBe('hobby')
})

test('all that is wrong with the plans is told at once, and an empty setting switches nothing off', () => {
  expect(faultsOf({ MUSTER_PLANS: 'free:0, Pro:5, team:many, free:1, free:2', MUSTER_DEFAULT_PLAN: 'gold' })).toHaveLength(5)
  expect(faultsOf({ MUSTER_PLANS: '', MUSTER_DEFAULT_PLAN: '' })).toEqual([
    'MUSTER_PLANS is empty. Leave it out, or give it a value.',
    'MUSTER_DEFAULT_PLAN is empty. Leave it out, or give it a value.',
  ])
})
