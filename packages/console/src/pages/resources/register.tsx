import { RESOURCE_KIND_PATTERN, RESOURCE_NAME_PATTERN } from '@muster/contract/names.ts'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { Picker } from '../../ui/form/picker.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshResources } from './data.ts'

const kinds = [
  { value: 'application', hint: 'Has its own address' },
  { value: 'database', hint: '' },
]

/** Registers a resource by hand, as the platform does at a deployment. The user becomes its owner. */
export function RegisterDialog({ onClose }: { onClose: () => void }) {
  const { me, organization } = useSession()
  const [kind, setKind] = useState('application')
  const [name, setName] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const register = useMutation({
    mutationFn: () => answer(api.PUT('/v1/organizations/{org}/resources/{kind}/{name}', { params: { path: { org: organization.id, kind, name } }, body: {} })),
    onSuccess: async (resource) => {
      await refreshResources()
      onClose()
      if (resource.owner.id === me.id) toast.done(`${kind} ${name} registered`, resource.url ? { description: `Its address is ${resource.url}` } : {})
      else toast.done(`${kind} ${name} already exists`, { description: `${resource.owner.name} owns it.` })
    },
  })
  const kindFault = RESOURCE_KIND_PATTERN.test(kind) ? undefined : 'Use 2 to 30 lowercase letters, digits, _ or -, and start with a letter.'
  const nameFault = RESOURCE_NAME_PATTERN.test(name) ? undefined : 'Use 3 to 30 lowercase letters, digits, _ or -.'
  const submit = () => {
    setSubmitted(true)
    if (!kindFault && !nameFault && !register.isPending) register.mutate()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title="Register resource"
      lead={`The resource belongs to ${organization.name}, with you as its owner. Platforms register the resources they deploy automatically.`}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={register.isPending}>
            Register
          </Button>
        </>
      }
    >
      <TextField
        label="Name"
        value={name}
        onChange={(event) => {
          setName(event.target.value)
          register.reset()
        }}
        maxLength={30}
        placeholder="shop"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        fault={submitted ? nameFault : undefined}
      />
      <Picker
        label="Kind"
        value={kind}
        onChange={setKind}
        choices={kinds.filter(({ value }) => value !== kind)}
        hint="application, database, or a kind that your platform defines."
        fault={submitted ? kindFault : undefined}
      />
      {register.error && <Failure error={register.error} compact />}
      <ShowCommand>{`muster resource add ${kind || 'application'}/${name || 'shop'}`}</ShowCommand>
    </Dialog>
  )
}
