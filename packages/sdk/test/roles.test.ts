import { VerifierUnavailable } from '@muster/sdk'
import { createRoles } from '@muster/sdk/roles.ts'
import { describe, expect, test } from 'vitest'

// The definitions of custom roles in the memory of a verifier, with a simulated issuer (P10).

interface Definition {
  revision: number
  permissions: string[]
}

/** An issuer that answers when the test says so. */
function anIssuer(definitions: Record<string, Definition>) {
  const requests: string[][] = []
  const held: (() => void)[] = []
  let holds = false
  const issuer = {
    async call(path: string, init: RequestInit): Promise<Response> {
      expect(path).toBe('/v1/role-definitions')
      const { roles } = JSON.parse(String(init.body)) as { roles: string[] }
      requests.push(roles)
      const items = roles.flatMap((id) => (definitions[id] ? [{ id, ...structuredClone(definitions[id]) }] : []))
      if (holds) await new Promise<void>((resolve) => held.push(resolve))
      return Response.json({ items })
    },
  }
  return {
    issuer,
    requests,
    hold: () => {
      holds = true
    },
    release: async () => {
      holds = false
      await until(() => held.length > 0)
      for (const answer of held.splice(0)) answer()
    },
  }
}

const until = async (what: () => boolean): Promise<void> => {
  while (!what()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('the definitions of custom roles (P10)', () => {
  test('concurrent requests share one request for their roles', async () => {
    const { issuer, requests } = anIssuer({ role_1: { revision: 2, permissions: ['apps:read'] }, role_2: { revision: 5, permissions: ['apps:deploy'] } })
    const roles = createRoles({ issuer })
    const answers = await Promise.all(['role_1', 'role_2', 'role_1'].map((id) => roles.definitionOf(id, 2)))
    expect(answers.map(({ revision, permissions }) => [revision, ...permissions])).toEqual([
      [2, 'apps:read'],
      [5, 'apps:deploy'],
      [2, 'apps:read'],
    ])
    expect(requests).toEqual([['role_1', 'role_2']])
    await roles.definitionOf('role_2', 5)
    expect(requests).toHaveLength(1)
  })

  test('one request asks for at most 100 roles', async () => {
    const ids = Array.from({ length: 250 }, (_, place) => `role_${place}`)
    const { issuer, requests } = anIssuer(Object.fromEntries(ids.map((id) => [id, { revision: 1, permissions: ['apps:read'] }])))
    const roles = createRoles({ issuer })
    await Promise.all(ids.map((id) => roles.definitionOf(id, 1)))
    expect(requests.map((asked) => asked.length)).toEqual([100, 100, 50])
  })

  test('a later edit is read again, and not taken from a request under way', async () => {
    const definitions: Record<string, Definition> = { role_1: { revision: 1, permissions: ['apps:read', 'apps:deploy'] } }
    const { issuer, requests, hold, release } = anIssuer(definitions)
    const roles = createRoles({ issuer })
    hold()
    const early = roles.definitionOf('role_1', 1)
    await until(() => requests.length === 1)
    definitions['role_1'] = { revision: 2, permissions: ['apps:read'] }
    const late = roles.definitionOf('role_1', 2)
    await release()
    expect([(await early).revision, (await late).revision]).toEqual([1, 2])
    expect(requests).toHaveLength(2)
  })

  test('a role that the issuer does not list allows nothing', async () => {
    const { issuer, requests } = anIssuer({})
    const roles = createRoles({ issuer })
    expect(await roles.definitionOf('role_1', 3)).toEqual({ revision: 3, permissions: [] })
    await roles.definitionOf('role_1', 3)
    expect(requests).toHaveLength(1)
  })

  test('an earlier revision than the one that counts is no answer', async () => {
    const { issuer, requests } = anIssuer({ role_1: { revision: 1, permissions: ['apps:deploy'] } })
    const roles = createRoles({ issuer })
    await expect(roles.definitionOf('role_1', 2)).rejects.toThrow(VerifierUnavailable)
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['an error', () => Response.json({ detail: 'no' }, { status: 503 })],
    ['another form', () => Response.json({ items: [{ id: 'role_1', revision: '2', permissions: [] }] })],
    ['no JSON', () => new Response('<html>')],
    ['no response', () => Promise.reject(new Error('connect ECONNREFUSED'))],
  ])('%s of the issuer is no answer, and the next request asks again', async (_, answer) => {
    let answers = 0
    const roles = createRoles({
      issuer: { call: async () => (++answers === 1 ? answer() : Response.json({ items: [{ id: 'role_1', revision: 2, permissions: ['apps:read'] }] })) },
    })
    await expect(roles.definitionOf('role_1', 2)).rejects.toThrow(VerifierUnavailable)
    expect((await roles.definitionOf('role_1', 2)).permissions).toEqual(['apps:read'])
  })

  test('the least recently used definition is forgotten first', async () => {
    const ids = ['role_1', 'role_2', 'role_3']
    const { issuer, requests } = anIssuer(Object.fromEntries(ids.map((id) => [id, { revision: 1, permissions: [] }])))
    const roles = createRoles({ issuer, most: 2 })
    for (const id of ['role_1', 'role_2', 'role_1', 'role_3', 'role_1']) await roles.definitionOf(id, 1)
    expect(requests.flat()).toEqual(ids)
    await roles.definitionOf('role_2', 1)
    expect(requests.flat()).toEqual([...ids, 'role_2'])
  })

  test('an answer under way is not kept by a verifier that forgets', async () => {
    const definitions: Record<string, Definition> = { role_1: { revision: 1, permissions: ['apps:deploy'] } }
    const { issuer, requests, hold, release } = anIssuer(definitions)
    const roles = createRoles({ issuer })
    hold()
    const answer = roles.definitionOf('role_1', 1)
    await until(() => requests.length === 1)
    roles.forget()
    definitions['role_1'] = { revision: 1, permissions: ['apps:read'] }
    await release()
    expect((await answer).permissions).toEqual(['apps:read'])
  })
})
