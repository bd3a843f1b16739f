import { type Human, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import type { Ask, Step } from './steps.ts'

// The same actions as HTTP requests, sent by many people at once to any server. Their outcomes cannot be predicted.

export interface Told {
  step: Step
  request: string
  /** The invitation token of the request, if it had one. */
  token: string | null
  /** The id from the response. The audit event has it too. */
  requestId: string
  status: number
  code: string | null
  /** Tests read arbitrary fields of responses. */
  body: any
  idempotencyKey: string | null
}

/** State shared by all people: everything that a response has returned to somebody. */
export interface Known {
  history: Told[]
  people: Human[]
  servers: readonly string[]
  issuer: string
  tokens: { organization: string; token: string; address: number | null }[]
  invitations: { id: string; organization: string }[]
  keys: { id: string; organization: string | null }[]
}

interface Request {
  method: string
  path: string
  body?: unknown
  token?: string
  idempotent?: boolean
}

const ofMembers = new Set<Ask>(['remove', 'sign out a member', 'deactivate', 'reactivate', 'role', 'promote', 'transfer a resource', 'register a resource'])

const last = <T>(list: readonly T[], pick: number): T | undefined => list.at(-1 - (pick % Math.max(1, list.length)))

export class OverHttp {
  readonly known: Known
  readonly who: number
  #token: string
  #cookie: string | null = null
  #password: string
  #asked = 0

  constructor(known: Known, who: number) {
    this.known = known
    this.who = who
    this.#token = this.#me.token
    this.#password = this.#me.password
  }

  get #me(): Human {
    return this.known.people[this.who] as Human
  }

  async live(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const organization = await this.#whereIAm(step)
      if (organization !== null) await this.#asks(step, organization)
    }
  }

  /** Returns the current name of the person's organization. After a refusal the person signs in again. */
  async #whereIAm(step: Step): Promise<string | null> {
    for (const again of [true, false]) {
      const { status, body } = await this.#send(step, { method: 'GET', path: '/v1/me' })
      if (status === 200 && body.username === null && step.fit)
        await this.#send(step, { method: 'POST', path: '/v1/me/registration', body: { username: this.#me.name } })
      if (status === 200) return body.organization?.name ?? 'nowhere'
      if (!again || !(await this.#signIn(step))) return null
    }
    return null
  }

  /** Another member of the same organization, if there is one. */
  async #beside(step: Step, organization: string): Promise<string | undefined> {
    if (!ofMembers.has(step.ask)) return undefined
    const { body } = await this.#send(step, { method: 'GET', path: `/v1/organizations/${organization}/members` })
    const others = ((body.items ?? []) as { username: string }[]).filter(({ username }) => username !== this.#me.name)
    return others[step.whom % others.length]?.username
  }

  async #signIn(step: Step): Promise<boolean> {
    const fields = new URLSearchParams({ identifier: this.#me.email, password: this.#password })
    const response = await fetch(`${this.#server()}/sign-in`, { method: 'POST', body: fields, headers: { origin: this.known.issuer }, redirect: 'manual' })
    const cookie = /muster_session=[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? null
    this.known.history.push({
      step,
      request: 'POST /sign-in',
      token: null,
      requestId: response.headers.get('x-request-id') ?? '',
      status: response.status,
      code: null,
      body: await response.text().then(() => null),
      idempotencyKey: null,
    })
    if (cookie) this.#cookie = cookie
    return cookie !== null
  }

  #server = (): string => this.known.servers[(this.who + ++this.#asked) % this.known.servers.length] as string

  async #send(step: Step, request: Request, { server = this.#server(), key = null as string | null } = {}): Promise<Told> {
    const { method, path, body, token } = request
    const own =
      this.#cookie === null ? { authorization: `Bearer ${this.#token}` } : { cookie: this.#cookie, origin: this.known.issuer, 'sec-fetch-site': 'same-origin' }
    const response = await fetch(server + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? own : { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(key !== null && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = text.startsWith('{') ? JSON.parse(text) : {}
    const told: Told = {
      step,
      request: `${method} ${path}`,
      token: (body as { token?: string } | undefined)?.token ?? null,
      requestId: response.headers.get('x-request-id') ?? '',
      status: response.status,
      code: answer.code ?? null,
      body: answer,
      idempotencyKey: key,
    }
    this.known.history.push(told)
    return told
  }

  /** Sometimes sends a creating request twice at once, to different servers, like a client that does not know whether it arrived (I11). */
  async #make(step: Step, request: Request): Promise<Told> {
    if (!step.yes) return this.#send(step, request)
    const key = `${this.who}/${++this.#asked}`
    const [one] = await Promise.all(this.known.servers.map((server) => this.#send(step, request, { server, key })))
    return one as Told
  }

  async #asks(step: Step, mine: string): Promise<void> {
    const { whom, where, pick, yes, twist } = step
    const { people, tokens, invitations, keys } = this.known
    const them = (step.fit && where === 0 ? await this.#beside(step, mine) : undefined) ?? (people[whom] as Human).name
    const organization = where === 0 ? mine : (people[(where - 1) % people.length] as Human).name
    const at = `/v1/organizations/${organization}`
    const member = `${at}/members/${them}`
    const resource = `${at}/resources/${pick % 3 === 0 ? 'database/main' : `application/app${pick % 3}`}`
    const role = yes ? 'admin' : 'member'
    const operated = `/v1/operator/organizations/${organization}`
    const fits = tokens.filter((token) => !step.fit || (token.organization !== mine && (token.address ?? this.who) === this.who))
    const { token } = last(fits, pick) ?? { token: 'muster_os_nothing' }
    const invitation = last(step.fit ? invitations.filter((one) => one.organization === mine) : invitations, pick)?.id ?? 'inv_none'

    const moving = async (request: Request): Promise<void> => {
      const told = await this.#send(step, request)
      if (told.status === 200 && told.body.access_token) this.#token = told.body.access_token
    }
    const remember = ({ status, body }: Told): void => {
      if (status !== 201) return
      invitations.push({ id: body.id, organization })
      const secret = body.secret ?? new URL(body.url).searchParams.get('token')
      tokens.push({ organization, token: secret, address: null })
    }
    const rememberKey = ({ status, body }: Told, of: string | null): void => {
      if (status === 201) keys.push({ id: body.id, organization: of })
    }
    const operate = (method: string, path: string, body?: unknown) =>
      this.#send(step, { method, path, token: OPERATOR_TOKEN, ...(body !== undefined && { body }) })

    const asked: Record<Exclude<Ask, LeftOut>, () => Promise<unknown>> = {
      register: () => this.#make(step, { method: 'POST', path: '/v1/me/registration', body: { username: this.#me.name } }),
      'register with a token': () => moving({ method: 'POST', path: '/v1/invitations/accept', body: { token, username: this.#me.name } }),
      'sign in': () => this.#signIn(step),
      'end other logins': () => this.#send(step, { method: 'DELETE', path: '/v1/me/sessions' }),
      'change password': async () => {
        const password = `a marmalade sandwich ${this.who} ${++this.#asked}`
        const body = { current_password: twist ? 'something else' : this.#password, new_password: password, end_keys: yes }
        if ((await this.#send(step, { method: 'POST', path: '/v1/me/password', body })).status === 200) this.#password = password
      },
      'make a secret': async () => remember(await this.#make(step, { method: 'POST', path: `${at}/secrets`, body: { kind: 'secret', role } })),
      'make a link': async () => remember(await this.#make(step, { method: 'POST', path: `${at}/secrets`, body: { kind: 'link', role } })),
      invite: async () => {
        const address = people.findIndex(({ name }) => name === them)
        const { status, body } = await this.#make(step, { method: 'POST', path: `${at}/invitations`, body: { email: people[address]?.email, role } })
        if (status !== 201) return
        invitations.push({ id: body.id, organization })
        await this.#link(step, at, body.id, organization, address)
      },
      resend: () => this.#make(step, { method: 'POST', path: `${at}/invitations/${invitation}/resend` }),
      'copy the link': () => this.#link(step, at, invitation, organization, null),
      revoke: () => this.#send(step, { method: 'DELETE', path: `${at}/invitations/${invitation}` }),
      decline: () => this.#send(step, { method: 'POST', path: '/v1/invitations/decline', body: { token } }),
      accept: () => moving({ method: 'POST', path: '/v1/invitations/accept', body: { token } }),
      leave: () => moving({ method: 'POST', path: `${at}/leave` }),
      remove: () => this.#send(step, { method: 'DELETE', path: member }),
      'sign out a member': () => this.#send(step, { method: 'DELETE', path: `${member}/sessions` }),
      deactivate: () => this.#send(step, { method: 'POST', path: `${member}/deactivate`, body: { reason: 'a race' } }),
      reactivate: () => this.#send(step, { method: 'POST', path: `${member}/reactivate` }),
      role: () => this.#send(step, { method: 'PATCH', path: member, body: { role } }),
      rename: () =>
        this.#send(step, { method: 'POST', path: `${at}/rename`, body: { from: organization, to: [`new_name_${pick % 2}`, them, `${them}_2`][pick % 3] } }),
      'register a resource': () => this.#send(step, { method: 'PUT', path: resource, body: yes ? { owner: them } : {} }),
      'transfer a resource': () => this.#make(step, { method: 'POST', path: `${resource}/transfer`, body: { owner: them } }),
      'remove a resource': () => this.#send(step, { method: 'DELETE', path: resource }),
      'make a key': async () =>
        rememberKey(await this.#make(step, { method: 'POST', path: '/v1/me/keys', body: { description: 'a key', scope: 'all', expires_in_days: null } }), null),
      'revoke a key': () => {
        const key = last(keys, pick)
        return this.#send(step, { method: 'DELETE', path: yes ? `${at}/keys/${key?.id}` : `/v1/me/keys/${key?.id}` })
      },
      'make a machine': () => this.#make(step, { method: 'POST', path: `${at}/service-accounts`, body: { name: `machine-${pick % 2}` } }),
      'make a key of a machine': async () => {
        const path = `${at}/service-accounts/machine-${pick % 2}/keys`
        rememberKey(await this.#make(step, { method: 'POST', path, body: { description: 'of a machine', scope: 'all', expires_in_days: null } }), organization)
      },
      'remove a machine': () => this.#send(step, { method: 'DELETE', path: `${at}/service-accounts/machine-${pick % 2}` }),
      suspend: async () => {
        await operate('POST', `${operated}/suspend`)
        await operate('POST', `${operated}/resume`)
      },
      resume: () => operate('POST', `${operated}/resume`),
      // For a moment: the other requests of this person would all get the same refusal.
      'suspend a person': async () => {
        await operate('POST', `/v1/operator/users/${them}/suspend`)
        await operate('POST', `/v1/operator/users/${them}/resume`)
      },
      'resume a person': () => operate('POST', `/v1/operator/users/${them}/resume`),
      promote: () => operate('POST', `${operated}/promote`, { user: them }),
      revive: async () => remember(await operate('POST', `${operated}/revive`)),
      plan: () => operate('PATCH', operated, { plan: yes ? 'enterprise' : 'pro' }),
    }
    await asked[step.ask as Exclude<Ask, LeftOut>]()
  }

  async #link(step: Step, at: string, id: string, organization: string, address: number | null): Promise<void> {
    const { status, body } = await this.#send(step, { method: 'POST', path: `${at}/invitations/${id}/link` })
    if (status === 200) this.known.tokens.push({ organization, token: new URL(body.url).searchParams.get('token') ?? '', address })
  }
}

/** Actions that need direct calls or a moved clock. */
export const leftOut = ['time passes', 'answer though deactivated', 'log in on a terminal', 'end a login'] as const satisfies readonly Ask[]
type LeftOut = (typeof leftOut)[number]
