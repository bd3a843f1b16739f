import { useNavigate } from '@tanstack/react-router'
import type { Member, Schemas } from '../../lib/api.ts'
import { quoted } from '../../lib/names.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, Dialog } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/states.tsx'
import { termsOf, toFlags } from '../keys/terms.tsx'

/** The result of deactivating or removing a member: what ended, what was transferred, and which keys to roll. */
export interface Departure {
  title: string
  username: string
  ended: { sessions: number; keys: number; invitations: number }
  handedOver: { id: string; kind: string; name: string }[]
  /** The new owner of the transferred resources. */
  heir: string
  keysToRoll: Schemas['Key'][]
  /** Ids of the keys that already have a replacement. */
  rolled?: ReadonlySet<string>
  /** The member, when they were deactivated and can be reactivated. */
  deactivated?: Member
}

/** "2 sessions, 1 key and 3 open invitations ended." */
export function endedSentence({ sessions, keys, invitations }: Departure['ended']): string {
  const parts = [
    sessions > 0 && plural(sessions, 'session'),
    keys > 0 && plural(keys, 'key'),
    invitations > 0 && plural(invitations, 'open invitation'),
  ].filter((part) => part !== false)
  if (parts.length === 0) return 'They had no sessions.'
  return `${new Intl.ListFormat('en').format(parts)} ended.`
}

/** Whether the result needs a dialog instead of a toast. */
export const needsDialog = ({ handedOver, keysToRoll }: Departure): boolean => handedOver.length > 0 || keysToRoll.length > 0

interface Props {
  departure: Departure
  onClose: () => void
  onUndo: (member: Member) => void
  onRoll: (key: Schemas['Key']) => void
  onRevoke: (key: Schemas['Key']) => void
}

export function DepartureDialog({ departure, onClose, onUndo, onRoll, onRevoke }: Props) {
  const { title, username, ended, handedOver, heir, keysToRoll, rolled, deactivated } = departure
  const navigate = useNavigate()
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      lead={endedSentence(ended)}
      foot={
        <>
          {handedOver.length > 0 && <Button onClick={() => void navigate({ to: '/users/$user', params: { user: heir } })}>View resources of {heir}</Button>}
          {deactivated && (
            <Button
              onClick={() => {
                onClose()
                onUndo(deactivated)
              }}
            >
              Reactivate
            </Button>
          )}
          <Button kind="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      <Consequences title={`Transferred to ${heir}`} items={handedOver.map(({ kind, name }) => `${kind} ${name}`)} />
      {keysToRoll.length > 0 && (
        <Notice
          title={keysToRoll.length === 1 ? '1 service account key is still valid' : `${plural(keysToRoll.length, 'service account key')} are still valid`}
          tone="paused"
        >
          <p>{username} created what is listed here and could have copied it. For each key, create a new one, put it in place, then revoke the old one:</p>
          <ul className="mt-2">
            {keysToRoll.map((key) => (
              <li key={key.id} className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 border-t border-line py-1.5">
                <span className="min-w-0 text-text wrap-anywhere">
                  {key.holder.name}: {key.description}
                </span>
                {rolled?.has(key.id) ? (
                  <Button className="min-h-8!" onClick={() => onRevoke(key)}>
                    Revoke old key
                  </Button>
                ) : (
                  <Button className="min-h-8!" aria-label={`Roll ${key.description}`} onClick={() => onRoll(key)}>
                    Roll
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {keysToRoll[0] && (
        <ShowCommand>
          {rolled?.has(keysToRoll[0].id)
            ? `muster service-account key revoke ${keysToRoll[0].id}`
            : `muster service-account key create ${keysToRoll[0].holder.name} ${quoted(keysToRoll[0].description)}${toFlags(termsOf(keysToRoll[0].scope))}`}
        </ShowCommand>
      )}
    </Dialog>
  )
}
