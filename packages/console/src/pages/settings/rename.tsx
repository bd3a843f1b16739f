import { nameFault } from '@muster/contract/names.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { Clashes } from '../../ui/clashes.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { TypedName } from '../../ui/form/typed-name.tsx'
import { Notice } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshOrganization, renamePlanQuery } from './data.ts'

const faults = {
  name_invalid: 'Use 3 to 30 lowercase letters, digits or underscores.',
  name_reserved: 'This name is reserved.',
} as const

function faultOf(to: string, from: string): string | undefined {
  if (to === '') return undefined
  if (to === from) return 'This is the current name.'
  const fault = nameFault(to)
  return fault ? faults[fault] : undefined
}

/** Renames the organization. A dry run shows every URL that changes; ids and logins stay (S41). */
export function RenameDialog({ onClose }: { onClose: () => void }) {
  const { organization } = useSession()
  // The name when the dialog opened, so that a rename by another admin is not overwritten unseen.
  const [from, setFrom] = useState(organization.name)
  const [to, setTo] = useState('')
  const [typed, setTyped] = useState('')
  const [submitted, setSubmitted] = useState(false)
  const checkedName = useDebounced(to)
  const fault = faultOf(to, from) ?? (submitted && to === '' ? 'Enter a new name.' : undefined)
  const plan = useQuery({
    ...renamePlanQuery(organization.id, from, checkedName),
    enabled: checkedName !== '' && checkedName !== from && nameFault(checkedName) === null,
  })

  const set = (before: string, after: string) =>
    answer(api.POST('/v1/organizations/{org}/rename', { params: { path: { org: organization.id } }, body: { from: before, to: after } }))
  const rename = useMutation({
    mutationFn: () => set(from, to),
    onSuccess: async ({ urls }) => {
      await refreshOrganization()
      onClose()
      const renameBack = () => void set(to, from).then(refreshOrganization, toast.fail)
      toast.done(`${from} renamed to ${to}`, {
        description:
          urls.length > 0 ? `${plural(urls.length, 'URL')} changed. Old URLs redirect to the new ones.` : 'The old name stays held for your organization.',
        undo: { label: 'Rename back', run: renameBack },
      })
    },
  })
  const error = rename.error ?? (checkedName === to ? plan.error : null)
  const changed = error instanceof ApiProblem && error.code === 'organization_name_changed' ? (error.body['name'] as string | undefined) : undefined
  const submit = () => {
    setSubmitted(true)
    if (to !== '' && !fault && typed === from && !rename.isPending) rename.mutate()
  }
  const urls = checkedName === to && !fault ? plan.data?.urls : undefined

  return (
    <Dialog
      open
      onClose={onClose}
      title={`Rename ${from}`}
      lead="Ids do not change, so everyone stays signed in. The old name stays held for your organization, so you can rename it back."
      onSubmit={submit}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={rename.isPending}>
            {to === '' || fault ? 'Rename' : `Rename to ${to}`}
          </Button>
        </>
      }
    >
      <TextField
        label="New name"
        value={to}
        onChange={(event) => {
          setTo(event.target.value)
          rename.reset()
        }}
        maxLength={30}
        fault={fault}
        hint="Lowercase letters, digits and underscores. You can rename up to five times in 30 days."
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className="font-mono"
      />
      {changed !== undefined ? (
        <Notice title={`Someone else renamed the organization to ${changed}`} tone="danger">
          <p>Your rename was not applied. Check whether it is still needed.</p>
          <div className="mt-2">
            <Button
              onClick={() => {
                setFrom(changed)
                setTyped('')
                rename.reset()
              }}
            >
              Continue from {changed}
            </Button>
          </div>
        </Notice>
      ) : (
        error && <RenameProblem error={error} />
      )}
      {urls && plan.data && (
        <div role="status" className="text-sm">
          <p className="font-semibold">{urls.length === 0 ? 'No URLs change' : `${plural(urls.length, 'URL')} will change`}</p>
          {urls.length === 0 && (
            <p className="text-muted">
              There are no applications yet. Their URLs will look like <code>{plan.data.application_url.to}</code>
            </p>
          )}
          {urls.length > 0 && (
            <>
              <p className="text-muted">Old URLs redirect to the new ones and stay held for your organization.</p>
              <ul aria-label="URLs that change" className="mt-2 rounded border border-line">
                {urls.map(({ name, ...url }) => (
                  <li key={name} className="border-t border-line px-3 py-1.5 first:border-t-0">
                    <p className="wrap-anywhere text-muted line-through decoration-line-strong">{url.from}</p>
                    <p className="wrap-anywhere">
                      <span className="sr-only">becomes </span>
                      {url.to}
                    </p>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
      <TypedName name={from} value={typed} onChange={setTyped} submitted={submitted} />
      <ShowCommand>{`muster org rename ${from} ${to || 'NEW_NAME'}`}</ShowCommand>
    </Dialog>
  )
}

/** Why a rename is refused: the clashing labels, or the time of the next rename. */
function RenameProblem({ error }: { error: unknown }) {
  const retryAt = error instanceof ApiProblem ? (error.body['retry_at'] as string | undefined) : undefined
  if (retryAt)
    return (
      <Notice title="You have used all five renames in 30 days" tone="paused">
        <p>
          You can rename again <Time at={retryAt} />.
        </p>
      </Notice>
    )
  return (
    <>
      <Failure error={error} compact />
      <Clashes error={error} />
    </>
  )
}

/** The value after typing has paused for 250 ms. */
function useDebounced(value: string): string {
  const [debounced, setDebounced] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(value), 250)
    return () => clearTimeout(timer)
  }, [value])
  return debounced
}
