import { HOLDERS_COUNTED } from '@muster/contract/permissions.ts'
import { plural } from '../../lib/time.ts'
import type { Area } from './data.ts'

export interface AreaInWords {
  area: string
  words: string[]
  /** Whether these are all permissions of the area. */
  isAll: boolean
}

/** Permissions in words, by area. Names that no API has at present come last. */
export function byArea(areas: readonly Area[], names: readonly string[]): AreaInWords[] {
  const known = areas
    .map(({ area, permissions }) => {
      const held = permissions.filter(({ name }) => names.includes(name))
      return { area, words: held.map(({ description }) => description), isAll: held.length === permissions.length }
    })
    .filter(({ words }) => words.length > 0)
  const others = names.filter((name) => !areas.some(({ permissions }) => permissions.some((permission) => permission.name === name)))
  return others.length > 0 ? [...known, { area: 'Not at any API now', words: others, isAll: false }] : known
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)

/** One line for each area: "Everything in Invitations", or "Members: list members; remove members". */
export const areaLines = (areas: readonly Area[], names: readonly string[]): string[] =>
  byArea(areas, names).map(({ area, words, isAll }) => (isAll ? `Everything in ${area}` : `${area}: ${words.map(lowerFirst).join('; ')}`))

/** "Nobody", "1 holder", "At least 1,000 holders". */
export const holdersInWords = (count: number): string => (count === 0 ? 'Nobody' : `${count < HOLDERS_COUNTED ? '' : 'At least '}${plural(count, 'holder')}`)

/** "12 holders get 1 permission and lose 2 permissions." */
export function changeInWords(holders: number, added: number, removed: number): string {
  if (added + removed === 0) return 'No permission changes.'
  if (holders === 0) return 'Nobody has this role yet.'
  const verb = (one: string, many: string) => (holders === 1 ? one : many)
  const parts = [
    added > 0 ? `${verb('gets', 'get')} ${plural(added, 'permission')}` : '',
    removed > 0 ? `${verb('loses', 'lose')} ${plural(removed, 'permission')}` : '',
  ].filter(Boolean)
  return `${holdersInWords(holders)} ${parts.join(' and ')}.`
}
