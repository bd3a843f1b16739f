import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { isOwnMachine } from '../http/own-machine.ts'
import type { Mailbox } from '../mail/mailbox.ts'

/** The local mailbox, only for a request from this machine that uses a local host name. Null for any other. */
export function readableMailbox(request: FastifyRequest, config: Pick<Config, 'localMailbox'>, mailbox: Mailbox | null): Mailbox | null {
  return config.localMailbox && isOwnMachine(request) ? mailbox : null
}
