import type { FastifyReply, FastifyRequest } from 'fastify'
import { cookieName, cookieOptions } from '../http/browser-session.ts'
import type { Portal } from './portal.ts'

// How this browser signed in last. The cookie has the name of the method and nothing about an account (F23).

const COOKIE = 'muster_last_way'
const SECONDS = 31_536_000

/** The id of a provider, or one of our own ways. */
export type Way = 'password' | 'passkey' | (string & {})

export const noteWay = ({ config }: Pick<Portal, 'config'>, reply: FastifyReply, way: Way): void =>
  void reply.setCookie(cookieName(config, COOKIE), way, cookieOptions(config, SECONDS))

/** Null before the first sign-in, and for a way that this server no longer offers. */
export function lastWay({ config, providers, passwords }: Pick<Portal, 'config' | 'providers' | 'passwords'>, request: FastifyRequest): Way | null {
  const way = request.cookies[cookieName(config, COOKIE)]
  return way !== undefined && [...(passwords ? ['password'] : []), 'passkey', ...providers.map(({ id }) => id)].includes(way) ? way : null
}
