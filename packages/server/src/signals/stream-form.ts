import { z } from 'zod'
import { Problem } from '../domain/model/problem.ts'
import { LEASE } from '../domain/signals/receiver.ts'
import type { Receiver, StreamSettings } from '../domain/signals/store.ts'
import { pollMethod, pushMethod } from './configuration.ts'
import { supportedEvents } from './event-types.ts'
import { requestedEvents, wantsBatches } from './stream-filter.ts'

const text = (most: number) => z.string().min(1).max(most)
const line = text(2_000).regex(/^[\x20-\x7e]+$/, 'has characters that a header must not contain')

const delivery = z.object({
  method: z.enum([pollMethod, pushMethod]),
  endpoint_url: text(2_000).optional(),
  authorization_header: line.nullish(),
})

const settings = z.object({
  delivery: delivery.optional(),
  events_requested: z.array(text(300)).max(50).optional(),
  description: text(300).nullish(),
  inactivity_timeout: z.number().int().min(LEASE.least).max(LEASE.most).optional(),
})

/** Properties that the transmitter sets. A receiver may send them, but only unchanged (section 8.1.1.3). */
const transmitterProperties = z.object({
  iss: z.string().optional(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  events_supported: z.array(z.string()).optional(),
  events_delivered: z.array(z.string()).optional(),
})

const existing = settings.extend({ stream_id: text(60) }).extend(transmitterProperties.shape)

type Settings = z.infer<typeof settings>

interface Place {
  issuer: string
  /** True while the issuer is on localhost. Then pushes to this machine are allowed. */
  local: boolean
}

/** @throws Problem stream_invalid: the specification requires 400 for invalid input */
export function formOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new Problem('stream_invalid', parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; '))
}

export const newStreamForm = (place: Place, body: unknown): StreamSettings => settingsOf(place, formOf(settings, body ?? {}))

/** PUT: a missing property gets its default. */
export function replacedStreamForm(place: Place, body: unknown): { id: string; form: z.infer<typeof existing>; settings: StreamSettings } {
  const form = formOf(existing, body)
  return { id: form.stream_id, form, settings: settingsOf(place, form) }
}

/** PATCH: a missing property keeps its value. */
export function changedStreamForm(place: Place, body: unknown): { id: string; form: z.infer<typeof existing>; settings: Partial<StreamSettings> } {
  const form = formOf(existing, body)
  const all = settingsOf(place, form)
  return {
    id: form.stream_id,
    form,
    settings: {
      ...(form.delivery !== undefined && { method: all.method, endpointUrl: all.endpointUrl, authorization: all.authorization }),
      ...(form.events_requested !== undefined && { eventsRequested: all.eventsRequested }),
      ...(form.description !== undefined && { description: all.description }),
      ...(form.inactivity_timeout !== undefined && { leaseSeconds: all.leaseSeconds }),
    },
  }
}

function settingsOf({ local }: Place, form: Settings): StreamSettings {
  const push = form.delivery?.method === pushMethod
  const common = {
    description: form.description ?? null,
    eventsRequested: form.events_requested ?? null,
    leaseSeconds: form.inactivity_timeout ?? LEASE.standard,
  }
  if (!push) return { method: 'poll', endpointUrl: null, authorization: null, ...common }
  const url = URL.parse(form.delivery?.endpoint_url ?? '')
  const secure = url?.protocol === 'https:' || (local && url?.protocol === 'http:')
  if (!url || !secure || url.username !== '' || url.password !== '' || url.hash !== '') {
    throw new Problem('stream_invalid', 'delivery.endpoint_url: push requires an https address.')
  }
  return { method: 'push', endpointUrl: url.href, authorization: form.delivery?.authorization_header ?? null, ...common }
}

/** @throws Problem stream_invalid if the receiver changes a property that the transmitter sets */
export function requireAgreement({ issuer }: Place, receiver: Receiver, form: z.infer<typeof existing>, { replaces }: { replaces: boolean }): void {
  const { aud, iss, events_supported, events_delivered, events_requested: requested } = form
  const delivered = requestedEvents({ eventsRequested: requested ?? (replaces ? null : receiver.eventsRequested) })
  const body = { iss: issuer, events_supported: supportedEvents, events_delivered: delivered }
  const shown = { iss, events_supported, events_delivered }
  const differs = Object.entries(shown).some(([name, value]) => value !== undefined && !sameList(value, body[name as keyof typeof body]))
  if (differs || (aud !== undefined && !sameList(aud, receiver.clientId ?? '')))
    throw new Problem('stream_invalid', 'iss, aud, events_supported and events_delivered are set by the server.')
}

const sameList = (one: string | string[], other: string | string[]): boolean =>
  JSON.stringify([one].flat().toSorted()) === JSON.stringify([other].flat().toSorted())

/** Tells a verifier which tokens its client is for, so that it notices a wrong audience when it starts (P13). Not in the specification. */
interface StreamAudiences {
  /** The audience of the API that the client belongs to, or null. */
  api: string | null
  audiences: readonly string[]
}

/** The stream configuration (section 8.1.1). */
export function streamBody(issuer: string, receiver: Receiver, muster: StreamAudiences): Record<string, unknown> {
  const { id, clientId, method, endpointUrl, description, eventsRequested, leaseSeconds } = receiver
  return {
    stream_id: id,
    iss: issuer,
    aud: clientId,
    delivery: { method: method === 'push' ? pushMethod : pollMethod, endpoint_url: method === 'push' ? endpointUrl : `${issuer}/ssf/streams/${id}/poll` },
    events_supported: supportedEvents,
    ...(eventsRequested !== null && { events_requested: eventsRequested }),
    events_delivered: requestedEvents(receiver),
    ...(description !== null && { description }),
    inactivity_timeout: leaseSeconds,
    ...(method === 'poll' && wantsBatches(receiver) && { snapshot_endpoint: `${issuer}/ssf/streams/${id}/snapshot` }),
    muster,
  }
}

export const statusBody = ({ id, status, statusReason }: Receiver): Record<string, unknown> => ({
  stream_id: id,
  status,
  ...(statusReason !== null && { reason: statusReason }),
})

export const streamReference = z.object({ stream_id: text(60) })
export const streamChoice = streamReference.partial()
export const statusForm = z.object({ stream_id: text(60), status: z.enum(['enabled', 'paused', 'disabled']), reason: text(300).nullish() })
export const verificationForm = z.object({ stream_id: text(60), state: text(300).optional() })

/** Subject identifiers (RFC 9493) that can name a user. */
export const subjectForm = z.object({
  stream_id: text(60),
  subject: z.discriminatedUnion('format', [
    z.object({ format: z.literal('iss_sub'), iss: text(300), sub: text(300) }),
    z.object({ format: z.literal('opaque'), id: text(300) }),
    z.object({ format: z.literal('email'), email: text(320) }),
    z.looseObject({ format: z.literal('complex') }),
  ]),
  verified: z.boolean().optional(),
})

export const pollForm = z.object({
  ack: z.array(z.string().max(20_000)).max(1_000).optional(),
  setErrs: z.record(z.string().max(20_000), z.object({ err: z.string(), description: z.string().optional() })).optional(),
  maxEvents: z.number().int().min(0).optional(),
  returnImmediately: z.boolean().optional(),
})
