import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Resource } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Picker } from '../../ui/form/picker.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshResources } from './data.ts'
import { useOwnerChoices } from './owner-choices.ts'

/** Transfers a resource to an active member or a service account (S6). Nothing else about the resource changes. */
export function TransferDialog({ resource, onClose }: { resource: Resource; onClose: () => void }) {
  const { organization } = useSession()
  const { kind, name, owner } = resource
  const [to, setTo] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const { choices, hint } = useOwnerChoices(to, owner.name)

  const transferTo = (next: string) =>
    answer(
      api.POST('/v1/organizations/{org}/resources/{kind}/{name}/transfer', {
        params: { path: { org: organization.id, kind, name }, header: { 'idempotency-key': crypto.randomUUID() } },
        body: { owner: next },
      }),
    )
  const transfer = useMutation({
    mutationFn: () => transferTo(to.trim()),
    onSuccess: async (after) => {
      await refreshResources()
      onClose()
      const undo = () => void transferTo(owner.id).then(refreshResources, toast.fail)
      toast.done(`${name} transferred to ${after.owner.name}`, { undo: { label: `Transfer back to ${owner.name}`, run: undo } })
    },
  })
  const submit = () => {
    setSubmitted(true)
    if (to.trim() !== '' && !transfer.isPending) transfer.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Transfer ${name}`}
      lead={`${owner.name} owns this ${kind}. Only the owner changes. Every member of ${organization.name} can still use it.`}
      onSubmit={submit}
      error={transfer.error}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={transfer.isPending}>
            {to.trim() === '' ? 'Transfer' : `Transfer to ${to.trim()}`}
          </Button>
        </>
      }
    >
      <Picker
        label="New owner"
        hint={hint}
        value={to}
        onChange={setTo}
        choices={choices}
        fault={submitted && to.trim() === '' ? 'Enter the new owner.' : undefined}
      />
      {transfer.error && <Failure error={transfer.error} compact />}
      <ShowCommand>{`muster resource transfer ${kind}/${name} ${to.trim() || 'USER'}`}</ShowCommand>
    </Dialog>
  )
}
