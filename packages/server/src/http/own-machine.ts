import type { FastifyRequest } from 'fastify'
import { isLocalHost } from '../config.ts'

/** Headers of a proxy. With one of them, the peer's address is the proxy's and not the caller's. */
const forwarding = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|x-original-.*|true-client-ip|cf-connecting-ip|fastly-client-ip)$/

/** Whether a request comes from this machine itself and by a local name. A proxy on this machine that adds no header looks the same: see where this is used. */
export function isOwnMachine({ raw, headers }: FastifyRequest): boolean {
  // The socket's peer, and not what a header says. The name too, because a page of another site can have its own name point here.
  if (!isLoopback(raw.socket.remoteAddress ?? '')) return false
  const host = headers.host ?? ''
  if (!URL.canParse(`http://${host}`) || !isLocalHost(new URL(`http://${host}`).hostname)) return false
  return !Object.keys(headers).some((name) => forwarding.test(name))
}

const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
