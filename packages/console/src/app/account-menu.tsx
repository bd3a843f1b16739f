import { useNavigate } from '@tanstack/react-router'
import LogOut from 'lucide-react/icons/log-out'
import Monitor from 'lucide-react/icons/monitor'
import Moon from 'lucide-react/icons/moon'
import Sun from 'lucide-react/icons/sun'
import { type ReactElement, useRef } from 'react'
import { roleName } from '../lib/roles.ts'
import { useSession } from '../lib/session.ts'
import { chooseTheme, useTheme } from '../lib/theme.ts'
import { Menu, MenuChoice } from '../ui/menu.tsx'
import { ownPages } from './pages.ts'

const themes = [
  ['system', 'System theme', Monitor],
  ['light', 'Light theme', Sun],
  ['dark', 'Dark theme', Moon],
] as const

/** The menu at the top right: the user's own pages, the theme and signing out. */
export function AccountMenu({ trigger }: { trigger: (name: string) => ReactElement }) {
  const { me, organization } = useSession()
  const navigate = useNavigate()
  const theme = useTheme()
  const signOut = useRef<HTMLFormElement>(null)
  return (
    <>
      <Menu
        trigger={trigger(me.username)}
        groups={[
          ownPages.map(({ to, title, icon }) => ({ label: title, icon, onSelect: () => void navigate({ to }) })),
          <MenuChoice key="theme" value={theme} onChange={chooseTheme} choices={themes} />,
          [{ label: 'Sign out', icon: LogOut, onSelect: () => signOut.current?.submit() }],
        ]}
      >
        <div className="border-b border-line px-2 pt-1 pb-2 text-sm">
          <p className="font-semibold wrap-anywhere">{`${me.given_name} ${me.family_name}`.trim() || me.username}</p>
          <p className="text-muted wrap-anywhere">{me.email}</p>
          <p className="text-muted wrap-anywhere">
            {roleName(organization)} of {organization.name}
          </p>
        </div>
      </Menu>
      <form ref={signOut} method="post" action="/sign-out" hidden />
    </>
  )
}
