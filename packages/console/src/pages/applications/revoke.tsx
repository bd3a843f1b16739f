import { useMutation } from '@tanstack/react-query'
import { answer, api } from '../../lib/api.ts'
import { queries } from '../../lib/queries.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshLogins } from '../sessions/data.ts'
import type { Application } from './data.ts'

export function RevokeAccessDialog({ application, onClose }: { application: Application; onClose: () => void }) {
  const revoke = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/me/applications/{client}', { params: { path: { client: application.client_id } } })),
    onSuccess: async () => {
      await Promise.all([queries.invalidateQueries({ queryKey: ['applications'] }), refreshLogins()])
      onClose()
      toast.done(`${application.name} no longer has access`)
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`Revoke the access of ${application.name}?`}
      lead="It can ask you again when you sign in to it."
      action="Revoke access"
      onConfirm={() => revoke.mutate()}
      busy={revoke.isPending}
      error={revoke.error}
    >
      <Consequences title="Ends immediately" items={['All its sessions and tokens for your account']} />
      <Consequences title="Not affected" items={['Data that it has already read', 'Your own sessions and keys']} />
      <ShowCommand>{`muster application revoke ${application.client_id}`}</ShowCommand>
    </DangerDialog>
  )
}
