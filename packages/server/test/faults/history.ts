// The history of a fault run: each call of a client, from its start to its end. The judge reads nothing else, beside the final state.

/**
 * `ok`: the server confirmed it. `failed`: the server refused it, so it has not happened. `unknown`: the client cannot tell, because the connection broke, the answer
 * did not come in time, or the answer was a 503.
 */
export type Outcome = 'ok' | 'failed' | 'unknown'

export interface Operation {
  /** The clients are numbered. Each makes one call at a time. */
  client: number
  /** When the call began and ended, in milliseconds of this machine's clock. */
  began: number
  ended: number
  outcome: Outcome
  /** The status of the last answer, if one came. */
  status?: number
  action: Action
}

export type Action =
  /** Creates something with a unique name. Calls that remained unknown may have been repeated with the same idempotency key. */
  | { type: 'create'; kind: 'resource' | 'key' | 'invitation'; name: string; id?: string }
  /** Ends a key. `endedEverywhereAt` is in the report of the answer: from then on no receiver accepts the key. */
  | { type: 'end'; id: string; endedEverywhereAt?: number }
  /** Sets the given name of a user to a value that is used once. */
  | { type: 'set'; user: string; value: string }
  | { type: 'read'; user: string; value?: string }
  /** Uses a key: at the API, at forward auth, or at a service with the SDK's verifier. `refused` means a 401; `unavailable` that nobody could decide. */
  | { type: 'use'; id: string; place: 'api' | 'forward auth' | 'verifier'; verdict: 'accepted' | 'refused' | 'unavailable' }

export interface Fault {
  name: string
  began: number
  ended: number
  /** Milliseconds from the end of the fault until every server answered `/readyz` with 200. */
  recovery: number
}

/** An answer that no server may give: a 5xx other than a 503 with `Retry-After`. */
export interface BadAnswer {
  at: number
  request: string
  status: number
  body: string
}

export interface History {
  operations: Operation[]
  faults: Fault[]
  badAnswers: BadAnswer[]
}

/** What is in the database when all servers run again and all jobs are done. */
export interface FinalState {
  /** The ids of the rows with this name, by kind and name. */
  created: Record<'resource' | 'key' | 'invitation', Map<string, string[]>>
  /** The number of creation events, by id. */
  events: Map<string, number>
  /** Keys that are valid. */
  validKeys: Set<string>
  givenNames: Map<string, string>
  /** The addresses that got an email, or whose email is in the queue. */
  emailed: Set<string>
  /** What breaks an invariant of the tables. */
  broken: string[]
}
