import { command } from '../command.ts'
import { completionScripts } from '../completion/scripts.ts'
import { usage } from '../errors.ts'

const shells = Object.keys(completionScripts)

export default [
  command(
    'completion <shell>',
    {
      summary: 'print the tab completion for bash, zsh or fish',
      examples: ['source <(muster completion bash)', 'source <(muster completion zsh)', 'muster completion fish | source'],
      notes:
        'Put the line into ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish. It needs no other package, and completes users, organizations and resources with your login.',
    },
    async ({ say }, { shell }) => {
      const script = completionScripts[shell]
      if (!script) throw usage(`"${shell}" is not a shell that muster completes.`, `It is one of ${shells.join(', ')}.`)
      say.data({ shell, script }, () => script)
    },
  ),
]
