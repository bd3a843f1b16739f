import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import Pause from 'lucide-react/icons/circle-pause'
import Play from 'lucide-react/icons/circle-play'
import Copy from 'lucide-react/icons/copy'
import Eye from 'lucide-react/icons/eye'
import Key from 'lucide-react/icons/key-round'
import LogOut from 'lucide-react/icons/log-out'
import Pencil from 'lucide-react/icons/pencil'
import ShieldCheck from 'lucide-react/icons/shield-check'
import UserMinus from 'lucide-react/icons/user-minus'
import UserPlus from 'lucide-react/icons/user-plus'
import { type ReactNode, useState } from 'react'
import { answer, api, type Member, type Schemas } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { useSession } from '../../lib/session.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { RevokeKeyDialog } from '../keys/actions.tsx'
import { CreateKeyDialog } from '../keys/create.tsx'
import { actionNeeds, refreshPeople } from './data.ts'
import { DeactivateDialog } from './deactivate.tsx'
import { type Departure, DepartureDialog } from './departure.tsx'
import { EditDialog } from './edit.tsx'
import { InviteDialog } from './invite.tsx'
import { RemoveDialog } from './remove.tsx'
import { ResetFactorsDialog } from './reset-factors.tsx'
import { RoleDialog } from './role.tsx'
import { SignOutDialog } from './sign-out.tsx'

type Action = keyof typeof actionNeeds

export interface MemberActions {
  /** The actions on this member that the signed-in user may take. */
  menuFor: (member: Member) => MenuAction[][]
  openDialog: (action: Action, member: Member) => void
  reactivate: (member: Member) => void
  dialogs: ReactNode
}

/** The menu and dialogs of a member, the same in the list and on the member's page. */
export function useMemberActions(): MemberActions {
  const { me, organization, may } = useSession()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<{ action: Action; member: Member } | null>(null)
  const [departure, setDeparture] = useState<Departure | null>(null)
  // While a key is rolled or revoked, that dialog replaces the list of keys.
  const [keyStep, setKeyStep] = useState<{ action: 'roll' | 'revoke'; key: Schemas['Key'] } | null>(null)
  const path = (member: Member) => ({ params: { path: { org: organization.id, user: member.id } } })

  const { mutate: reactivate } = useMutation({
    mutationFn: (member: Member) => answer(api.POST('/v1/organizations/{org}/members/{user}/reactivate', path(member))),
    onSuccess: async (_, member) => {
      await refreshPeople()
      toast.done(`${member.username} reactivated`, {
        description: 'They have to sign in again. Their earlier sessions and tokens stay revoked.',
        command: `muster user reactivate ${member.username}`,
      })
    },
    onError: (error) => toast.fail(error),
  })
  const close = () => setDialog(null)
  const openDialog = (action: Action, member: Member) => setDialog({ action, member })

  const menuFor = (member: Member): MenuAction[][] => {
    const self = member.id === me.id
    const viewActions: MenuAction[] = [
      { label: self ? 'My profile' : 'Details', icon: Eye, onSelect: () => void navigate({ to: '/users/$user', params: { user: member.username } }) },
      {
        label: 'Copy user id',
        icon: Copy,
        onSelect: () => void copyText(member.id).then((done) => (done ? toast.done('User id copied') : toast.fail('Your browser blocked copying.'))),
      },
    ]
    if (self) return [viewActions]
    const when = (action: Action, item: Omit<MenuAction, 'onSelect'>): MenuAction[] =>
      may(actionNeeds[action]) ? [{ ...item, onSelect: () => openDialog(action, member) }] : []
    if (member.status === 'left') return [viewActions, when('invite', { label: 'Invite again', icon: UserPlus })]
    const isActive = member.status === 'active'
    return [
      viewActions,
      [...when('edit', { label: 'Edit', icon: Pencil }), ...(isActive ? when('role', { label: 'Change role', icon: ShieldCheck }) : [])],
      [
        ...(isActive ? when('sign-out', { label: 'Sign out everywhere', icon: LogOut, tone: 'paused' }) : []),
        ...(isActive ? when('reset-factors', { label: 'Reset factors', icon: Key, tone: 'paused' }) : []),
        ...(isActive ? when('deactivate', { label: 'Deactivate', icon: Pause, tone: 'paused' }) : []),
        ...(!isActive && may('members:deactivate') ? [{ label: 'Reactivate', icon: Play, onSelect: () => reactivate(member) }] : []),
        ...when('remove', { label: 'Remove', icon: UserMinus, tone: 'danger' }),
      ],
    ]
  }

  const shown = dialog && { member: dialog.member, onClose: close }
  const dialogs = (
    <>
      {shown && dialog.action === 'edit' && <EditDialog {...shown} />}
      {shown && dialog.action === 'role' && <RoleDialog {...shown} />}
      {shown && dialog.action === 'sign-out' && <SignOutDialog {...shown} />}
      {shown && dialog.action === 'reset-factors' && <ResetFactorsDialog {...shown} />}
      {shown && dialog.action === 'deactivate' && <DeactivateDialog {...shown} onDone={setDeparture} onUndo={reactivate} />}
      {shown && dialog.action === 'remove' && <RemoveDialog {...shown} onDone={setDeparture} />}
      {shown && dialog.action === 'invite' && <InviteDialog open former={dialog.member} onClose={close} />}
      {departure && !keyStep && (
        <DepartureDialog
          departure={departure}
          onClose={() => setDeparture(null)}
          onUndo={reactivate}
          onRoll={(key) => setKeyStep({ action: 'roll', key })}
          onRevoke={(key) => setKeyStep({ action: 'revoke', key })}
        />
      )}
      {departure && keyStep?.action === 'roll' && (
        <CreateKeyDialog
          account={keyStep.key.holder.name}
          description={keyStep.key.description}
          scope={keyStep.key.scope}
          onClose={() => setKeyStep(null)}
          onCreated={() => setDeparture({ ...departure, rolled: new Set([...(departure.rolled ?? []), keyStep.key.id]) })}
        />
      )}
      {departure && keyStep?.action === 'revoke' && (
        <RevokeKeyDialog
          by="any"
          item={keyStep.key}
          onClose={() => setKeyStep(null)}
          onRevoked={() => setDeparture({ ...departure, keysToRoll: departure.keysToRoll.filter(({ id }) => id !== keyStep.key.id) })}
        />
      )}
    </>
  )
  return { menuFor, openDialog, reactivate, dialogs }
}
