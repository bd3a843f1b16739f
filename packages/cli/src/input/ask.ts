import { Failure, interrupted, usage } from '../errors.ts'

/** Prompts at a terminal. Without a terminal, a prompt is a usage error that names the flag to pass instead. */
export class Ask {
  /** True if standard input and standard error are a terminal, and neither `--no-input` nor `--json` was given. */
  readonly possible: boolean
  constructor(possible: boolean) {
    this.possible = possible
  }

  async text(
    message: string,
    { flag, initial, optional = false, fault }: { flag: string; initial?: string; optional?: boolean; fault?: (value: string) => string | undefined },
  ): Promise<string> {
    if (!this.possible) throw usage(`${message} is required, and there is no terminal to prompt on.`, `Pass ${flag}.`)
    const { text } = await import('@clack/prompts')
    const check = (value: string | undefined) => (!value && !optional ? 'Enter a value.' : value ? fault?.(value) : undefined)
    const answer = await text({
      message,
      output: terminal(),
      validate: check,
      ...(initial ? { initialValue: initial } : {}),
      ...(optional ? { placeholder: 'optional' } : {}),
    })
    if (typeof answer !== 'string') throw interrupted()
    return answer.trim()
  }

  async secret(message: string, flag: string): Promise<string> {
    return (await this.hidden(message, flag)).trim()
  }

  /** The answer is not trimmed, because a password may begin or end with a space. */
  async hidden(message: string, flag: string): Promise<string> {
    if (!this.possible) throw usage(`${message} is required, and there is no terminal to prompt on.`, `Pass ${flag}.`)
    const { password } = await import('@clack/prompts')
    const answer = await password({ message, output: terminal(), validate: (value) => (value ? undefined : 'Enter a value.') })
    if (typeof answer !== 'string') throw interrupted()
    return answer
  }

  async one<T extends string>(message: string, options: { value: T; label: string }[]): Promise<T> {
    const { select } = await import('@clack/prompts')
    const answer = await select<string>({ message, output: terminal(), options })
    if (typeof answer !== 'string') throw interrupted()
    return answer as T
  }

  /** One or more, in groups with a heading. */
  async several(message: string, groups: Record<string, { value: string; label: string }[]>, { initial = [] }: { initial?: string[] } = {}): Promise<string[]> {
    const { groupMultiselect } = await import('@clack/prompts')
    const answer = await groupMultiselect<string>({ message, output: terminal(), options: groups, required: true, initialValues: initial })
    if (!Array.isArray(answer)) throw interrupted()
    return answer
  }

  async yes(message: string): Promise<boolean> {
    const { confirm } = await import('@clack/prompts')
    const answer = await confirm({ message, output: terminal(), initialValue: true })
    if (typeof answer !== 'boolean') throw interrupted()
    return answer
  }

  /** Called before the first request, so that a command that cannot prompt fails without sending one. */
  mustBePossible(): void {
    if (!this.possible) throw usage('This command asks for confirmation, and there is no terminal to answer on.', 'Pass --yes to skip the confirmation.')
  }

  /** Returns if the user confirms. @throws Failure otherwise */
  async confirm(message: string): Promise<void> {
    this.mustBePossible()
    const { confirm } = await import('@clack/prompts')
    const answer = await confirm({ message, output: terminal(), initialValue: false })
    if (typeof answer !== 'boolean') throw interrupted()
    if (!answer) throw new Failure('Nothing was changed.', { code: 'declined' })
  }
}

/** A terminal of unknown width (a serial line, `docker exec -t`) has no columns, and a prompt would be wrapped after every letter. */
function terminal(): NodeJS.WriteStream {
  process.stderr.columns ||= 80
  return process.stderr
}
