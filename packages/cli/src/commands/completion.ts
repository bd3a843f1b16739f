import { command } from '../command.ts'

// What it does is in program.ts: it needs every other command. This is its place in the help.
export default [
  command(
    'completion <shell>',
    {
      summary: 'print what makes the tab key work in bash, zsh or fish',
      examples: ['source <(muster completion bash)', 'source <(muster completion zsh)', 'muster completion fish | source'],
    },
    async () => {},
  ),
]
