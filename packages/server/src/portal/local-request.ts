import type { FastifyRequest } from 'fastify'
import { type Config, isLocalHost } from '../config.ts'
import type { Mailbox } from '../mail/mailbox.ts'

/** Whatever says that somebody passed the request on: then the peer's address tells nothing of who asks. */
const forwarding = /^(forwarded|via|x-forwarded-.*|x-real-ip|x-client-ip|x-original-.*|true-client-ip|cf-connecting-ip|fastly-client-ip)$/

/** The local mailbox, for a request from this machine itself and by a local name; for any other there is none. */
export function readableMailbox(request: FastifyRequest, config: Pick<Config, 'localMailbox'>, mailbox: Mailbox | null): Mailbox | null {
  return config.localMailbox && isOwnMachine(request) ? mailbox : null
}

function isOwnMachine({ raw, headers }: FastifyRequest): boolean {
  // The socket's peer, not what a header says; and the name, since a page of elsewhere can have its own name point here.
  if (!isLoopback(raw.socket.remoteAddress ?? '')) return false
  const host = headers.host ?? ''
  if (!URL.canParse(`http://${host}`) || !isLocalHost(new URL(`http://${host}`).hostname)) return false
  return !Object.keys(headers).some((name) => forwarding.test(name))
}

const isLoopback = (address: string): boolean => address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address)
