import { command } from '../command.ts'
import { completionScripts } from '../completion/scripts.ts'
import { usage } from '../errors.ts'

const shells = Object.keys(completionScripts)

export default [
  command(
    'completion <shell>',
    {
      summary: 'print a completion script for bash, zsh or fish',
      examples: ['source <(muster completion bash)', 'source <(muster completion zsh)', 'muster completion fish | source'],
      notes:
        'Add the line to ~/.bashrc, ~/.zshrc or ~/.config/fish/config.fish. The script needs no other package. It completes users, organizations and resources with your login.',
    },
    async ({ say }, { shell }) => {
      const script = completionScripts[shell]
      if (!script) throw usage(`"${shell}" is not a supported shell.`, `Supported shells: ${shells.join(', ')}.`)
      say.data({ shell, script }, () => script)
    },
  ),
]
