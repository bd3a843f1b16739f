import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { confirmServer } from '../login/chosen-server.ts'
import { standardInput } from './standard-input.ts'

/** With `-`, the secret is typed without echo or read from standard input, which keeps it out of the shell history and the process list. */
export async function readSecret({ ask }: Context, argument: string, what: string): Promise<string> {
  if (argument === '-' && ask.possible) return ask.secret(`The ${what}`, '-')
  const secret = argument === '-' ? standardInput().trim() : argument.trim()
  if (secret === '') throw usage(`The ${what} is empty.`)
  return secret
}

/** Returns the secret after the user has confirmed the server that receives it. */
export async function secretFrom(context: Context, argument: string, what: string): Promise<string> {
  const secret = await readSecret(context, argument, what)
  await confirmServer(context, what)
  return secret
}
