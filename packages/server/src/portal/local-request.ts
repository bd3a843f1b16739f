import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { isOwnMachine } from '../http/own-machine.ts'
import type { Mailbox } from '../mail/mailbox.ts'

/** The local mailbox, for a request from this machine itself and by a local name; for any other there is none. */
export function readableMailbox(request: FastifyRequest, config: Pick<Config, 'localMailbox'>, mailbox: Mailbox | null): Mailbox | null {
  return config.localMailbox && isOwnMachine(request) ? mailbox : null
}
