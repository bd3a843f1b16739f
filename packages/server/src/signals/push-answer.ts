/** A receiver's response to one token. */
export type PushAnswer =
  | { kind: 'accepted' }
  /** The receiver cannot read this token. Sending it again would not help. */
  | { kind: 'unread'; err: string; description: string | undefined }
  /** Says nothing about the token, so it is sent again. */
  | { kind: 'failed'; reason: string }

/** Errors about the transmitter, not about the token. Every token fails until they are fixed (RFC 8935 sections 2.4 and 4). */
const OF_THE_TRANSMITTER = ['authentication_failed', 'access_denied']

/** RFC 8935 sections 2.2 to 2.4. */
export function answerOf({ status, body }: { status: number; body: string }): PushAnswer {
  if (status >= 200 && status <= 299) return { kind: 'accepted' }
  const { err, description } = status === 400 ? faultOf(body) : {}
  if (err === undefined || OF_THE_TRANSMITTER.includes(err)) return { kind: 'failed', reason: `${status} ${body.slice(0, 200)}` }
  return { kind: 'unread', err, description }
}

/** Empty if the response is not from the receiver: a proxy can also answer 400. */
function faultOf(body: string): { err?: string; description?: string | undefined } {
  try {
    const { err, description } = JSON.parse(body) ?? {}
    return typeof err === 'string' ? { err, description: typeof description === 'string' ? description : undefined } : {}
  } catch {
    return {}
  }
}
