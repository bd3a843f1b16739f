import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Resource } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { TypedName } from '../../ui/form/typed-name.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshResources } from './data.ts'

/** Removes the entry of a resource. Its address stays held for the organization (S40). */
export function RemoveResourceDialog({ resource, onClose }: { resource: Resource; onClose: () => void }) {
  const { organization } = useSession()
  const { kind, name, host, owner } = resource
  const [typed, setTyped] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const remove = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/organizations/{org}/resources/{kind}/{name}', { params: { path: { org: organization.id, kind, name } } })),
    onSuccess: async () => {
      await refreshResources()
      onClose()
      toast.done(`${kind} ${name} removed`)
    },
  })
  const confirm = () => {
    setSubmitted(true)
    if (typed === name) remove.mutate()
  }
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Remove the ${kind} ${name}?`}
      lead={`${owner.name} owns this ${kind}. Only its entry in Muster is removed. Delete the deployment and its data on your platform.`}
      action={`Remove ${name}`}
      onConfirm={confirm}
      busy={remove.isPending}
      error={remove.error}
    >
      <Consequences title="Ends immediately" items={[...(host ? [`Its address ${host}`] : []), `Its entry in ${organization.name}`]} />
      <Consequences
        title="Kept"
        items={[...(host ? [`The address stays held for ${organization.name}, so no other organization can take it`] : []), 'Its history in the audit log']}
      />
      <TypedName name={name} value={typed} onChange={setTyped} submitted={submitted} />
      <ShowCommand>{`muster resource remove ${kind}/${name}`}</ShowCommand>
    </DangerDialog>
  )
}
