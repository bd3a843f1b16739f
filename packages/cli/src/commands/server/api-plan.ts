import type { Answer } from '../../api/calls.ts'
import { count } from '../../output/text.ts'

type Applied = Answer<'put', '/v1/operator/apis'>
type Change = Applied['changes'][number]
export type Api = Answer<'get', '/v1/operator/apis'>['items'][number]
/** An API in the operator's file, where some fields may be left out. */
export type WrittenApi = Omit<Api, 'id' | 'longest_token_life' | 'accept_default_audience'> & Partial<Api>

const signs = { created: '+', changed: '~', removed: '-' } as const

/** The changes of a manifest, with the values before and after. */
export function planText({ changes, uses }: Applied, heading: string, { before, after }: { before: readonly Api[]; after: readonly WrittenApi[] }): string {
  if (changes.length === 0) return 'Nothing changes: the APIs are already those of the file.'
  const find = <T extends { audience: string }>(apis: readonly T[], { audience }: Change) => apis.find((api) => api.audience === audience)
  const lines = changes.flatMap((change) => [
    `${signs[change.kind]} ${change.name} (${change.audience})`,
    ...changedLines(change, find(before, change), find(after, change)).map((line) => `    ${line}`),
  ])
  const named = uses.map(({ permission, kind, name, id }) => `    ${permission}: the ${kind} ${name} (${id})`)
  return [`${heading} ${count(changes.length, 'API')}:`, ...lines, ...(named.length > 0 ? ['In use:', ...named] : [])].join('\n')
}

const changedLines = ({ fields, added, removed }: Change, before: Api | undefined, after: WrittenApi | undefined): string[] => [
  ...fields.flatMap((field) => (before && after ? fieldLines(field, before, after) : [])).map((line) => `~ ${line}`),
  ...added.map((name) => `+ ${name}`),
  ...removed.map((name) => `- ${name}`),
]

/** What the API had and will have in a field. A field of a later server has its name only. */
function fieldLines(field: string, before: Api, after: WrittenApi): string[] {
  const [old, now] = [valuesOf(field, before), valuesOf(field, after)]
  const changed = Object.keys({ ...old, ...now }).filter((name) => name in old && name in now && old[name] !== now[name])
  return changed.length > 0 ? changed.map((name) => `${name}: ${old[name]} → ${now[name]}`) : [field]
}

function valuesOf(field: string, { name, grant, permissions, longest_token_life: life, accept_default_audience: accepts }: WrittenApi): Record<string, string> {
  const fields: Record<string, Record<string, string>> = {
    name: { name },
    grant: { 'grant.member': patterns(grant.member), 'grant.viewer': patterns(grant.viewer) },
    longest_token_life: { longest_token_life: life ? `${life} s` : 'none' },
    accept_default_audience: { accept_default_audience: String(accepts ?? false) },
    descriptions: permissions,
  }
  return fields[field] ?? {}
}

const patterns = (names: readonly string[] = []): string => names.join(' ') || 'nothing'
