import { type RecentAction, satisfiesAcr } from '@muster/contract/authentication.ts'

// A change that requires a recent sign-in, or any request under an unmet policy, was refused. The page asks in place, and the request is sent again (F17).

/** Why the server refused: a change, or the policy of the organization. */
export interface Refused {
  action: RecentAction | null
  /** The class of authentication that is required. Null: the password is enough. */
  acr: string | null
  detail: string | null
}

/** Asks the user to confirm that it is them. True if they did. */
type Ask = (refused: Refused) => Promise<boolean>

let ask: Ask = async () => false
let pending: { acr: string | null; answer: Promise<boolean> } | null = null
/** The user has closed the question of the policy. Until they change something, queries in the background do not ask again. */
let isDeclined = false

/** Sets the one dialog that asks. */
export function onConfirmationNeeded(dialog: Ask): () => void {
  ask = dialog
  return () => {
    if (ask === dialog) ask = async () => false
  }
}

/** Requests that are refused at the same time share one dialog. One that requires a stronger proof asks after it. */
export async function confirmUserIsThere(refused: Refused, { isChange }: { isChange: boolean }): Promise<boolean> {
  if (isDeclined && !isChange) return false
  if (pending) {
    const { acr, answer } = pending
    const confirmed = await answer
    if (!confirmed || refused.acr === null || satisfiesAcr(acr, refused.acr)) return confirmed
  }
  const answer = ask(refused).then((confirmed) => {
    pending = null
    isDeclined = !confirmed && !isChange
    return confirmed
  })
  pending = { acr: refused.acr, answer }
  return answer
}
