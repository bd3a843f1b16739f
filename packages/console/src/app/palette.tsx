import { Dialog } from '@base-ui/react/dialog'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import Bot from 'lucide-react/icons/bot'
import KeyRound from 'lucide-react/icons/key-round'
import LinkIcon from 'lucide-react/icons/link'
import LockKeyhole from 'lucide-react/icons/lock-keyhole'
import LogOut from 'lucide-react/icons/log-out'
import Moon from 'lucide-react/icons/moon'
import Pencil from 'lucide-react/icons/pencil'
import Plus from 'lucide-react/icons/plus'
import Sun from 'lucide-react/icons/sun'
import UserIcon from 'lucide-react/icons/user'
import UserPlus from 'lucide-react/icons/user-plus'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react'
import { answer, api, type Member } from '../lib/api.ts'
import { signOut } from '../lib/sign-out.ts'
import { chooseTheme } from '../lib/theme.ts'
import { cx } from '../ui/cx.ts'
import { navigation, ownPages } from './pages.ts'
import { useSession } from './session.tsx'

interface Command {
  id: string
  label: string
  hint?: string
  icon: LucideIcon
  words?: string
  run: () => void
}

/** Everything by its name, from anywhere: pages, people, actions (Ctrl or Cmd with K). */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  // What was chosen is done when the palette is gone, which gives the focus back: a dialog that opened before would lose it, and close.
  const chosen = useRef<(() => void) | null>(null)
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => !next && onClose()}
      onOpenChangeComplete={(shown) => {
        if (shown) return
        chosen.current?.()
        chosen.current = null
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="floating fixed inset-0 z-40 bg-[oklch(0.2_0.01_265/0.45)]" />
        <Dialog.Popup className="floating fixed top-[max(12px,12vh)] left-1/2 z-40 w-[min(36rem,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded border border-line bg-surface shadow-float outline-none">
          <Dialog.Title className="sr-only">Find or go to</Dialog.Title>
          <Finder
            onChoose={(run) => {
              chosen.current = run
              onClose()
            }}
          />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Finder({ onChoose }: { onChoose: (run: () => void) => void }) {
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const id = useId()
  const { commands, asking } = useCommands(typed)
  // Enter before the answer: it is meant for what is typed, and for nothing that was found before.
  const [hurried, setHurried] = useState<string | null>(null)
  const at = Math.min(chosen, commands.length - 1)

  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, at])

  const run = (command: Command | undefined) => command && onChoose(command.run)
  const awaited = hurried === typed && !asking ? commands[0] : undefined
  useEffect(() => {
    if (!awaited) return
    setHurried(null)
    onChoose(awaited.run)
  }, [awaited, onChoose])

  const hear = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: commands.length - 1 }
    if (event.key === 'Enter' && commands.length === 0) setHurried(typed)
    else if (event.key === 'Enter') run(commands[at])
    else if (event.key in steps && commands.length > 0) setChosen(((steps[event.key] as number) + commands.length) % commands.length)
    else return
    event.preventDefault()
  }

  return (
    <>
      <input
        role="combobox"
        aria-label="Find a page, a person or an action"
        aria-expanded={commands.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={commands[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder="A page, a person, an action"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setChosen(0)
        }}
        onKeyDown={hear}
        autoComplete="off"
        spellCheck={false}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none pointer-coarse:text-lg"
      />
      <div id={`${id}-list`} role="listbox" aria-label="Found" className="max-h-[min(22rem,60vh)] overflow-y-auto p-1.5">
        {commands.map(({ icon: Icon, ...command }, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: as above
          <div
            key={command.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => run(commands[index])}
            onPointerMove={() => setChosen(index)}
            className={cx('flex min-h-9 cursor-pointer items-center gap-2.5 rounded px-2.5 py-1 text-sm pointer-coarse:min-h-11', index === at && 'bg-sunken')}
          >
            <Icon aria-hidden size={15} className="flex-none text-muted" />
            <span className="min-w-0 truncate">{command.label}</span>
            {command.hint && <span className="ml-auto min-w-0 truncate pl-4 text-muted">{command.hint}</span>}
          </div>
        ))}
      </div>
      <p role="status" className={cx('px-4 pb-4 text-sm text-muted', commands.length > 0 && 'sr-only')}>
        {commands.length > 0 ? `${commands.length} found` : asking ? `Looking for "${typed}"` : `Nothing is called "${typed}".`}
      </p>
    </>
  )
}

