import { type Id, type IdKind, idPrefixes } from '@muster/contract/ids.ts'
import { typeid } from 'typeid-js'

/** A new id, sortable by time, with the prefix of its kind. */
export const newId = <K extends IdKind>(kind: K): Id<K> => typeid(idPrefixes[kind]).toString() as Id<K>
