import type { RecentAction } from '@muster/contract/authentication.ts'

/** Why the server refused: a change, or the policy of the organization. */
export interface Refused {
  action: RecentAction | null
  /** The class of authentication that is required. Null: whatever the account has. */
  acr: string | null
  detail: string | null
}

// A change that requires a recent sign-in was refused. The page asks in place, and the request is sent again (F17).

/** Asks the user to confirm that it is them. True if they did. */
type Ask = (refused: Refused) => Promise<boolean>

let ask: Ask = async () => false
let pending: Promise<boolean> | null = null

/** Sets the one dialog that asks. */
export function onConfirmationNeeded(dialog: Ask): () => void {
  ask = dialog
  return () => {
    if (ask === dialog) ask = async () => false
  }
}

/** Requests that are refused at the same time share one dialog. */
export function confirmUserIsThere(refused: Refused): Promise<boolean> {
  pending ??= ask(refused).finally(() => {
    pending = null
  })
  return pending
}
