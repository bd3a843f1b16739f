import { Link } from '@tanstack/react-router'
import type { Resource } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Fact, Facts } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'

export const withoutScheme = (url: string): string => url.replace(/^https:\/\/|\/$/g, '')

/** All details of one resource, including those that a narrow table hides. */
export function ResourceDialog({ resource, onClose, onTransfer }: { resource: Resource; onClose: () => void; onTransfer: (() => void) | undefined }) {
  const { id, kind, name, owner, url } = resource
  return (
    <Dialog
      open
      onClose={onClose}
      title={`${kind} ${name}`}
      foot={
        <>
          {onTransfer && <Button onClick={onTransfer}>Transfer</Button>}
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Facts>
        <Fact name="Id">
          <Copyable text={id} label="Copy the resource id" />
        </Fact>
        {url && (
          <Fact name="URL">
            <Copyable text={url} label="Copy the URL" />
          </Fact>
        )}
        <Fact name="Owner">
          {owner.kind === 'user' ? (
            <Link to="/users/$user" params={{ user: owner.name }} className="link">
              {owner.name}
            </Link>
          ) : (
            <Link to="/keys/service-accounts/$account" params={{ account: owner.name }} className="link">
              {owner.name}
            </Link>
          )}
        </Fact>
        <Fact name="Owned since">
          <Time at={resource.owned_since} />
        </Fact>
        <Fact name="Registered">
          <Time at={resource.created_at} />
        </Fact>
      </Facts>
      <ShowCommand>{`muster resource show ${kind}/${name}`}</ShowCommand>
    </Dialog>
  )
}
