import { VerifierUnavailable } from './errors.ts'
import { type Issuer, readJson } from './issuer.ts'

/** What a custom role allows at this API, at one revision. */
export interface RoleDefinition {
  revision: number
  permissions: readonly string[]
}

export interface Roles {
  /**
   * The current definition of a role, from memory or from the issuer.
   * @param revision the least that counts
   * @throws VerifierUnavailable when the issuer does not answer, or with an earlier revision
   */
  definitionOf(id: string, revision: number): Promise<RoleDefinition>
  /** Forgets all definitions. A restored issuer gives a revision to another definition. */
  forget(): void
}

const ROLES_PER_REQUEST = 100
const ANSWER_MILLISECONDS = 5_000

/** Roles that are requested together. */
interface Batch {
  /** The least revision of each. */
  revisions: Map<string, number>
  isSent: boolean
  answer: Promise<void>
}

/**
 * The definitions of custom roles that were edited after a token was issued (P10). A token carries what its role allowed at its time, so these are few: the bound of
 * memory is for those of a whole day.
 */
export function createRoles({ issuer, most = 10_000 }: { issuer: Pick<Issuer, 'call'>; most?: number | undefined }): Roles {
  /** The least recently used comes first. */
  const kept = new Map<string, RoleDefinition>()
  /** One copy of each permission, because all roles have the same few. */
  const names = new Map<string, string>()
  const pending = new Map<string, Batch>()
  let next: Batch | null = null
  let timesForgotten = 0

  const find = (id: string): RoleDefinition | undefined => {
    const definition = kept.get(id)
    if (definition) {
      kept.delete(id)
      kept.set(id, definition)
    }
    return definition
  }

  const keep = (id: string, { revision, permissions }: RoleDefinition): void => {
    if ((kept.get(id)?.revision ?? 0) > revision) return
    for (const name of permissions) if (!names.has(name)) names.set(name, name)
    kept.delete(id)
    if (kept.size >= most) kept.delete(kept.keys().next().value as string)
    kept.set(id, { revision, permissions: permissions.map((name) => names.get(name) as string) })
  }

  const readBatch = async (revisions: ReadonlyMap<string, number>): Promise<void> => {
    const before = timesForgotten
    const definitions = await requestDefinitions(issuer, [...revisions.keys()])
    if (timesForgotten !== before) return
    for (const [id, revision] of revisions) {
      // A role that is missing allows nothing here: it has no permission of this API any more, or it was removed.
      keep(id, definitions.get(id) ?? { revision, permissions: [] })
    }
  }

  const startBatch = (): Batch => {
    const revisions = new Map<string, number>()
    const batch: Batch = { revisions, isSent: false, answer: Promise.resolve() }
    // Requests of the same turn share the batch.
    batch.answer = new Promise((resolve) => void setTimeout(resolve, 0))
      .then(() => {
        batch.isSent = true
        if (next === batch) next = null
        return readBatch(revisions)
      })
      .finally(() => {
        for (const id of revisions.keys()) pending.delete(id)
      })
    batch.answer.catch(() => {}) // each request that waits gets the error
    return batch
  }

  /** Shares a request under way. Its answer may be from before the edit, and then the caller requests again. */
  const read = (id: string, revision: number): Promise<void> => {
    let batch = pending.get(id)
    if (!batch) {
      if (!next || next.revisions.size >= ROLES_PER_REQUEST) next = startBatch()
      batch = next
      pending.set(id, batch)
    }
    if (!batch.isSent) batch.revisions.set(id, Math.max(revision, batch.revisions.get(id) ?? 0))
    return batch.answer
  }

  return {
    async definitionOf(id, revision) {
      for (let requests = 0; requests <= 2; requests++) {
        const definition = find(id)
        if (definition && definition.revision >= revision) return definition
        if (requests < 2) await read(id, revision)
      }
      throw new VerifierUnavailable('issuer', `The issuer does not answer with revision ${revision} of the role ${id}.`)
    },
    forget() {
      timesForgotten += 1
      kept.clear()
    },
  }
}

/** @throws VerifierUnavailable */
async function requestDefinitions(issuer: Pick<Issuer, 'call'>, roles: readonly string[]): Promise<Map<string, RoleDefinition>> {
  let answer: Response
  let body: Record<string, unknown>
  try {
    answer = await issuer.call('/v1/role-definitions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ roles }),
      signal: AbortSignal.timeout(ANSWER_MILLISECONDS),
    })
    body = await readJson(answer)
  } catch (error) {
    if (error instanceof VerifierUnavailable) throw error
    throw new VerifierUnavailable('issuer', 'The issuer could not be asked about the definition of a role.', { cause: error })
  }
  const { items } = body
  if (!answer.ok || !Array.isArray(items) || !items.every(isDefinition))
    throw new VerifierUnavailable('issuer', `The issuer did not say what a role allows: ${answer.status} ${body['detail'] ?? ''}`.trim())
  return new Map(items.map(({ id, revision, permissions }) => [id, { revision, permissions }]))
}

function isDefinition(item: unknown): item is RoleDefinition & { id: string } {
  const { id, revision, permissions } = (item ?? {}) as Record<string, unknown>
  return typeof id === 'string' && Number.isInteger(revision) && Array.isArray(permissions) && permissions.every((name) => typeof name === 'string')
}
