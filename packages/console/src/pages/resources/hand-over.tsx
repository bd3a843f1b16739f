import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useSession } from '../../app/session.tsx'
import { answer, api, type Resource } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { Button } from '../../ui/button.tsx'
import { Command } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Picker } from '../../ui/picker.tsx'
import { toast } from '../../ui/toast.tsx'
import { candidatesQuery, refreshResources, serviceAccountsQuery } from './data.ts'

/** Another owner: an active member, or a service account (S6). Nothing else about the resource changes. */
export function HandOverDialog({ resource, onClose }: { resource: Resource; onClose: () => void }) {
  const { organization, may } = useSession()
  const { kind, name, owner } = resource
  const [to, setTo] = useState('')
  const [asked, setAsked] = useState(false)
  const wanted = useDeferredValue(to.trim())
  const members = useQuery({ ...candidatesQuery(organization.id, wanted), placeholderData: keepPreviousData })
  const accounts = useQuery({ ...serviceAccountsQuery(organization.id), enabled: may('service-accounts:read') })
  const choices = [
    ...(members.data?.items ?? []).map((member) => ({ value: member.username, hint: fullName(member) })),
    ...(accounts.data?.items ?? []).filter((one) => one.name.includes(wanted)).map((one) => ({ value: one.name, hint: 'Service account' })),
  ].filter(({ value }) => value !== owner.name)

  const transfer = (next: string) =>
    answer(
      api.POST('/v1/organizations/{org}/resources/{kind}/{name}/transfer', {
        params: { path: { org: organization.id, kind, name }, header: { 'idempotency-key': crypto.randomUUID() } },
        body: { owner: next },
      }),
    )
  const handOver = useMutation({
    mutationFn: () => transfer(to.trim()),
    onSuccess: async (after) => {
      await refreshResources()
      onClose()
      const undo = () => void transfer(owner.id).then(refreshResources, toast.fail)
      toast.done(`${name} is ${after.owner.name}'s now`, { undo: { label: `Give back to ${owner.name}`, run: undo } })
    },
  })
  const submit = () => {
    setAsked(true)
    if (to.trim() !== '' && !handOver.isPending) handOver.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Hand over ${name}`}
      lead={`${owner.name} owns this ${kind} now. Its address and everything in it stay as they are; ${owner.name} keeps the use of it, as everyone in ${organization.name} does.`}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={handOver.isPending}>
            {to.trim() === '' ? 'Hand over' : `Hand over to ${to.trim()}`}
          </Button>
        </>
      }
    >
      <Picker
        label="New owner"
        hint={may('service-accounts:read') ? 'An active member or a service account.' : 'An active member, or the name of a service account.'}
        value={to}
        onChange={setTo}
        choices={choices}
        fault={asked && to.trim() === '' ? 'Name somebody.' : undefined}
      />
      {handOver.error && <Failure error={handOver.error} compact />}
      <Command>{`muster resource transfer ${kind}/${name} ${to.trim() || 'USER'}`}</Command>
    </Dialog>
  )
}
