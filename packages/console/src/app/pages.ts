import type { Permission } from '@muster/contract/permissions.ts'
import type { LucideIcon } from 'lucide-react'
import AppWindow from 'lucide-react/icons/app-window'
import Boxes from 'lucide-react/icons/boxes'
import CircleUser from 'lucide-react/icons/circle-user'
import House from 'lucide-react/icons/house'
import KeyRound from 'lucide-react/icons/key-round'
import MonitorSmartphone from 'lucide-react/icons/monitor-smartphone'
import ScrollText from 'lucide-react/icons/scroll-text'
import Settings from 'lucide-react/icons/settings'
import ShieldCheck from 'lucide-react/icons/shield-check'
import Users from 'lucide-react/icons/users'

/** A page in the navigation and the palette. */
export interface NavigationPage {
  to: '/' | '/resources' | '/settings' | '/users' | '/roles' | '/keys' | '/audit' | '/profile' | '/sessions' | '/applications'
  title: string
  icon: LucideIcon
  /** More search words for the palette. */
  words: string
  /** The permission that the page needs. */
  needs?: Permission
}

/** The navigation on the left, with headings such as Configuration → Organization. */
export const navigation: { heading?: string; subheading?: string; pages: NavigationPage[] }[] = [
  {
    pages: [
      { to: '/', title: 'Overview', icon: House, words: 'home start dashboard first steps' },
      { to: '/resources', title: 'Resources', icon: Boxes, words: 'applications databases owner url transfer', needs: 'resources:read' },
    ],
  },
  {
    heading: 'Configuration',
    subheading: 'Organization',
    pages: [
      { to: '/users', title: 'Manage users', icon: Users, words: 'members people invitations invite', needs: 'members:read' },
      { to: '/roles', title: 'Roles', icon: ShieldCheck, words: 'permissions custom access who may', needs: 'members:read' },
      { to: '/settings', title: 'Organization settings', icon: Settings, words: 'rename invite link contacts address plan seats leave' },
      { to: '/keys', title: 'Keys and service accounts', icon: KeyRound, words: 'api tokens machines ci roll revoke' },
      { to: '/audit', title: 'Audit log', icon: ScrollText, words: 'history events export csv', needs: 'audit:read' },
    ],
  },
]

/** The user's own pages, in the menu at the top right. */
export const ownPages: NavigationPage[] = [
  { to: '/profile', title: 'My profile', icon: CircleUser, words: 'account names password email address organization id' },
  { to: '/sessions', title: 'Sessions and tokens', icon: MonitorSmartphone, words: 'logins devices browsers refresh sign out' },
  { to: '/applications', title: 'Applications', icon: AppWindow, words: 'third party apps consent access revoke' },
]
