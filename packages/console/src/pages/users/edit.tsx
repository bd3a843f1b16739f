import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Member } from '../../lib/api.ts'
import { quoted } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshPeople } from './data.ts'

/** Edits the names of another member. The username never changes (S45). */
export function EditDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { organization } = useSession()
  const [given, setGiven] = useState(member.given_name)
  const [family, setFamily] = useState(member.family_name)
  const set = (given_name: string, family_name: string) =>
    answer(
      api.PATCH('/v1/organizations/{org}/members/{user}', {
        params: { path: { org: organization.id, user: member.id } },
        body: { given_name, family_name },
      }),
    )
  const save = useMutation({
    mutationFn: () => set(given.trim(), family.trim()),
    onSuccess: async () => {
      await refreshPeople()
      onClose()
      const undo = () => void set(member.given_name, member.family_name).then(refreshPeople, toast.fail)
      toast.done(`Name of ${member.username} changed`, { undo: { run: undo } })
    },
  })
  const missing = given.trim() === ''
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Edit ${member.username}`}
      error={save.error}
      lead="The username can't be changed. To change the role or status, use the actions menu."
      onSubmit={() => !missing && !save.isPending && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            Save changes
          </Button>
        </>
      }
    >
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Given name"
          value={given}
          maxLength={100}
          onChange={(event) => setGiven(event.target.value)}
          fault={missing ? 'Enter a given name.' : undefined}
        />
        <TextField label="Family name" optional value={family} maxLength={100} onChange={(event) => setFamily(event.target.value)} />
      </div>
      {save.error && <Failure error={save.error} compact />}
      <ShowCommand>{`muster user names ${member.username} --given-name ${quoted(given.trim())} --family-name ${quoted(family.trim())}`}</ShowCommand>
    </Dialog>
  )
}
