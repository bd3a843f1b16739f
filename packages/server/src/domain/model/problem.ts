import type { OrganizationId } from '@muster/contract/ids.ts'
import { type ProblemCode, problems } from '@muster/contract/problems.ts'

/**
 * A refusal with a code for programs and a text for the caller. Facts that the caller must not learn go into `cause`, which only the log shows. `extensions`
 * become members of the problem body (RFC 9457 section 3.2), in snake_case.
 */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly detail: string | undefined
  readonly extensions: Record<string, unknown>
  /** The holder of a refused genuine credential and the organization that refuses it. For its audit log (S57), not for the caller. */
  readonly keptOut: KeptOut | null

  constructor(code: ProblemCode, detail?: string, options: { extensions?: Record<string, unknown>; cause?: unknown; keptOut?: KeptOut | null } = {}) {
    super(detail ?? problems[code].title, { cause: options.cause })
    this.name = 'Problem'
    this.code = code
    this.status = problems[code].status
    this.detail = detail
    this.extensions = options.extensions ?? {}
    this.keptOut = options.keptOut ?? null
  }
}

export interface KeptOut {
  id: string
  /** Null: a person without an organization. */
  organizationId: OrganizationId | null
}
