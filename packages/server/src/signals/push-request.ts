import { createGuardedPost, type GuardOptions } from './guarded-post.ts'

export { PushRefused } from './guarded-post.ts'

export interface PushSenderOptions extends Omit<GuardOptions, 'isInternal'> {
  /** Allows this machine and its network. Only while the issuer itself is on localhost. */
  local: boolean
}

export type PushSender = (url: string, message: { token: string; authorization: string | null }) => Promise<{ status: number; body: string }>

/** Sends one Security Event Token to one endpoint (RFC 8935 section 2). */
export function createPushSender({ local, ...guard }: PushSenderOptions): PushSender {
  const post = createGuardedPost({ ...guard, isInternal: () => local })
  return (url, { token, authorization }) =>
    post(url, {
      headers: { 'content-type': 'application/secevent+jwt', accept: 'application/json', ...(authorization !== null && { authorization }) },
      body: token,
    })
}
