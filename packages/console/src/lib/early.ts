declare global {
  interface Window {
    /** Set by `early.js`, which requests the first data while the scripts are loading. */
    earlyAnswers?: Map<string, Promise<Response>>
  }
}

const early = new WeakSet<Response>()

/** Like `fetch`, but the first request for an address takes the answer that `early.js` has requested. */
export async function fetchOnce(request: Request): Promise<Response> {
  const asked = request.method === 'GET' ? window.earlyAnswers?.get(request.url) : undefined
  window.earlyAnswers?.delete(request.url)
  const answer = await asked?.catch(() => undefined)
  if (answer === undefined) return fetch(request)
  early.add(answer)
  return answer
}

/** Whether the answer arrived before this request was sent, so its `Date` is not the present time. */
export const isEarly = (answer: Response): boolean => early.has(answer)
