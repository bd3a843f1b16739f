import { type Fault, server, tests } from './fault.ts'

// Defences of a restore and of a move.

export const stores: Fault[] = [
  {
    title: 'a restore withdraws every signing key (E27, O9)',
    file: `${server}/store/archive/end-access.ts`,
    find: 'delete from signing_key returning kid, alg',
    replace: 'select kid, alg from signing_key where false',
    test: `${tests}/store/archive/restore.slow.test.ts`,
    named: 'ends at a verifier that ran meanwhile',
  },
  {
    title: 'a restore ends the sessions of browsers (O9)',
    file: `${server}/store/archive/end-access.ts`,
    find: "where ended_at is null and kind <> 'refresh'`)",
    replace: "where ended_at is null and kind = 'nothing'`)",
    test: `${tests}/store/archive/restore.slow.test.ts`,
    named: 'ends for browsers and secrets',
  },
  {
    title: 'a restore unlinks providers also from accounts without a password (O9, F21)',
    file: `${server}/store/archive/end-access.ts`,
    find: 'delete from identity`',
    replace: 'delete from identity where user_id in (select id from account where password_hash is not null)`',
    test: `${tests}/store/archive/restore.slow.test.ts`,
    named: 'ends for providers, also of accounts without a password',
  },
  {
    title: 'keys from before a restore are on hold until they are kept (O9)',
    file: `${server}/store/archive/end-access.ts`,
    find: `keys_rest_before = \${rest}`,
    replace: 'keys_rest_before = null',
    test: `${tests}/store/archive/restore.slow.test.ts`,
    named: 'rests for keys and refresh tokens',
  },
  {
    title: 'no server starts on a store that was moved (E28, O10)',
    file: `${server}/store/archive/state.ts`,
    find: '  if (row) throw new StoreNotInUse',
    replace: "  if (row?.state === 'filling') throw new StoreNotInUse",
    test: `${tests}/store/archive/move.slow.test.ts`,
    named: 'keeps servers from starting on the old store',
  },
]
