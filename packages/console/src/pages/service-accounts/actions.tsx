import Copy from 'lucide-react/icons/copy'
import Eye from 'lucide-react/icons/eye'
import Pencil from 'lucide-react/icons/pencil'
import Trash from 'lucide-react/icons/trash-2'
import { type ReactNode, useState } from 'react'
import { copyText } from '../../lib/copy.ts'
import { useSession } from '../../lib/session.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import type { ServiceAccount } from '../keys/data.ts'
import { ServiceAccountForm } from './form.tsx'
import { RemoveServiceAccountDialog } from './remove.tsx'

interface Actions {
  /** `showDetails` opens the page of the account, in lists. */
  menuFor: (account: ServiceAccount, showDetails?: () => void) => MenuAction[][]
  dialogs: ReactNode
}

/** The menu and dialogs of a service account, the same in the list and on its page. */
export function useServiceAccountActions(): Actions {
  const { may } = useSession()
  const canManage = may('service-accounts:manage')
  const [dialog, setDialog] = useState<{ action: 'edit' | 'remove'; account: ServiceAccount } | null>(null)
  const close = () => setDialog(null)
  return {
    menuFor: (account, showDetails) => [
      [
        ...(showDetails ? [{ label: 'View details', icon: Eye, onSelect: showDetails }] : []),
        {
          label: 'Copy service account id',
          icon: Copy,
          onSelect: () =>
            void copyText(account.id).then((done) => (done ? toast.done('Service account id copied') : toast.fail('Your browser blocked copying.'))),
        },
        ...(canManage ? [{ label: 'Edit', icon: Pencil, onSelect: () => setDialog({ action: 'edit', account }) }] : []),
      ],
      canManage ? [{ label: 'Remove', icon: Trash, tone: 'danger', onSelect: () => setDialog({ action: 'remove', account }) }] : [],
    ],
    dialogs: dialog && (
      <>
        {dialog.action === 'edit' && <ServiceAccountForm account={dialog.account} onClose={close} />}
        {dialog.action === 'remove' && <RemoveServiceAccountDialog account={dialog.account} onClose={close} />}
      </>
    ),
  }
}
