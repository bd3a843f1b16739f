import { type Id, type IdKind, idPrefixes } from '@muster/contract/ids.ts'
import { typeid } from 'typeid-js'

/** A new id: sortable by time, typed by its prefix. */
export const newId = <K extends IdKind>(kind: K): Id<K> => typeid(idPrefixes[kind]).toString() as Id<K>
