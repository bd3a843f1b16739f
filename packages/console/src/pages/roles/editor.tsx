import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { ApiProblem, answer, api } from '../../lib/api.ts'
import type { Role } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextField } from '../../ui/form/field.tsx'
import { TickBoxes } from '../../ui/form/tick-boxes.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Notice } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Area, areasQuery, refreshRoles } from './data.ts'
import { changeOf, commandOf, type Draft, draftOf, isMalformed, rebased } from './draft.ts'
import { useRoles } from './role-field.tsx'
import { areaLines, changeInWords } from './words.ts'

/** Creates a role of the organization, or changes one. */
export function RoleDialog({ role, onClose }: { role?: Role; onClose: () => void }) {
  const { organization } = useSession()
  const navigate = useNavigate()
  const areas = useQuery(areasQuery)
  // What the user has read. A change by someone else is shown before it can be overwritten.
  const [base, setBase] = useState(role)
  const [draft, setDraft] = useState(() => draftOf(role))
  const newest = useRoles()?.find(({ id }) => id === role?.id)
  const attempt = useRef(crypto.randomUUID())
  const edit = (change: Partial<Draft>) => {
    setDraft({ ...draft, ...change })
    attempt.current = crypto.randomUUID()
  }
  const change = (of: Role, body: Partial<Draft>) =>
    answer(
      api.PATCH('/v1/organizations/{org}/roles/{role}', {
        params: { path: { org: organization.id, role: of.id } },
        body: { ...body, ...(of.revision !== null && { revision: of.revision }) },
      }),
    )
  const save = useMutation({
    mutationFn: (body: Draft) =>
      base
        ? change(base, body)
        : answer(
            api.POST('/v1/organizations/{org}/roles', { params: { path: { org: organization.id }, header: { 'idempotency-key': attempt.current } }, body }),
          ),
    onSuccess: async (saved) => {
      await refreshRoles()
      onClose()
      if (base) toast.done(`Role ${saved.name} changed`, { undo: { run: () => void change(saved, draftOf(base)).then(refreshRoles, toast.fail) } })
      else {
        toast.done(`Role ${saved.name} created`, { description: 'Next, give it to members, service accounts or invited people.' })
        await navigate({ to: '/roles/$role', params: { role: saved.id } })
      }
    },
  })
  const trimmed: Draft = { ...draft, name: draft.name.trim(), description: draft.description.trim() }
  const isTaken = save.error instanceof ApiProblem && save.error.code === 'name_taken' && save.variables?.name === trimmed.name
  const fault = isMalformed(trimmed.name)
    ? 'Choose another name. It can have up to 40 characters, and cannot be admin, member, viewer or custom, or begin with role_.'
    : isTaken
      ? `There is a role named ${trimmed.name} already.`
      : undefined
  const { added, removed, isChanged } = changeOf(base, trimmed)
  const isOutdated = base !== undefined && newest !== undefined && newest.revision !== base.revision
  const ready = trimmed.name !== '' && fault === undefined && isChanged && !isOutdated
  return (
    <Dialog
      open
      onClose={onClose}
      title={base ? `Edit the role ${base.name}` : 'Create role'}
      lead={base ? 'The change applies immediately to everyone who has the role.' : 'Choose what people with this role may do. You can change it later.'}
      onSubmit={() => ready && !save.isPending && save.mutate(trimmed)}
      foot={
        <>
          {base && (
            <p role="status" className="flex-1 basis-48 text-sm text-muted">
              {isChanged ? changeInWords(newest?.holders ?? base.holders, added.length, removed.length) : 'Nothing changed yet.'}
            </p>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={save.isPending} disabled={!ready}>
            {base ? 'Save changes' : 'Create role'}
          </Button>
        </>
      }
    >
      {isOutdated && (
        <ChangedMeanwhile
          areas={areas.data ?? []}
          read={base}
          now={newest}
          onKeep={() => {
            setDraft(rebased(draft, base, newest))
            setBase(newest)
            save.reset()
          }}
          onDiscard={() => {
            setDraft(draftOf(newest))
            setBase(newest)
            save.reset()
          }}
        />
      )}
      <TextField
        label="Name"
        value={draft.name}
        maxLength={40}
        placeholder="Deployer"
        onChange={(event) => edit({ name: event.target.value })}
        fault={fault}
        autoComplete="off"
        spellCheck={false}
      />
      <TextField
        label="Description"
        optional
        value={draft.description}
        maxLength={200}
        placeholder="deploys applications, and changes nothing else"
        onChange={(event) => edit({ description: event.target.value })}
        autoComplete="off"
      />
      <Loaded query={areas} rows={6} label="Loading the permissions">
        {(items) => (
          <>
            <TickBoxes
              areas={choicesOf(items, [...new Set([...(base?.permissions ?? []), ...draft.permissions])])}
              chosen={draft.permissions}
              onChange={(permissions) => edit({ permissions })}
              canTickAreas
            />
            {base && <Consequences title="Added" items={areaLines(items, added)} />}
            {base && <Consequences title="Removed" items={areaLines(items, removed)} />}
          </>
        )}
      </Loaded>
      {save.error && !isTaken && !isOutdated && <Failure error={save.error} compact />}
      <ShowCommand>{commandOf(base, trimmed)}</ShowCommand>
    </Dialog>
  )
}

/** The permissions that a role can have, and those that it has, or that were ticked, although no API has them at present. */
function choicesOf(areas: readonly Area[], held: readonly string[]) {
  const choices = areas
    .map(({ area, permissions }) => ({
      area,
      choices: permissions.filter(({ delegable }) => delegable).map(({ name, description }) => ({ permission: name, words: description })),
    }))
    .filter((one) => one.choices.length > 0)
  const others = held.filter((name) => !choices.some((one) => one.choices.some(({ permission }) => permission === name)))
  return others.length > 0 ? [...choices, { area: 'Not at any API now', choices: others.map((name) => ({ permission: name, words: name })) }] : choices
}

interface Meanwhile {
  areas: readonly Area[]
  read: Role
  now: Role
  onKeep: () => void
  onDiscard: () => void
}

/** Another admin has changed the role since the dialog opened. */
function ChangedMeanwhile({ areas, read, now, onKeep, onDiscard }: Meanwhile) {
  const { added, removed } = changeOf(read, draftOf(now))
  return (
    <div role="alert">
      <Notice title="Someone else changed this role meanwhile" tone="paused">
        {now.name !== read.name && <p>It is now called {now.name}.</p>}
        {now.description !== read.description && <p>Its description is now: {now.description || 'empty'}</p>}
        <Consequences title="They added" items={areaLines(areas, added)} />
        <Consequences title="They removed" items={areaLines(areas, removed)} />
        <div className="mt-2 flex flex-wrap gap-2">
          <Button onClick={onKeep}>Add my changes to theirs</Button>
          <Button onClick={onDiscard}>Discard my changes</Button>
        </div>
      </Notice>
    </div>
  )
}
