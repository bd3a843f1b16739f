import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Calls, type SendOptions } from '../api/calls.ts'
import { type HttpRequest, withToken } from '../api/http.ts'
import { value } from '../command.ts'
import { type Context, isLocal } from '../context.ts'
import { Failure, usage } from '../errors.ts'
import { requireChosenServer } from './chosen-server.ts'

/** The option of all operator commands that names the file with the operator's token. */
export const operatorTokenFile = value(
  'FILE',
  "file with the operator's token (default: MUSTER_OPERATOR_TOKEN or MUSTER_OPERATOR_TOKEN_FILE, else .muster/data/operator-token)",
)

/** The operator's credential (S58): from the named file, the environment, or the data folder of a server on this machine. */
export function operatorToken(context: Context, file: string | undefined): string {
  const { api, env, settings, server } = context
  const set = env.MUSTER_OPERATOR_TOKEN?.trim()
  const path = file ?? (set ? undefined : env.MUSTER_OPERATOR_TOKEN_FILE)
  const named = path ? read(path) : set
  if (path && !named) throw usage(file ? `${path} cannot be read, or is empty.` : `MUSTER_OPERATOR_TOKEN_FILE is ${path}, which cannot be read, or is empty.`)
  if (named) {
    const origin = path ? (file ? 'The token from --operator-token-file' : 'The token from MUSTER_OPERATOR_TOKEN_FILE') : 'MUSTER_OPERATOR_TOKEN'
    requireChosenServer(context, origin)
    return named
  }
  // The token does not name its issuer, so the one in the data folder is used only for a server on this machine.
  const here = isLocal(api.url) ? read(join(env.MUSTER_DATA_DIR || join('.muster', 'data'), 'operator-token')) : undefined
  if (here) {
    // The embedded server listens at the default address. Any other local address may belong to another user.
    if (server.source !== 'default') requireChosenServer(context, "The operator's token in the data folder")
    return here
  }
  throw new Failure(`This command needs the operator's token for ${api.url}.`, {
    code: 'operator_required',
    exit: 4,
    next: `Pass --operator-token-file FILE or set MUSTER_OPERATOR_TOKEN or MUSTER_OPERATOR_TOKEN_FILE${settings.url ? '' : '; the embedded server keeps it in .muster/data/operator-token'}.`,
  })
}

/** Calls to the API with the operator's token. */
class OperatorCalls extends Calls {
  readonly #context: Context
  readonly #file: string | undefined

  constructor(context: Context, file: string | undefined) {
    super(context.api.url)
    this.#context = context
    this.#file = file
  }

  override async send(request: HttpRequest, options: SendOptions): Promise<unknown> {
    return this.#context.api.send(withToken(request, operatorToken(this.#context, this.#file)), options)
  }
}

export const asOperator = (context: Context, file: string | undefined): Calls => new OperatorCalls(context, file)

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}
