import type { FastifyRequest } from 'fastify'
import { isLocalHost } from '../config.ts'

/** Headers that a proxy adds. With one of them, the peer is the proxy and not the caller. */
const forwarding = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|x-original-.*|true-client-ip|cf-connecting-ip|fastly-client-ip)$/

/** Whether a request comes from this machine, by a local name. A local proxy that adds no header looks the same: see the callers. */
export function isOwnMachine({ raw, headers }: FastifyRequest): boolean {
  // The peer of the socket, not a header. The host name too, because another site can let its own name resolve to this machine.
  if (!isLoopback(raw.socket.remoteAddress ?? '')) return false
  const host = headers.host ?? ''
  if (!URL.canParse(`http://${host}`) || !isLocalHost(new URL(`http://${host}`).hostname)) return false
  return !Object.keys(headers).some((name) => forwarding.test(name))
}

const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
