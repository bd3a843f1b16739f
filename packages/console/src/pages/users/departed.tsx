import { useNavigate } from '@tanstack/react-router'
import type { Schemas } from '../../lib/api.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { Command } from '../../ui/copy.tsx'
import { Consequences, Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/states.tsx'

/** What the server says has ended, was handed over, and is left to do. */
export interface Departure {
  title: string
  username: string
  ended: { sessions: number; keys: number; invitations: number }
  handedOver: { id: string; kind: string; name: string }[]
  /** To whom. */
  heir: string
  keysToRoll: Schemas['Key'][]
}

/** "2 sessions, 1 key and 3 open invitations ended." */
export function endedSentence({ sessions, keys, invitations }: Departure['ended']): string {
  const parts = [
    sessions > 0 && plural(sessions, 'session'),
    keys > 0 && plural(keys, 'key'),
    invitations > 0 && plural(invitations, 'open invitation'),
  ].filter((part) => part !== false)
  if (parts.length === 0) return 'They were signed in nowhere.'
  return `${new Intl.ListFormat('en').format(parts)} ended.`
}

/** Whether there is more to say than fits into a corner. */
export const isWorthADialog = ({ handedOver, keysToRoll }: Departure): boolean => handedOver.length > 0 || keysToRoll.length > 0

export function Departed({ departure, onClose }: { departure: Departure; onClose: () => void }) {
  const { title, username, ended, handedOver, heir, keysToRoll } = departure
  const navigate = useNavigate()
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      lead={endedSentence(ended)}
      foot={
        <>
          {handedOver.length > 0 && <Button onClick={() => void navigate({ to: '/users/$user', params: { user: heir } })}>Show what {heir} owns</Button>}
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <Consequences title={`Handed over to ${heir}`} items={handedOver.map(({ kind, name }) => `${kind} ${name}`)} />
      {keysToRoll.length > 0 && (
        <Notice
          title={keysToRoll.length === 1 ? 'A key of a service account goes on working' : `${keysToRoll.length} keys of service accounts go on working`}
          tone="paused"
        >
          <p>{username} made what is listed and could have copied it. Make another key for each, put it in place, and revoke this one:</p>
          <ul className="mt-1 list-disc pl-5">
            {keysToRoll.map(({ id, description, holder }) => (
              <li key={id}>
                {holder.name}: {description}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {keysToRoll[0] && <Command>{`muster service-account key revoke ${keysToRoll[0].id}`}</Command>}
    </Dialog>
  )
}
