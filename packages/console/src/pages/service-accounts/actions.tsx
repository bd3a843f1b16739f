import Copy from 'lucide-react/icons/copy'
import Eye from 'lucide-react/icons/eye'
import Pencil from 'lucide-react/icons/pencil'
import Trash from 'lucide-react/icons/trash-2'
import { type ReactNode, useState } from 'react'
import { copyText } from '../../lib/copy.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.tsx'
import type { ServiceAccount } from '../keys/data.ts'
import { ServiceAccountForm } from './form.tsx'
import { RemoveServiceAccountDialog } from './remove.tsx'

interface Actions {
  /** `look`: where there is a page to go to. */
  menuFor: (account: ServiceAccount, look?: () => void) => MenuAction[][]
  ask: (what: 'edit' | 'remove', account: ServiceAccount) => void
  dialogs: ReactNode
}

/** What can be done with a service account: the same in the list and on its page. */
export function useServiceAccountActions(): Actions {
  const [asked, setAsked] = useState<{ what: 'edit' | 'remove'; account: ServiceAccount } | null>(null)
  const close = () => setAsked(null)
  const ask: Actions['ask'] = (what, account) => setAsked({ what, account })
  return {
    ask,
    menuFor: (account, look) => [
      [
        ...(look ? [{ label: 'View details', icon: Eye, onSelect: look }] : []),
        {
          label: 'Copy service account id',
          icon: Copy,
          onSelect: () =>
            void copyText(account.id).then((done) => (done ? toast.done('Service account id copied') : toast.fail('Your browser blocked copying.'))),
        },
        { label: 'Edit', icon: Pencil, onSelect: () => ask('edit', account) },
      ],
      [{ label: 'Remove', icon: Trash, tone: 'danger', onSelect: () => ask('remove', account) }],
    ],
    dialogs: asked && (
      <>
        {asked.what === 'edit' && <ServiceAccountForm account={asked.account} onClose={close} />}
        {asked.what === 'remove' && <RemoveServiceAccountDialog account={asked.account} onClose={close} />}
      </>
    ),
  }
}
