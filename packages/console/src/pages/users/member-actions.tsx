import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import Pause from 'lucide-react/icons/circle-pause'
import Play from 'lucide-react/icons/circle-play'
import Copy from 'lucide-react/icons/copy'
import Eye from 'lucide-react/icons/eye'
import LogOut from 'lucide-react/icons/log-out'
import Pencil from 'lucide-react/icons/pencil'
import ShieldCheck from 'lucide-react/icons/shield-check'
import ShieldOff from 'lucide-react/icons/shield-off'
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
import { refreshPeople } from './data.ts'
import { DeactivateDialog } from './deactivate.tsx'
import { Departed, type Departure } from './departed.tsx'
import { EditDialog } from './edit.tsx'
import { InviteDialog } from './invite.tsx'
import { RemoveDialog } from './remove.tsx'
import { RoleDialog } from './role.tsx'
import { SignOutDialog } from './sign-out.tsx'

type Asked = 'edit' | 'sign-out' | 'deactivate' | 'remove' | 'role' | 'invite'

export interface MemberActions {
  /** What can be done with this person, by this person. */
  menuFor: (member: Member) => MenuAction[][]
  ask: (what: Asked, member: Member) => void
  reactivate: (member: Member) => void
  dialogs: ReactNode
}

/** What an admin can do with somebody: the same in the list and on the person's page. */
export function useMemberActions(): MemberActions {
  const { me, organization, may } = useSession()
  const navigate = useNavigate()
  const [asked, setAsked] = useState<{ what: Asked; member: Member } | null>(null)
  const [departure, setDeparture] = useState<Departure | null>(null)
  // What the person could have copied is rolled in between, and then one is back where it is listed.
  const [keyStep, setKeyStep] = useState<{ what: 'roll' | 'revoke'; key: Schemas['Key'] } | null>(null)
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
  const close = () => setAsked(null)
  const ask = (what: Asked, member: Member) => setAsked({ what, member })

  const menuFor = (member: Member): MenuAction[][] => {
    const self = member.id === me.id
    const admin = may('members:role')
    const look: MenuAction[] = [
      { label: self ? 'My profile' : 'Details', icon: Eye, onSelect: () => void navigate({ to: '/users/$user', params: { user: member.username } }) },
      {
        label: 'Copy user id',
        icon: Copy,
        onSelect: () => void copyText(member.id).then((done) => (done ? toast.done('User id copied') : toast.fail('Your browser blocked copying.'))),
      },
    ]
    if (!admin || self) return [look]
    if (member.status === 'left') return [look, [{ label: 'Invite again', icon: UserPlus, onSelect: () => ask('invite', member) }]]
    const change: MenuAction[] = [{ label: 'Edit', icon: Pencil, onSelect: () => ask('edit', member) }]
    if (member.status === 'active')
      change.push(
        member.role === 'admin'
          ? { label: 'Make member', icon: ShieldOff, onSelect: () => ask('role', member) }
          : { label: 'Make admin', icon: ShieldCheck, onSelect: () => ask('role', member) },
      )
    return [
      look,
      change,
      [
        ...(member.status === 'active'
          ? [{ label: 'Sign out everywhere', icon: LogOut, tone: 'paused' as const, onSelect: () => ask('sign-out', member) }]
          : []),
        member.status === 'active'
          ? { label: 'Deactivate', icon: Pause, tone: 'paused', onSelect: () => ask('deactivate', member) }
          : { label: 'Reactivate', icon: Play, onSelect: () => reactivate(member) },
        { label: 'Remove', icon: UserMinus, tone: 'danger', onSelect: () => ask('remove', member) },
      ],
    ]
  }

  const shown = asked && { member: asked.member, onClose: close }
  const dialogs = (
    <>
      {shown && asked.what === 'edit' && <EditDialog {...shown} />}
      {shown && asked.what === 'role' && <RoleDialog {...shown} />}
      {shown && asked.what === 'sign-out' && <SignOutDialog {...shown} />}
      {shown && asked.what === 'deactivate' && <DeactivateDialog {...shown} onDone={setDeparture} onUndo={reactivate} />}
      {shown && asked.what === 'remove' && <RemoveDialog {...shown} onDone={setDeparture} />}
      {shown && asked.what === 'invite' && <InviteDialog open again={asked.member} onClose={close} />}
      {departure && !keyStep && (
        <Departed
          departure={departure}
          onClose={() => setDeparture(null)}
          onUndo={reactivate}
          onRoll={(key) => setKeyStep({ what: 'roll', key })}
          onRevoke={(key) => setKeyStep({ what: 'revoke', key })}
        />
      )}
      {departure && keyStep?.what === 'roll' && (
        <CreateKeyDialog
          account={keyStep.key.holder.name}
          description={keyStep.key.description}
          onClose={() => setKeyStep(null)}
          onMade={() => setDeparture({ ...departure, rolled: new Set([...(departure.rolled ?? []), keyStep.key.id]) })}
        />
      )}
      {departure && keyStep?.what === 'revoke' && (
        <RevokeKeyDialog
          by="any"
          item={keyStep.key}
          onClose={() => setKeyStep(null)}
          onRevoked={() => setDeparture({ ...departure, keysToRoll: departure.keysToRoll.filter(({ id }) => id !== keyStep.key.id) })}
        />
      )}
    </>
  )
  return { menuFor, ask, reactivate, dialogs }
}
