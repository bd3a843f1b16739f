import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { answer, api, type Member } from '../../lib/api.ts'
import { fullName, quoted } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { TextArea } from '../../ui/form/field.tsx'
import { Status } from '../../ui/status.tsx'
import { chosenRole, type RoleChoice, RoleField, roleFlag, useRoleChoices } from '../roles/role-field.tsx'
import { type MemberFilter, refreshPeople } from './data.ts'
import { PlanForOne, useIsPlanForOne } from './plan-notice.tsx'

const MAX_ADDRESSES = 100

/** Refusals for people who are already members, with the filter that shows them in the list of users. */
const memberFilters: Record<string, MemberFilter> = { already_member: {}, member_deactivated: { status: 'deactivated' } }

type Result = { email: string; status: 'created' | 'open' | 'refused'; problem?: { code: string; title: string; detail?: string; next: string } }

/** Extracts distinct addresses from pasted text, such as lists, lines and "Ann Lee <ann@example.com>". */
export function addressesIn(text: string): string[] {
  const parts = text.split(/[,;\n\r\t]+/).flatMap((part) => {
    const named = /<([^<>]+)>/.exec(part)
    return named?.[1] !== undefined ? [named[1]] : part.trim().split(/\s+/)
  })
  return [
    ...new Map(
      parts
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map((part) => [part.toLowerCase(), part]),
    ).values(),
  ]
}

/** The equivalent command. More than three addresses come from a file. */
const commandOf = (addresses: string[], role: RoleChoice): string =>
  `muster user invite ${addresses.length > 3 ? '-' : addresses.map(quoted).join(' ') || 'ann@example.com'}${roleFlag(role)}${addresses.length > 3 ? ' < addresses.txt' : ''}`

interface Props {
  open: boolean
  onClose: () => void
  /** A former member to invite again. The organization no longer has their address, so the admin enters it. */
  former?: Member
}

/** Sends email invitations and shows a result for each address (S22). */
export function InviteDialog({ open, onClose, former }: Props) {
  const [text, setText] = useState('')
  const [roleId, setRoleId] = useState<string | null>(null)
  const choices = useRoleChoices()
  const role = chosenRole(choices, roleId)
  const { organization } = useSession()
  const navigate = useNavigate()
  const planForOne = useIsPlanForOne()
  const addresses = addressesIn(text)

  const invite = useMutation({
    mutationFn: async (emails: string[]) => {
      const sent = await answer(
        api.POST('/v1/organizations/{org}/invitations', {
          params: { path: { org: organization.id }, header: { 'idempotency-key': crypto.randomUUID() } },
          body: { emails, role: role.id },
        }),
      )
      return 'results' in sent ? (sent.results as Result[]) : []
    },
    onSuccess: refreshPeople,
  })
  const { reset } = invite
  useEffect(() => {
    if (!open) return
    // The dialog is reused, so each opening starts empty.
    reset()
    setText('')
    setRoleId(null)
  }, [open, reset])

  const results = invite.data
  const refused = results?.filter(({ status }) => status === 'refused') ?? []
  const correctRefused = () => {
    setText(refused.map(({ email }) => email).join('\n'))
    reset()
  }

  if (results) {
    const createdCount = results.filter(({ status }) => status === 'created').length
    return (
      <Dialog
        open={open}
        onClose={onClose}
        title={createdCount > 0 ? `${plural(createdCount, 'invitation')} sent` : 'No invitations sent'}
        lead="Each invitation is valid for 7 days. If an email does not arrive, copy the link under Invitations."
        foot={
          <>
            {refused.length > 0 && <Button onClick={correctRefused}>Correct {plural(refused.length, 'address', 'addresses')}</Button>}
            <Button kind="primary" onClick={onClose}>
              Done
            </Button>
          </>
        }
      >
        <ul aria-label="Results" className="text-sm">
          {results.map(({ email, status, problem }) => (
            <li key={email} className="border-t border-line py-2 first:border-t-0">
              <div className="flex flex-wrap items-baseline justify-between gap-x-4">
                <span className="min-w-0 font-semibold wrap-anywhere">{email}</span>
                {status === 'created' && <Status tone="active">Invited</Status>}
                {status === 'open' && <Status tone="pending">Already invited</Status>}
                {status === 'refused' && <Status tone="danger">Not invited</Status>}
              </div>
              {problem && (
                <div className="flex flex-wrap items-center justify-between gap-x-4 text-muted">
                  <p>
                    {problem.detail ?? problem.title} {problem.code in memberFilters ? '' : problem.next}
                  </p>
                  {problem.code in memberFilters && (
                    <Button
                      className="min-h-8!"
                      onClick={() => {
                        onClose()
                        void navigate({ to: '/users', search: { q: email, ...memberFilters[problem.code] }, hash: '' })
                      }}
                    >
                      Show user
                    </Button>
                  )}
                </div>
              )}
            </li>
          ))}
        </ul>
      </Dialog>
    )
  }

  const fault =
    addresses.length > MAX_ADDRESSES
      ? `You can invite up to ${MAX_ADDRESSES} people at once. You entered ${plural(addresses.length, 'address', 'addresses')}.`
      : undefined
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={former ? `Invite ${fullName(former)} again` : 'Invite new user'}
      lead={
        former
          ? `Enter their email address. ${organization.name} no longer has it because ${former.username} left. When they accept, they join again as ${former.username}.`
          : `They get an email invitation. If they belong to another organization, accepting moves them to ${organization.name}.`
      }
      onSubmit={() => addresses.length > 0 && !fault && !planForOne && !invite.isPending && invite.mutate(addresses)}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={invite.isPending} disabled={addresses.length === 0 || fault !== undefined || planForOne}>
            {addresses.length > 1 ? `Invite ${addresses.length} users` : 'Invite'}
          </Button>
        </>
      }
    >
      {planForOne && <PlanForOne />}
      <TextArea
        disabled={planForOne}
        label={former ? `Email address of ${former.username}` : 'Email addresses'}
        hint={
          former
            ? undefined
            : addresses.length > 0
              ? `${plural(addresses.length, 'address', 'addresses')} found.`
              : 'Enter one or more addresses, separated by commas or line breaks.'
        }
        fault={fault}
        rows={former ? 1 : 4}
        className={former ? 'resize-none' : ''}
        value={text}
        onChange={(event) => setText(event.target.value)}
        autoComplete="off"
        spellCheck={false}
        placeholder={former ? 'ann@example.com' : 'ann@example.com, bob@example.com'}
      />
      <RoleField choices={choices} value={role} onChange={setRoleId} disabled={planForOne} />
      {invite.error && <Failure error={invite.error} compact />}
      <ShowCommand>{commandOf(addresses, role)}</ShowCommand>
    </Dialog>
  )
}
