import { visibleLine } from '../domain/model/visible-line.ts'

/** A text of a provider in one visible line, or an empty string. */
export const line = (value: unknown): string => (typeof value === 'string' ? (visibleLine(value.slice(0, 100), 100) ?? '') : '')
