import { reaching } from '@muster/contract/command-line.ts'
import { problems } from '@muster/contract/problems.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { emailOfContact } from '../domain/command/contact.ts'
import type { Accounts } from '../domain/command/services.ts'
import type { WebAuthn } from '../domain/factors/webauthn.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { Principal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import { previewToken } from '../domain/organizations/use-invitation.ts'
import type { Provider } from '../domain/providers/provider.ts'
import { type BrowserSessions, cookieName } from '../http/browser-session.ts'
import type { Mailbox } from '../mail/mailbox.ts'
import type { Frame } from './layout.ts'
import { readableMailbox } from './local-request.ts'
import { type AccountView, continuePage, type ProvidersView, type Purpose } from './pages/index.ts'
import type { CommandLine, Fault } from './parts.ts'
import { deviceClientOf, isInteraction, isJoin, isOwnPage, purposeOf, withReturnPath } from './return-path.ts'

/** What the portal needs from the rest of the server. */
export interface PortalOptions extends Accounts {
  config: Pick<Config, 'issuer' | 'secureCookies' | 'localMailbox'>
  /** Null when a mail server is configured. */
  mailbox: Mailbox | null
  /** The application behind `/interaction/<uid>`, for the pages that lead there. */
  applicationOf?: ((interactionPath: string) => Promise<{ name: string; loginHint: string | null } | null>) | undefined
  /** How people run the command here. */
  cli: string
  /** Null where passkeys are not possible (F4). */
  webauthn: WebAuthn | null
  /** That people can sign in with (F19). */
  providers: readonly Provider[]
}

/** The same, with the browser sessions. */
export interface Portal extends PortalOptions {
  sessions: BrowserSessions
}

export const BODY_LIMIT = 16 * 1024

/** Options of a portal route, which is not part of the API description. */
export const page = { schema: { hide: true }, bodyLimit: BODY_LIMIT } as const

export function frameOf({ config, mailbox }: Pick<Portal, 'config' | 'mailbox'>, request: FastifyRequest): Frame {
  const readable = readableMailbox(request, config, mailbox)
  return { now: new Date(), host: new URL(config.issuer).host, ...(readable && { mailboxPath: '/mailbox' }) }
}

/** The providers on a page that people enter by. */
export const providersView = (options: Portal, returnPath: string | null, last: string | null = null): ProvidersView => ({
  target: { action: '/sign-in/with', hidden: returnPath === null ? {} : { continue: returnPath } },
  list: options.providers.map(({ id, name }) => ({ id, name })),
  last,
})

/** A command to copy. A login stores its server, so only the first command names it. */
export const cliOf =
  ({ cli, config }: Portal): CommandLine =>
  (words, { first = false } = {}) =>
    first ? reaching(`${cli} ${words}`, config.issuer) : `${cli} ${words}`

export const sendPage = (reply: FastifyReply, html: string, status = 200): FastifyReply => reply.code(status).type('text/html; charset=utf-8').send(html)

/** Answers a POST with a redirect, so that going back and reloading send nothing twice. */
export const seeOther = (reply: FastifyReply, path: string): FastifyReply => reply.redirect(path, 303)

/** The text fields of a form. Other values are dropped. */
export function fieldsOf(source: unknown): Record<string, string> {
  if (typeof source !== 'object' || source === null) return {}
  return Object.fromEntries(Object.entries(source).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

export const visitor = (request: FastifyRequest): Principal => ({ kind: 'anonymous', origin: request.origin })

export function accountView({ account, membership, organization }: Pick<LiveState, 'account' | 'membership' | 'organization'>): AccountView {
  const { email, givenName, familyName, username } = account
  return { email, givenName, familyName, username, organization: membership && organization && { name: organization.name, role: membership } }
}

/** The details of S35 for the page: organization, date and contact. In the problem, the contact is a member's name or an email address. */
export async function deactivationDetails(
  { store }: Portal,
  extensions: Record<string, unknown>,
): Promise<{ organization: string; since: Date; contact: { name?: string | undefined; email: string } } | null> {
  const { organization, deactivated_at: since, contact } = extensions as { organization?: { name: string }; deactivated_at?: string; contact?: string | null }
  if (!organization || since === undefined || typeof contact !== 'string') return null
  const details = { organization: organization.name, since: new Date(since) }
  const email = await emailOfContact(store.reading, contact)
  return email === null ? null : { ...details, contact: email === contact ? { email } : { name: contact, email } }
}

/** An empty field gets this text, because the rule about valid addresses would be confusing. */
export const emailMissing: Fault = { field: 'email', text: 'Enter your email address.' }

/** The token of the invitation link that was opened last in this browser, or an empty string. */
export const invitationTokenOf = ({ config }: Portal, request: FastifyRequest): string => request.cookies[cookieName(config, 'muster_invitation')] ?? ''

/** Turns a problem into faults of the form, if it is one of `fields`. Throws any other error again. */
export function faultsOf(error: unknown, fields: Partial<Record<string, string | null>>): Fault[] {
  if (!(error instanceof Problem) || !(error.code in fields)) throw error
  const { title, next } = problems[error.code]
  return [{ field: fields[error.code] ?? undefined, text: error.detail ?? (fields[error.code] ? title : `${title} ${next}`) }]
}

export async function purposeFor(options: Portal, request: FastifyRequest, returnPath: string | null): Promise<Purpose | undefined> {
  if (returnPath !== null && isJoin(returnPath)) return { client: await organizationInvitedTo(options, request), kind: 'invitation' }
  return purposeOf(returnPath, { application: (await applicationOn(options, returnPath))?.name ?? null, program: await programOn(options, returnPath) })
}

/** The client comes from a link that anyone can write, so only a registered command-line client is named. */
async function programOn({ store }: Portal, returnPath: string | null): Promise<string | null> {
  const id = deviceClientOf(returnPath)
  const client = id === null ? null : await store.reading.clients.find(id)
  return client?.commandLine && client.removedAt === null ? client.name : null
}

/** The application that the return path leads to, if it leads to one. */
export const applicationOn = async ({ applicationOf }: PortalOptions, returnPath: string | null) =>
  returnPath !== null && isInteraction(returnPath) ? ((await applicationOf?.(returnPath)) ?? null) : null

async function organizationInvitedTo(options: Portal, request: FastifyRequest): Promise<string> {
  try {
    return (await previewToken(options, request, { token: invitationTokenOf(options, request) })).organization.name
  } catch (error) {
    if (error instanceof Problem) return 'an organization' // the page explains why the invitation cannot be used
    throw error
  }
}

/** Continues after a sign-in. Outside a device login, an unregistered user chooses a username first (S55). */
export async function goOn(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  { returnPath, registered }: { returnPath: string | null; registered: boolean },
): Promise<FastifyReply> {
  // The invitation page asks for the username and registers in the same step (S55).
  if (returnPath !== null && (isJoin(returnPath) || isOwnPage(returnPath))) return seeOther(reply, returnPath)
  const toDevice = returnPath !== null && !isInteraction(returnPath)
  if (!registered && !toDevice) return seeOther(reply, withReturnPath('/sign-up/username', returnPath))
  if (returnPath === null || toDevice || request.method !== 'POST') return seeOther(reply, returnPath ?? '/')
  // The interaction ends at another origin, and form-action 'self' applies to every redirect after a form.
  const purpose = await purposeFor(options, request, returnPath)
  return sendPage(reply, continuePage({ frame: frameOf(options, request), to: returnPath, name: purpose?.client ?? 'the application' }))
}
