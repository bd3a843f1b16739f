import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Resource } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { TypedName } from '../../ui/form/typed-name.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshResources } from './data.ts'

/** Takes it off the books; its address stays held for the organization (S40). */
export function RemoveResourceDialog({ resource, onClose }: { resource: Resource; onClose: () => void }) {
  const { organization } = useSession()
  const { kind, name, host, owner } = resource
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState(false)
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/organizations/{org}/resources/{kind}/{name}', { params: { path: { org: organization.id, kind, name } } })),
    onSuccess: async () => {
      await refreshResources()
      onClose()
      toast.done(`${kind} ${name} is removed`)
    },
  })
  const confirm = () => {
    setAsked(true)
    if (typed === name) remove.mutate()
  }
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Remove the ${kind} ${name}?`}
      lead={`${owner.name} owns it. Only the entry goes: what runs and what is stored is the platform's to take down.`}
      action={`Remove ${name}`}
      onConfirm={confirm}
      busy={remove.isPending}
      error={remove.error}
    >
      <Consequences
        title="Ends at once"
        items={[...(host ? [`Nothing answers at ${host} any more`] : []), `Its entry in ${organization.name}, and who owns it`]}
      />
      <Consequences
        title="Stays"
        items={[...(host ? [`The address is held for ${organization.name}: nobody else can take it`] : []), 'What was done, in the record']}
      />
      <TypedName name={name} value={typed} onChange={setTyped} asked={asked} />
      <ShowCommand>{`muster resource remove ${kind}/${name}`}</ShowCommand>
    </DangerDialog>
  )
}
