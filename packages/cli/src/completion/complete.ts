import type { Command, Option } from '../command.ts'
import { completionScripts } from './scripts.ts'

export interface Candidate {
  word: string
  text: string
}

/** Kinds of objects whose names come from the server. */
export type Source = 'users' | 'deactivated users' | 'owners' | 'organizations' | 'resources' | 'service accounts' | 'invitations' | 'roles' | 'permissions'

/** Either the words themselves, or the source from which the shell or the server completes them. */
export type Completion = { candidates: Candidate[] } | FromServer | { files: true }

export interface FromServer {
  source: Source
  /** Of the word, before the part that is completed: `--role=`. */
  prefix?: string
}

export interface Vocabulary {
  commands: Command[]
  /** The summary of each first word and group of commands. */
  summaries: Record<string, string>
  globals: Record<string, Option>
}

/** The completions of the last word. */
export function complete(words: string[], { commands, summaries, globals }: Vocabulary): Completion {
  const current = words.at(-1) ?? ''
  const { path, given, pending } = read(words.slice(0, -1), commands, globals)
  if (pending) return ofOption(pending)
  const command = commands.find((one) => one.path.join(' ') === path.join(' '))
  const options = { ...command?.options, ...globals }
  const [, form, typed] = /^(--[\w-]+)=(.*)$/.exec(current) ?? []
  if (form !== undefined && typed !== undefined) {
    const option = Object.entries(options).find(([name]) => kebab(name) === form)?.[1]
    return prefixed(option ? ofOption(option) : none, `${form}=`)
  }
  if (current.startsWith('-')) return { candidates: optionsOf(options) }
  if (command) return ofArgument(command, given)
  return { candidates: wordsBelow(path, commands, summaries) }
}

/** Reads the finished words: the path of the command, the number of arguments, and an option that still needs its value. */
function read(words: string[], commands: Command[], globals: Record<string, Option>): { path: string[]; given: number; pending: Option | null } {
  const path: string[] = []
  let given = 0
  let pending: Option | null = null
  for (const word of words) {
    if (pending) {
      pending = null
      continue
    }
    const command = commands.find((one) => one.path.join(' ') === path.join(' '))
    if (word.startsWith('-') && word !== '-') {
      const option = Object.entries({ ...command?.options, ...globals }).find(([name, one]) => forms(name, one).includes(word))?.[1]
      pending = option && (option.kind === 'value' || option.kind === 'list') ? option : null
    } else if (command) given += 1
    else path.push(word)
  }
  return { path, given, pending }
}

const kebab = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
const forms = (name: string, option: Option): string[] => [kebab(name), ...(option.kind !== 'flag' && option.short ? [`-${option.short}`] : [])]

const optionsOf = (options: Record<string, Option>): Candidate[] => Object.entries(options).map(([name, { text }]) => ({ word: kebab(name), text }))

function wordsBelow(path: string[], commands: Command[], summaries: Record<string, string>): Candidate[] {
  const below = new Map<string, string>()
  for (const { path: its, summary } of commands) {
    const word = its[path.length]
    if (word === undefined || !path.every((one, at) => its[at] === one) || below.has(word)) continue
    below.set(word, summaries[[...path, word].join(' ')] ?? summary)
  }
  return [...below].map(([word, text]) => ({ word, text }))
}

const none: Completion = { candidates: [] }
const choice = (words: readonly string[]): Completion => ({ candidates: words.map((word) => ({ word, text: '' })) })

function prefixed(found: Completion, prefix: string): Completion {
  if ('source' in found) return { ...found, prefix }
  return 'candidates' in found ? { candidates: found.candidates.map(({ word, text }) => ({ word: `${prefix}${word}`, text })) } : none
}

const ofPlaceholder: Record<string, Completion> = {
  FILE: { files: true },
  OWNER: { source: 'owners' },
  ACTOR: { source: 'users' },
  CONTACT: { source: 'users' },
  ROLE: { source: 'roles' },
  PERMISSION: { source: 'permissions' },
}

function ofOption(option: Option): Completion {
  if (option.kind === 'flag') return none
  return option.choices ? choice(option.choices) : (ofPlaceholder[option.placeholder] ?? none)
}

const ofName: Record<string, Completion> = {
  user: { source: 'users' },
  owner: { source: 'owners' },
  resource: { source: 'resources' },
  org: { source: 'organizations' },
  old: { source: 'organizations' },
  invitation: { source: 'invitations' },
  role: { source: 'roles' },
  shell: choice(Object.keys(completionScripts)),
}

function ofArgument({ path, arguments: words }: Command, given: number): Completion {
  const name = (words[given] ?? '').replace(/[<>[\].]/g, '')
  const line = path.join(' ')
  if (line === 'user reactivate' && name === 'user') return { source: 'deactivated users' }
  // A new object has no name to complete.
  if (line === 'resource add' || line.endsWith(' create'))
    return line === 'service-account key create' && name === 'name' ? { source: 'service accounts' } : none
  if (path[0] === 'service-account' && name === 'name') return { source: 'service accounts' }
  return ofName[name] ?? none
}