function useCommands(typed: string): { commands: Command[]; asking: boolean } {
  const { me, organization, may } = useSession()
  const navigate = useNavigate()
  const wanted = useDeferredValue(typed.trim())
  const people = useQuery({
    queryKey: ['members', organization.id, 'palette', wanted],
    enabled: wanted !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/organizations/{org}/members', { signal, params: { path: { org: organization.id }, query: { q: wanted, limit: 6 } } })),
  })

  const pages: Command[] = [...navigation.flatMap(({ pages }) => pages), ...ownPages]
    .filter(({ needs }) => !needs || may(needs))
    .map(({ to, title, icon, words }) => ({ id: to, label: title, icon, words, run: () => void navigate({ to }) }))
  const actions: Command[] = [
    ...(may('invitations:create')
      ? [{ id: 'invite', label: 'Invite new user', icon: UserPlus, words: 'add member mail', run: () => void navigate({ to: '/users', hash: 'invite' }) }]
      : []),
    {
      id: 'register',
      label: 'Register resource',
      icon: Plus,
      words: 'add application database',
      run: () => void navigate({ to: '/resources', hash: 'register' }),
    },
    ...(may('invitations:create')
      ? [
          {
            id: 'link',
            label: 'Generate invite link',
            icon: LinkIcon,
            words: 'secret join',
            run: () => void navigate({ to: '/settings', hash: 'invite-link' }),
          },
        ]
      : []),
    ...(may('organization:rename')
      ? [{ id: 'rename', label: 'Rename organization', icon: Pencil, words: 'name url', run: () => void navigate({ to: '/settings', hash: 'rename' }) }]
      : []),
    { id: 'key', label: 'Create key', icon: KeyRound, words: 'new api token', run: () => void navigate({ to: '/keys', hash: 'create' }) },
    ...(may('service-accounts:manage')
      ? [
          {
            id: 'service-account',
            label: 'Create service account',
            icon: Bot,
            words: 'new machine ci',
            run: () => void navigate({ to: '/keys/service-accounts', hash: 'create' }),
          },
        ]
      : []),
    { id: 'password', label: 'Change password', icon: LockKeyhole, words: 'security', run: () => void navigate({ to: '/profile', hash: 'password' }) },
    { id: 'light', label: 'Light theme', icon: Sun, words: 'appearance mode', run: () => chooseTheme('light') },
    { id: 'dark', label: 'Dark theme', icon: Moon, words: 'appearance mode', run: () => chooseTheme('dark') },
    { id: 'sign-out', label: 'Sign out', icon: LogOut, words: 'log out leave', run: signOut },
  ]
  const words = typed.trim().toLowerCase().split(/\s+/)
  const fits = ({ label, words: more = '' }: Command) => words.every((word) => `${label} ${more}`.toLowerCase().includes(word))
  // What was found for less that was typed is shown until the answer comes, as far as it still fits.
  const asking = typed.trim() !== '' && (wanted !== typed.trim() || people.isPending || people.isPlaceholderData)
  const isMeant = ({ username, email = '' }: Member) => [username, email].some((text) => text.toLowerCase().includes(typed.trim().toLowerCase()))
  const met = typed.trim() === '' ? [] : (people.data?.items ?? [])
  const found = (asking ? met.filter(isMeant) : met).map(
    (member): Command => ({
      id: member.id,
      label: member.username,
      hint: member.username === me.username ? 'You' : `${member.given_name} ${member.family_name}`.trim(),
      icon: UserIcon,
      run: () => void navigate({ to: '/users/$user', params: { user: member.username } }),
    }),
  )
  // What is called so comes before what only has to do with it.
  const named = ({ label }: Command) => (words.every((word) => label.toLowerCase().includes(word)) ? 0 : 1)
  return { commands: [...[...pages, ...actions].filter(fits).sort((one, other) => named(one) - named(other)), ...found], asking }
}
