import { Link } from '@tanstack/react-router'
import Plus from 'lucide-react/icons/plus'
import type { ReactNode } from 'react'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Tabs, tabClass } from '../../ui/tabs.tsx'

/** Header and tabs of the lists of roles and of permissions. */
export function RolesFrame({ onCreate, children }: { onCreate?: (() => void) | undefined; children: ReactNode }) {
  const { may } = useSession()
  return (
    <Page
      title="Roles"
      breadcrumbs={['Configuration', 'Organization']}
      lead="A role says what a person or a service account may do. Each has one."
      action={
        onCreate && (
          <Button kind="primary" onClick={onCreate}>
            <Plus aria-hidden size={15} />
            Create role
          </Button>
        )
      }
    >
      {may('members:read') ? (
        <div className="flex flex-col gap-4">
          <Tabs label="Roles and permissions">
            <Link to="/roles" activeOptions={{ exact: true }} className={tabClass}>
              Roles
            </Link>
            <Link to="/roles/permissions" activeOptions={{ exact: true }} className={tabClass}>
              Permissions
            </Link>
          </Tabs>
          {children}
        </div>
      ) : (
        <NotInRole subject="roles" />
      )}
    </Page>
  )
}
