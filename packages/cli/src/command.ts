import type { Context } from './context.ts'

interface Flag {
  kind: 'flag'
  text: string
}
interface Value {
  kind: 'value' | 'perhaps' | 'list'
  placeholder: string
  text: string
  short?: string | undefined
  choices?: readonly string[] | undefined
}
export type Option = Flag | Value

/** `--yes` */
export const flag = (text: string): Flag => ({ kind: 'flag', text })
/** `--yes`, where a command asks for confirmation */
export const skipPrompt: Flag = flag('skip the confirmation prompt')
/** `--role ROLE` */
export const value = <const C extends string = string>(placeholder: string, text: string, more: { short?: string; choices?: readonly C[] } = {}) => ({
  kind: 'value' as const,
  placeholder,
  text,
  ...more,
})
/** `--with-refresh-token [TOKEN]` */
export const perhaps = (placeholder: string, text: string) => ({ kind: 'perhaps' as const, placeholder, text })
/** `--scope A B` or `--scope A --scope B` */
export const list = (placeholder: string, text: string) => ({ kind: 'list' as const, placeholder, text })

type Words<S extends string> = S extends `${infer First} ${infer Rest}` ? First | Words<Rest> : S
type Many<W> = W extends `<${infer Name}...>` | `[${infer Name}...]` ? Name : never
type Needed<W> = W extends `<${string}...>` ? never : W extends `<${infer Name}>` ? Name : never
type Perhaps<W> = W extends `[${string}...]` ? never : W extends `[${infer Name}]` ? Name : never
type Arguments<S extends string> = { [N in Needed<Words<S>>]: string } & { [N in Perhaps<Words<S>>]: string | undefined } & {
  [N in Many<Words<S>>]: string[]
}
type OptionValue<O extends Option> = O['kind'] extends 'flag'
  ? boolean
  : O['kind'] extends 'perhaps'
    ? string | true | undefined
    : O['kind'] extends 'list'
      ? string[] | undefined
      : O extends { choices?: readonly (infer C)[] }
        ? C | undefined
        : string | undefined
type Options<O extends Record<string, Option>> = { [N in keyof O]: OptionValue<O[N]> }

export interface Command {
  /** `['org', 'remove']` */
  path: string[]
  /** `['<user>']`; `['<email...>']` takes one or more */
  arguments: string[]
  summary: string
  options: Record<string, Option>
  examples: string[]
  notes: string | undefined
  run: (context: Context, input: Record<string, unknown>) => Promise<void>
}

interface Spec<O extends Record<string, Option>> {
  summary: string
  options?: O
  examples: string[]
  notes?: string
}

/** Declares a command. The names and types of `input` follow from `usage` and `options`. */
export function command<const S extends string, const O extends Record<string, Option> = Record<never, never>>(
  usage: S,
  { summary, options, examples, notes }: Spec<O>,
  run: (context: Context, input: Arguments<S> & Options<O>) => Promise<void>,
): Command {
  const words = usage.split(' ')
  const isArgument = (word: string) => word.startsWith('<') || word.startsWith('[')
  return {
    path: words.filter((word) => !isArgument(word)),
    arguments: words.filter(isArgument),
    summary,
    options: options ?? {},
    examples,
    notes,
    run: run as Command['run'],
  }
}
