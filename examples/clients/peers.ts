import { afterAll, beforeAll, test } from 'vitest'
import { type House, openTown, type Town } from './house.ts'
import { isMissing, type Peer, type PeerName, peers } from './table.ts'

/** Defines one test for each client, each with its own people and registration. */
export function tryPeers(cases: Partial<Record<PeerName, (house: House) => Promise<void>>>): void {
  let town: Town
  beforeAll(async () => {
    town = await openTown()
  })
  afterAll(() => town?.close())
  for (const [name, run] of Object.entries(cases)) {
    const peer: Peer = peers[name as PeerName]
    test.skipIf(isMissing(peer))(`${name} ${peer.does}`, async () => run(await town.enter()))
  }
}
