import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import { type Installation, thisVersion } from './installation.ts'

// The faults of a fault run. Each is ended before its function resolves. Between two faults the installation recovers.

export type Inject<On extends Installation> = (on: On, random: () => number) => Promise<void>

const oneOf = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T
const during = async (begin: () => unknown, milliseconds: number, end: () => unknown): Promise<void> => {
  await begin()
  try {
    await sleep(milliseconds)
  } finally {
    await end()
  }
}

/** PostgreSQL itself refuses one transaction in ten that writes to the record. */
const serializationFailures = {
  begin: `
    create or replace function fail_sometimes() returns trigger language plpgsql as $$
      begin
        if random() < 0.1 then raise exception 'could not serialize access' using errcode = '40001'; end if;
        return null;
      end $$;
    create trigger fail_sometimes after insert on audit_event for each statement execute function fail_sometimes()`,
  end: 'drop trigger fail_sometimes on audit_event',
}

const killServer: Inject<Installation> = async ({ nodes }, random) => {
  const node = oneOf(nodes, random)
  await node.process?.kill()
  await sleep(200)
  await node.start()
}

export const faultsOfCluster = {
  'a server is killed': killServer,
  'PostgreSQL is killed': async ({ postgres }) => {
    await postgres.crash()
    await sleep(300)
    await postgres.restart()
  },
  'clients lose connections': ({ balancer }) =>
    during(
      () => balancer.lose({ before: 0.1, after: 0.1 }),
      3_000,
      () => balancer.mend(),
    ),
  'a server loses its database connections': ({ nodes }, random) => {
    const { proxy } = oneOf(nodes, random)
    return during(
      () => proxy.cut(),
      1_000,
      () => proxy.mend(),
    )
  },
  'statements and answers of the database are lost': ({ nodes }) =>
    during(
      () => nodes.map(({ proxy }) => proxy.lose({ before: 0.01, after: 0.01 })),
      3_000,
      () => nodes.map(({ proxy }) => proxy.mend()),
    ),
  'one transaction in ten cannot be serialized': ({ rows }) =>
    during(
      () => rows(serializationFailures.begin),
      3_000,
      () => rows(serializationFailures.end),
    ),
  'the mail server is slow': ({ mail }) =>
    during(
      () => mail.slow(500),
      2_000,
      () => mail.slow(0),
    ),
  'the mail server refuses': async ({ mail }) => {
    mail.refuse(10)
    await sleep(2_000)
  },
  'the mail server is gone after DATA': async ({ mail }) => {
    mail.dropAfterData(5)
    await sleep(2_000)
  },
  'a server is paused': ({ nodes }, random) => {
    const { process } = oneOf(nodes, random)
    return during(
      () => process?.pause(),
      4_000,
      () => process?.resume(),
    )
  },
  'the verifier is paused beyond its lease': ({ verifier }) =>
    during(
      () => verifier.pause(),
      12_000,
      () => verifier.resume(),
    ),
  'PostgreSQL is paused': ({ postgres }) =>
    during(
      () => postgres.pause(),
      3_000,
      () => postgres.resume(),
    ),
  'the disk of PostgreSQL is full': async ({ disk, postgres }) => {
    await during(
      () => disk?.fill(),
      3_000,
      () => disk?.free(),
    )
    // Without room for its log, PostgreSQL ends.
    if (!postgres.isRunning()) await postgres.restart()
  },
  'the servers are upgraded one after another': async ({ nodes }) => {
    for (const node of nodes) {
      await node.process?.stop()
      node.folder = thisVersion
      await node.start()
    }
  },
} as const satisfies Record<string, Inject<Cluster>>

export const faultsOfEmbedded = {
  'the server is killed': killServer,
  'the disk is full': async ({ disk, nodes }) => {
    await during(
      () => disk?.fill(),
      3_000,
      () => disk?.free(),
    )
    // Without room for its log, the embedded database ends, and the server with it.
    for (const node of nodes) if (!node.process?.isRunning()) await node.start()
  },
} as const satisfies Record<string, Inject<Installation>>
