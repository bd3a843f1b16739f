import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Picker } from '../../ui/form/picker.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshResources } from './data.ts'
import { useOwnerChoices } from './owner-choices.ts'

interface Props {
  count: number
  /** The owner to fill in, when there is one likely choice. */
  suggested: string | null
  onTransferred: () => void
}

/** Transfers all resources of the user in this organization to one member or service account. */
export function TransferAll({ count, suggested, onTransferred }: Props) {
  const { me, organization } = useSession()
  const [to, setTo] = useState(suggested ?? '')
  const [submitted, setSubmitted] = useState(false)
  const { choices, hint } = useOwnerChoices(to, me.username)
  const resources = count === 1 ? '1 resource' : `${count} resources`
  const transfer = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/organizations/{org}/resource-transfers', {
          params: { path: { org: organization.id }, header: { 'idempotency-key': crypto.randomUUID() } },
          body: { owner: to.trim() },
        }),
      ),
    onSuccess: async ({ to: owner, transferred }) => {
      await refreshResources()
      toast.done(`${transferred.length === 1 ? '1 resource' : `${transferred.length} resources`} transferred to ${owner.name}`)
      onTransferred()
    },
  })
  const submit = () => {
    setSubmitted(true)
    if (to.trim() !== '') transfer.mutate()
  }
  return (
    <form
      noValidate
      aria-label={`You own ${resources}`}
      className="flex flex-col gap-3 rounded border border-line p-4"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <p className="text-sm font-semibold">
        You own {resources} in {organization.name}
      </p>
      <Picker
        label={count === 1 ? 'Transfer it to' : 'Transfer all to'}
        hint={hint}
        value={to}
        onChange={setTo}
        choices={choices}
        fault={submitted && to.trim() === '' ? 'Enter the new owner.' : undefined}
      />
      {transfer.error && <Failure error={transfer.error} compact />}
      <Button type="submit" kind="primary" className="self-start" busy={transfer.isPending}>
        {count === 1 ? 'Transfer' : `Transfer all ${count}`}
        {to.trim() !== '' && ` to ${to.trim()}`}
      </Button>
    </form>
  )
}
