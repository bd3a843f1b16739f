/** What a receiver says of one token. */
export type PushAnswer =
  | { kind: 'accepted' }
  /** It cannot read this one, and will not be able to if it comes again. */
  | { kind: 'unread'; err: string; description: string | undefined }
  /** Says nothing of the token: it comes again. */
  | { kind: 'failed'; reason: string }

/** Who cannot be told apart or may not send can send no other token either, until that is mended (RFC 8935 sections 2.4 and 4). */
const OF_THE_TRANSMITTER = ['authentication_failed', 'access_denied']

/** RFC 8935 sections 2.2 to 2.4. */
export function answerOf({ status, body }: { status: number; body: string }): PushAnswer {
  if (status >= 200 && status <= 299) return { kind: 'accepted' }
  const { err, description } = status === 400 ? faultOf(body) : {}
  if (err === undefined || OF_THE_TRANSMITTER.includes(err)) return { kind: 'failed', reason: `${status} ${body.slice(0, 200)}` }
  return { kind: 'unread', err, description }
}

/** Nothing, when the answer is somebody else's: a proxy says 400 too. */
function faultOf(body: string): { err?: string; description?: string | undefined } {
  try {
    const { err, description } = JSON.parse(body) ?? {}
    return typeof err === 'string' ? { err, description: typeof description === 'string' ? description : undefined } : {}
  } catch {
    return {}
  }
}
