import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextArea, TextField } from '../../ui/form/field.tsx'
import { Card, Fact, Facts } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { contactName, type Details, refreshOrganization } from './data.ts'

/** The technical contact, the billing contact and the postal address. */
export function Contacts({ details }: { details: Details }) {
  const { may } = useSession()
  const [editing, setEditing] = useState(false)
  const editable = may('organization:contacts')
  return (
    <Card title="Contacts and address" action={editable && <Button onClick={() => setEditing(true)}>Edit contacts</Button>}>
      <Facts>
        <Fact name="Technical">
          <Contact contact={details.technical_contact} none="Not set. Defaults to the founder, or else to the longest-serving admin." />
          <p className="text-muted">Shown to deactivated members as the person to contact.</p>
        </Fact>
        {editable && (
          <>
            <Fact name="Billing">
              <Contact contact={details.billing_contact} none="Not set" />
              <p className="text-muted">For invoices. Only people who can change it see it.</p>
            </Fact>
            <Fact name="Address">
              {details.address ? <span className="whitespace-pre-line">{details.address}</span> : <span className="text-muted">Not set</span>}
            </Fact>
          </>
        )}
      </Facts>
      {editing && <ContactsDialog details={details} onClose={() => setEditing(false)} />}
    </Card>
  )
}

const Contact = ({ contact, none }: { contact: Schemas['Contact'] | null | undefined; none: ReactNode }) =>
  contact?.username ? (
    <Link to="/users/$user" params={{ user: contact.username }} className="link">
      {contact.username}
    </Link>
  ) : contact?.email ? (
    <a href={`mailto:${contact.email}`} className="link">
      {contact.email}
    </a>
  ) : (
    <span className="text-muted">{none}</span>
  )

type Fields = { technical_contact: string; billing_contact: string; address: string }
const fieldsOf = (details: Details): Fields => ({
  technical_contact: contactName(details.technical_contact),
  billing_contact: contactName(details.billing_contact),
  address: details.address ?? '',
})

/** Sends only the changed fields, so that two admins who edit at the same time do not overwrite each other. */
function ContactsDialog({ details, onClose }: { details: Details; onClose: () => void }) {
  const { organization } = useSession()
  const [before] = useState(() => fieldsOf(details))
  const [fields, setFields] = useState(before)
  const changed = (Object.keys(before) as (keyof Fields)[]).filter((name) => fields[name].trim() !== before[name])
  const set = (values: Fields) =>
    answer(
      api.PATCH('/v1/organizations/{org}', {
        params: { path: { org: organization.id } },
        body: Object.fromEntries(changed.map((name) => [name, values[name].trim() || null])),
      }),
    )
  const save = useMutation({
    mutationFn: () => set(fields),
    onSuccess: async () => {
      await refreshOrganization()
      onClose()
      const undo = () => void set(before).then(refreshOrganization, toast.fail)
      toast.done('Contacts and address saved', { undo: { run: undo } })
    },
  })
  const submit = () => {
    if (changed.length === 0) onClose()
    else if (!save.isPending) save.mutate()
  }
  const field = (name: keyof Fields) => ({
    value: fields[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  })
  const flag = (option: string, value: string) => `--${option} ${/^[\w@.+-]+$/.test(value) ? value : JSON.stringify(value)}`
  const flags = changed.map((name) => flag(name.replace('_contact', ''), fields[name].trim() || 'none'))

  return (
    <Dialog
      open
      onClose={onClose}
      title="Contacts and address"
      lead="A contact is an active member or an email address. Leave a field empty to remove the contact."
      onSubmit={submit}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            Save contacts
          </Button>
        </>
      }
    >
      <TextField
        label="Technical contact"
        hint="Shown to deactivated members as the person to contact."
        maxLength={320}
        autoComplete="off"
        spellCheck={false}
        {...field('technical_contact')}
      />
      <TextField label="Billing contact" maxLength={320} autoComplete="off" spellCheck={false} {...field('billing_contact')} />
      <TextArea label="Address" rows={4} maxLength={1000} {...field('address')} />
      {save.error && <Failure error={save.error} compact />}
      <ShowCommand>{['muster org contacts', ...flags].join(' ')}</ShowCommand>
    </Dialog>
  )
}
