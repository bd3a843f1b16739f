import type { ClientId } from '@muster/contract/ids.ts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLocalHost } from '../config.ts'
import { audiencesFor } from '../domain/apis/api.ts'
import { clientsOnly } from '../domain/command/authorize.ts'
import type { Execute } from '../domain/command/context.ts'
import type { AccessTokens, VerifiedToken } from '../domain/credentials/access-token.ts'
import { Problem } from '../domain/model/problem.ts'
import { addStreamEvent, changeStream, createStream, removeStream, setStreamStatus, setSubject, streamOf } from '../domain/signals/receiver.ts'
import type { Receiver } from '../domain/signals/store.ts'
import type { Store } from '../domain/store.ts'
import { closedOf } from '../http/request.ts'
import { verification } from './event-types.ts'
import type { Snapshots } from './log/snapshots.ts'
import type { Poll } from './poll.ts'
import {
  changedStreamForm,
  formOf,
  newStreamForm,
  pollForm,
  replacedStreamForm,
  requireAgreement,
  statusBody,
  statusForm,
  streamBody,
  streamChoice,
  streamReference,
  subjectForm,
  verificationForm,
} from './stream-form.ts'
import type { Streams } from './streams.ts'

export interface StreamRoutesOptions {
  issuer: string
  /** Muster's own. */
  audience: string
  store: Store
  execute: Execute
  accessTokens: Pick<AccessTokens, 'verifyAccessToken'>
  poll: Poll
  snapshots: Pick<Snapshots, 'answer'>
  streams: Pick<Streams, 'refresh'>
}

const POLL_BODY_LIMIT = 2 * 1024 * 1024

/** The event stream management API (Shared Signals Framework 1.0 section 8.1), and poll-based delivery. */
export async function streamRoutes(
  app: FastifyInstance,
  { issuer, audience, store, execute, accessTokens, poll, snapshots, streams }: StreamRoutesOptions,
): Promise<void> {
  const route = { config: { audience: 'client', clientScope: 'signals' }, schema: { hide: true } } as const
  const place = { issuer, local: isLocalHost(new URL(issuer).hostname) }
  const clientOf = ({ principal }: FastifyRequest): ClientId => {
    if (principal.kind !== 'client') throw new Problem('forbidden')
    return principal.clientId
  }
  const findStream = async (request: FastifyRequest, id: string): Promise<Receiver> => {
    const receiver = await streamOf(store.reading, clientOf(request), id)
    await store.reading.receivers.recordActivity(receiver.id)
    return receiver
  }
  /** This process applies the change before the response. Other processes apply it a moment later. */
  const refreshed = async (receiver: Receiver): Promise<Receiver> => {
    await streams.refresh([receiver.id])
    return receiver
  }
  const bodiesOf = async (request: FastifyRequest, receivers: Receiver[]): Promise<Record<string, unknown>[]> => {
    const client = await store.reading.clients.find(clientOf(request))
    const api = client?.apiId ? await store.reading.apis.find(client.apiId) : null
    return receivers.map((receiver) => streamBody(issuer, receiver, { api: api?.audience ?? null, audiences: audiencesFor(api, audience) }))
  }
  const bodyOf = async (request: FastifyRequest, receiver: Receiver) => (await bodiesOf(request, [receiver]))[0]
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })

  app.post('/ssf/streams', route, async (request, reply) => {
    const receiver = await execute(createStream, request.principal, newStreamForm(place, request.body))
    return reply.code(201).send(await bodyOf(request, receiver))
  })
  app.get('/ssf/streams', route, async (request) => {
    const { stream_id: id } = formOf(streamChoice, request.query)
    if (id !== undefined) return bodyOf(request, await findStream(request, id))
    return bodiesOf(request, await store.reading.receivers.listOf(clientOf(request)))
  })
  app.patch('/ssf/streams', route, async (request) => {
    const { id, form, settings } = changedStreamForm(place, request.body)
    requireAgreement(place, await findStream(request, id), form, { replaces: false })
    return bodyOf(request, await refreshed(await execute(changeStream, request.principal, { id, ...settings })))
  })
  app.put('/ssf/streams', route, async (request) => {
    const { id, form, settings } = replacedStreamForm(place, request.body)
    requireAgreement(place, await findStream(request, id), form, { replaces: true })
    return bodyOf(request, await refreshed(await execute(changeStream, request.principal, { id, ...settings })))
  })
  app.delete('/ssf/streams', route, async (request, reply) => {
    const { stream_id: id } = formOf(streamReference, request.query)
    await execute(removeStream, request.principal, { id })
    return reply.code(204).send()
  })

  app.get('/ssf/status', route, async (request) => statusBody(await findStream(request, formOf(streamReference, request.query).stream_id)))
  app.post('/ssf/status', route, async (request) => {
    const { stream_id: id, status, reason } = formOf(statusForm, request.body)
    return statusBody(await refreshed(await execute(setStreamStatus, request.principal, { id, status, reason: reason ?? null })))
  })
  app.post('/ssf/verification', route, async (request, reply) => {
    const { stream_id: id, state } = formOf(verificationForm, request.body)
    await execute(addStreamEvent, request.principal, { id, payload: { [verification]: state === undefined ? {} : { state } } })
    return reply.code(204).send()
  })

  const changeSubject = async (request: FastifyRequest, wanted: boolean): Promise<void> => {
    const { stream_id: id, subject } = formOf(subjectForm, request.body)
    const receiver = await findStream(request, id)
    const userId = subject.format === 'iss_sub' && subject.iss === issuer ? subject.sub : subject.format === 'opaque' ? subject.id : null
    // Unknown subjects are accepted without effect, so that the response does not reveal who has an account (section 9.1).
    if (userId === null) return
    await execute(setSubject, request.principal, { id, userId, wanted })
    await refreshed(receiver)
  }
  app.post('/ssf/subjects::add', route, async (request, reply) => {
    await changeSubject(request, true)
    return reply.code(200).send()
  })
  app.post('/ssf/subjects::remove', route, async (request, reply) => {
    await changeSubject(request, false)
    return reply.code(204).send()
  })

  // Does not read the client from the database: loaded streams are refreshed from it every second.
  app.post('/ssf/streams/:id/poll', { schema: { hide: true }, bodyLimit: POLL_BODY_LIMIT }, async (request, reply) => {
    const token = await receivingClient(request)
    const { ack = [], setErrs = {}, maxEvents, returnImmediately = false } = formOf(pollForm, request.body ?? {})
    const { id } = request.params as { id: string }
    return poll(id, token, { ack, setErrs, maxEvents, returnImmediately }, closedOf(reply))
  })

  app.get('/ssf/streams/:id/snapshot', { schema: { hide: true } }, async (request, reply) => {
    const token = await receivingClient(request)
    const { id } = request.params as { id: string }
    const { bytes, stream } = await snapshots.answer(id, token)
    return reply.headers({ 'content-type': 'application/octet-stream', 'content-length': bytes }).send(stream)
  })

  async function receivingClient(request: FastifyRequest): Promise<VerifiedToken> {
    const bearer = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (bearer === undefined) throw new Problem('authentication_required')
    const token = await accessTokens.verifyAccessToken(bearer)
    if (token.sid !== null) throw clientsOnly('The token belongs to a person.')
    if (!token.scopes.has('signals'))
      throw new Problem('insufficient_scope', 'This requires a token with the scope "signals".', { extensions: { scope: 'signals' } })
    return token
  }
}
