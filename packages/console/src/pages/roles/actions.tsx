import { useNavigate } from '@tanstack/react-router'
import Copy from 'lucide-react/icons/copy'
import Eye from 'lucide-react/icons/eye'
import Pencil from 'lucide-react/icons/pencil'
import Trash from 'lucide-react/icons/trash-2'
import { type ReactNode, useState } from 'react'
import { copyText } from '../../lib/copy.ts'
import type { Role } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import { RoleDialog } from './editor.tsx'
import { RemoveRoleDialog } from './remove.tsx'

interface Actions {
  menuFor: (role: Role) => MenuAction[][]
  edit: (role: Role) => void
  dialogs: ReactNode
}

/** The menu and dialogs of a role, the same in the list and on its page. */
export function useRoleActions(): Actions {
  const { may } = useSession()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<{ action: 'edit' | 'remove'; role: Role } | null>(null)
  const close = () => setDialog(null)
  const edit = (role: Role) => setDialog({ action: 'edit', role })
  return {
    edit,
    menuFor: (role) => {
      const canChange = may('members:role') && !role.built_in
      return [
        [
          { label: 'Details', icon: Eye, onSelect: () => void navigate({ to: '/roles/$role', params: { role: role.id } }) },
          {
            label: 'Copy role id',
            icon: Copy,
            onSelect: () => void copyText(role.id).then((done) => (done ? toast.done('Role id copied') : toast.fail('Your browser blocked copying.'))),
          },
          ...(canChange ? [{ label: 'Edit', icon: Pencil, onSelect: () => edit(role) }] : []),
        ],
        canChange ? [{ label: 'Remove', icon: Trash, tone: 'danger', onSelect: () => setDialog({ action: 'remove', role }) }] : [],
      ]
    },
    dialogs: dialog && (
      <>
        {dialog.action === 'edit' && <RoleDialog role={dialog.role} onClose={close} />}
        {dialog.action === 'remove' && <RemoveRoleDialog role={dialog.role} onClose={close} />}
      </>
    ),
  }
}
