import { Failure, interrupted, usage } from '../errors.ts'

/** Questions, where there is someone to answer. Without a terminal it refuses and names the flag that answers instead. */
export class Ask {
  /** A terminal on both ends, and nobody forbade it. */
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

  /** As it is typed: a password may begin or end with a space. */
  async hidden(message: string, flag: string): Promise<string> {
    if (!this.possible) throw usage(`${message} is required, and there is no terminal to prompt on.`, `Pass ${flag}.`)
    const { password } = await import('@clack/prompts')
    const answer = await password({ message, output: terminal(), validate: (value) => (value ? undefined : 'Enter a value.') })
    if (typeof answer !== 'string') throw interrupted()
    return answer
  }

  async yes(message: string): Promise<boolean> {
    const { confirm } = await import('@clack/prompts')
    const answer = await confirm({ message, output: terminal(), initialValue: true })
    if (typeof answer !== 'boolean') throw interrupted()
    return answer
  }

  /** Refuses before anything is asked of the server, when nobody could answer afterwards. */
  mustBePossible(): void {
    if (!this.possible) throw usage('This command asks for confirmation, and there is no terminal to answer on.', 'Pass --yes to skip the confirmation.')
  }

  /** Goes on, or ends the command with nothing changed. */
  async confirm(message: string): Promise<void> {
    this.mustBePossible()
    const { confirm } = await import('@clack/prompts')
    const answer = await confirm({ message, output: terminal(), initialValue: false })
    if (typeof answer !== 'boolean') throw interrupted()
    if (!answer) throw new Failure('Nothing was changed.', { code: 'declined' })
  }
}

/** A terminal that does not say how wide it is (a serial line, `docker exec -t`) has no columns, and a question would be broken after every letter. */
function terminal(): NodeJS.WriteStream {
  process.stderr.columns ||= 80
  return process.stderr
}
