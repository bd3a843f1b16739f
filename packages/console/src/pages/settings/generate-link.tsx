import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { describeRole, type HeldRole, held } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Fact, Facts } from '../../ui/states.tsx'
import { Countdown } from '../../ui/time.tsx'
import { chosenRole, RoleField, roleFlag, useRoleChoices } from '../roles/role-field.tsx'
import { refreshPeople } from '../users/data.ts'
import { PlanForOne, useIsPlanForOne } from '../users/plan-notice.tsx'

export interface ShownLink extends HeldRole {
  url: string
  expires_at: string
}

/** Creates an invite link. Its recipient is not known yet, so the role is chosen first. */
export function GenerateDialog({ onClose, onCreated }: { onClose: () => void; onCreated: (link: ShownLink) => void }) {
  const { organization } = useSession()
  const planForOne = useIsPlanForOne()
  const [roleId, setRoleId] = useState<string | null>(null)
  const choices = useRoleChoices()
  const role = chosenRole(choices, roleId)
  const generate = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/organizations/{org}/secrets', {
          params: { path: { org: organization.id }, header: { 'idempotency-key': crypto.randomUUID() } },
          body: { kind: 'link', role: role.id },
        }),
      ),
    onSuccess: async ({ url, expires_at }) => {
      await refreshPeople()
      onCreated({ url: url ?? '', expires_at, ...held(role) })
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Generate invite link"
      lead={`The first person who accepts joins ${organization.name}. The link works once, within 24 hours.`}
      onSubmit={() => !planForOne && !generate.isPending && generate.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={generate.isPending} disabled={planForOne}>
            Generate link
          </Button>
        </>
      }
    >
      {planForOne && <PlanForOne />}
      <RoleField
        choices={choices}
        value={role}
        onChange={setRoleId}
        disabled={planForOne}
        hint={role.id === 'admin' ? 'Share the link with care.' : undefined}
      />
      {generate.error && <Failure error={generate.error} compact />}
      <ShowCommand>{`muster org invite --link${roleFlag(role)}`}</ShowCommand>
    </Dialog>
  )
}

/** Shows the link for copying. */
export function LinkDialog({ link, onClose }: { link: ShownLink; onClose: () => void }) {
  const { organization } = useSession()
  return (
    <Dialog
      open
      onClose={onClose}
      title="Share invite link"
      lead="Send the link privately to the person you want to invite."
      foot={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      <div className="rounded border border-line bg-sunken py-2 pr-1 pl-3">
        <Copyable text={link.url} label="Copy the invite link" className="flex! justify-between" />
      </div>
      <Facts>
        <Fact name="Valid for">
          One person, who joins {organization.name} as {describeRole(link)}
        </Fact>
        <Fact name="Expires">
          <Countdown at={link.expires_at} />
        </Fact>
        <Fact name="Until then">You can copy or revoke the link under Invite links.</Fact>
      </Facts>
    </Dialog>
  )
}
