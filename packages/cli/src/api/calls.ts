import type { IncomingMessage } from 'node:http'
import type { paths } from '@muster/contract/api.d.ts'
import {
  type Client,
  type ClientPathsWithMethod,
  createFinalURL,
  createQuerySerializer,
  defaultPathSerializer,
  type MethodResponse,
  type ParamsOption,
  type RequestBodyOption,
} from 'openapi-fetch'
import type { HttpRequest } from './http.ts'

type TypedClient = Client<paths>
type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'
type Path<M extends Method> = ClientPathsWithMethod<TypedClient, M>

/** The body of a 2xx response to one operation. */
export type Answer<M extends Method, P extends Path<M>> = MethodResponse<TypedClient, M, P>

/** Options of a call besides its parameters and its body. */
interface CallOptions {
  token?: string | undefined
  /** Sends an Idempotency-Key, so that a repeated POST creates once. */
  creates?: boolean
  /** Revokes access: with `Prefer: wait` the response may be delayed until resource servers have acknowledged it (RFC 7240). */
  ends?: boolean
  /** Whether the request may be sent twice. By default a GET, PUT or DELETE may, and a request with an Idempotency-Key. */
  repeatable?: boolean
}

/** Listed here and not inferred from the call, because only then does the compiler refuse a field that the API does not have. */
export type Options<M extends Method, P extends Path<M>> = ParamsOption<paths[P][M]> & RequestBodyOption<paths[P][M]> & CallOptions
type Arguments<O> = Partial<O> extends O ? [options?: O] : [options: O]

export interface SendOptions {
  repeatable: boolean
  /** The body of the response is read as it arrives, and the request is sent once. */
  isStream: boolean
}

/** Seconds that the response to a revocation may be delayed. */
const WAIT_SECONDS = 2

/**
 * Calls to the API, typed by the generated OpenAPI types: a path, a parameter or a body that the API does not have does not compile. A subclass
 * sends the requests: its `send` resolves with the body of a 2xx response and throws `Failure` otherwise.
 */
export abstract class Calls {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** The JSON value of the response, or the response itself if it is a stream. */
  abstract send(request: HttpRequest, options: SendOptions): Promise<unknown>

  GET<P extends Path<'get'>>(path: P, ...[options]: Arguments<Options<'get', P>>): Promise<Answer<'get', P>> {
    return this.#call('get', path, options)
  }

  POST<P extends Path<'post'>>(path: P, ...[options]: Arguments<Options<'post', P>>): Promise<Answer<'post', P>> {
    return this.#call('post', path, options)
  }

  PUT<P extends Path<'put'>>(path: P, ...[options]: Arguments<Options<'put', P>>): Promise<Answer<'put', P>> {
    return this.#call('put', path, options)
  }

  PATCH<P extends Path<'patch'>>(path: P, ...[options]: Arguments<Options<'patch', P>>): Promise<Answer<'patch', P>> {
    return this.#call('patch', path, options)
  }

  DELETE<P extends Path<'delete'>>(path: P, ...[options]: Arguments<Options<'delete', P>>): Promise<Answer<'delete', P>> {
    return this.#call('delete', path, options)
  }

  /** The response body as it arrives, in a media type other than JSON. */
  stream<P extends Path<'get'>>(path: P, options: Options<'get', P> & { accept: string }): Promise<IncomingMessage> {
    const { accept, ...init } = options
    return this.#call('get', path, init as CallOptions, accept)
  }

  /** The only untyped call. The signatures above check its arguments. */
  #call<T>(method: Method, path: string, options: CallOptions & Untyped = {}, accept?: string): Promise<T> {
    const { token, creates, ends, body, params = {}, repeatable = creates || method === 'get' || method === 'put' || method === 'delete' } = options
    const headers = {
      accept: `${accept ?? 'application/json'}, application/problem+json`,
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(creates ? { 'idempotency-key': crypto.randomUUID() } : {}),
      ...(ends ? { prefer: `wait=${WAIT_SECONDS}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const url = createFinalURL(path as never, { baseUrl: this.url, params, querySerializer, pathSerializer: defaultPathSerializer })
    const request = { method: method.toUpperCase(), url, headers, body: body === undefined ? null : JSON.stringify(body) }
    return this.send(request, { repeatable, isStream: accept !== undefined }) as Promise<T>
  }
}

/** The parameters and the body of a call, after they were checked. */
interface Untyped {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }
  body?: unknown
}

const querySerializer = createQuerySerializer()
