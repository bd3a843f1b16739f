import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { networks } from '../../config.ts'

/** A server behind proxies has few peers. The limit bounds memory. */
const PEERS_MOST = 1_000

/**
 * Reads the address of the caller: the peer of the connection, or what a trusted proxy says. Each proxy adds the address of its own peer to the end of
 * `X-Forwarded-For`, so the first address from the end that is no trusted proxy is the caller's. What stands before it is the caller's own claim (C10).
 */
export function addressReader(trustedProxies: readonly string[]): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string {
  const trusted = networks(trustedProxies)
  const isTrusted = (address: string): boolean => {
    const version = isIP(address)
    return version !== 0 && trusted.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
  const peers = new Map<string, boolean>()
  const isTrustedPeer = (address: string): boolean => {
    let answer = peers.get(address)
    if (answer === undefined) {
      answer = isTrusted(address)
      if (peers.size >= PEERS_MOST) peers.clear()
      peers.set(address, answer)
    }
    return answer
  }
  return ({ headers, socket }) => {
    const peer = socket.remoteAddress ?? ''
    const forwarded = headers['x-forwarded-for']
    if (forwarded === undefined || !isTrustedPeer(peer)) return peer
    const hops = String(forwarded).split(',')
    let at = hops.length - 1
    while (at > 0 && isTrusted((hops[at] as string).trim())) at -= 1
    return (hops[at] as string).trim()
  }
}
