import type { Permission } from '@muster/contract/permissions.ts'
import type { LucideIcon } from 'lucide-react'
import Users from 'lucide-react/icons/users'

/** A page as the navigation and the palette know it. */
export interface NavigationPage {
  to: '/users'
  title: string
  icon: LucideIcon
  /** More words by which the palette finds it. */
  words: string
  /** Who cannot do this is not led there. */
  needs?: Permission
}

/** The left rail. Groups stand under their words: Configuration → Organization → Manage users. */
export const navigation: { heading?: string; subheading?: string; pages: NavigationPage[] }[] = [
  {
    heading: 'Configuration',
    subheading: 'Organization',
    pages: [{ to: '/users', title: 'Manage users', icon: Users, words: 'members people invitations invite' }],
  },
]

/** Top right: what is one's own. */
export const ownPages: NavigationPage[] = []
