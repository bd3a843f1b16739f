import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useSession } from '../../lib/session.ts'
import { Page } from '../../ui/page.tsx'
import { Tabs, tabClass } from '../../ui/tabs.tsx'

/** Header and tabs of the pages about keys. Members see their own keys only. */
export function KeysFrame({ action, children }: { action?: ReactNode; children: ReactNode }) {
  const { may } = useSession()
  return (
    <Page
      title="Keys and service accounts"
      breadcrumbs={['Configuration', 'Organization']}
      lead="Programs sign in with keys. A key acts as you or as a service account. Service accounts belong to the organization and stay when their creator leaves."
      action={action}
    >
      <div className="flex flex-col gap-4">
        {(may('keys:read') || may('service-accounts:read')) && (
          <Tabs label="Keys and service accounts">
            <Link to="/keys" activeOptions={{ exact: true }} className={tabClass}>
              Your keys
            </Link>
            {may('keys:read') && (
              <Link to="/keys/all" activeOptions={{ includeSearch: false }} className={tabClass}>
                All keys
              </Link>
            )}
            {may('service-accounts:read') && (
              <Link to="/keys/service-accounts" activeOptions={{ exact: true }} className={tabClass}>
                Service accounts
              </Link>
            )}
          </Tabs>
        )}
        {children}
      </div>
    </Page>
  )
}
