import { Dialog } from '@base-ui/react/dialog'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { LucideIcon } from 'lucide-react'
import Bot from 'lucide-react/icons/bot'
import Boxes from 'lucide-react/icons/boxes'
import Pause from 'lucide-react/icons/circle-pause'
import KeyRound from 'lucide-react/icons/key-round'
import LinkIcon from 'lucide-react/icons/link'
import LockKeyhole from 'lucide-react/icons/lock-keyhole'
import LogOut from 'lucide-react/icons/log-out'
import Monitor from 'lucide-react/icons/monitor'
import Moon from 'lucide-react/icons/moon'
import Pencil from 'lucide-react/icons/pencil'
import Plus from 'lucide-react/icons/plus'
import ShieldCheck from 'lucide-react/icons/shield-check'
import ShieldPlus from 'lucide-react/icons/shield-plus'
import Sun from 'lucide-react/icons/sun'
import UserIcon from 'lucide-react/icons/user'
import UserMinus from 'lucide-react/icons/user-minus'
import UserPlus from 'lucide-react/icons/user-plus'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react'
import { answer, api, type Member } from '../lib/api.ts'
import { usePassword } from '../lib/password.ts'
import { useSession } from '../lib/session.ts'
import { signOut } from '../lib/sign-in.ts'
import { chooseTheme } from '../lib/theme.ts'
import { plural } from '../lib/time.ts'
import { newestResourcesQuery } from '../pages/overview/data.ts'
import { serviceAccountsQuery } from '../pages/resources/data.ts'
import { actionNeeds } from '../pages/users/data.ts'
import { cx } from '../ui/cx.ts'
import { useSingleDialog } from '../ui/dialog.tsx'
import { navigation, ownPages } from './pages.ts'

const kinds = { page: 'Pages', action: 'Actions', person: 'Users', machine: 'Service accounts', resource: 'Resources' } as const

interface Command {
  id: string
  kind: keyof typeof kinds
  label: string
  hint?: string
  icon: LucideIcon
  words?: string
  run: () => void
  /** The text to fill in when the command still needs a username. The palette stays open. */
  fill?: string
}

/** Commands on a user, by the word before the username. Each opens its dialog on the user's page. */
const verbs = [
  { word: 'sign-out', label: 'Sign out', icon: LogOut },
  { word: 'deactivate', label: 'Deactivate', icon: Pause },
  { word: 'remove', label: 'Remove', icon: UserMinus },
  { word: 'edit', label: 'Edit', icon: Pencil },
  { word: 'role', label: 'Change the role of', icon: ShieldCheck },
] as const

/** Opens pages, users and actions by name, from anywhere (Ctrl or Cmd with K). */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  // The chosen command runs after the palette has closed and returned the focus. A dialog opened earlier would lose the focus and close.
  const chosen = useRef<(() => void) | null>(null)
  useSingleDialog(open, onClose)
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => !next && onClose()}
      onOpenChangeComplete={(isOpen) => {
        if (isOpen) return
        chosen.current?.()
        chosen.current = null
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="floating fixed inset-0 z-40 bg-[oklch(0.2_0.01_265/0.45)]" />
        <Dialog.Popup className="floating fixed top-[max(12px,12vh)] left-1/2 z-40 w-[min(36rem,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded border border-line bg-surface shadow-float outline-none">
          <Dialog.Title className="sr-only">Search or jump to</Dialog.Title>
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
  // The selection is an id, because a response between an arrow key and Enter may move the lines.
  const [chosen, setChosen] = useState<string | null>(null)
  const id = useId()
  const { commands, isSearching } = useCommands(typed)
  // The text for which Enter was pressed before the response arrived. Enter then runs a result for this text, never an earlier result.
  const [submittedText, setSubmittedText] = useState<string | null>(null)
  const at =
    commands.length === 0
      ? -1
      : Math.max(
          commands.findIndex((command) => command.id === chosen),
          0,
        )
  const groups = [...new Set(commands.map(({ kind }) => kind))]

  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, at])

  const field = useRef<HTMLInputElement>(null)
  const run = (command: Command | undefined) => {
    if (command?.fill === undefined) return command && onChoose(command.run)
    setTyped(command.fill)
    setChosen(null)
    field.current?.focus()
  }
  const submittedCommand = submittedText === typed && !isSearching ? commands[0] : undefined
  useEffect(() => {
    if (!submittedCommand) return
    setSubmittedText(null)
    if (submittedCommand.fill === undefined) onChoose(submittedCommand.run)
  }, [submittedCommand, onChoose])

  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: commands.length - 1 }
    if (event.key === 'Enter' && commands.length === 0) setSubmittedText(typed)
    else if (event.key === 'Enter') run(commands[at])
    else if (event.key in steps && commands.length > 0) setChosen(commands[((steps[event.key] as number) + commands.length) % commands.length]?.id ?? null)
    else return
    event.preventDefault()
  }

  return (
    <>
      <input
        ref={field}
        role="combobox"
        aria-label="Search pages, users and actions"
        aria-expanded={commands.length > 0}
        aria-controls={`${id}-list`}
        aria-activedescendant={commands[at] ? `${id}-${at}` : undefined}
        aria-autocomplete="list"
        placeholder="Search pages, users and actions"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setChosen(null)
        }}
        onKeyDown={onKeyDown}
        autoComplete="off"
        spellCheck={false}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none pointer-coarse:text-lg"
      />
      <div id={`${id}-list`} role="listbox" aria-label="Results" className="max-h-[min(22rem,60vh)] overflow-y-auto p-1.5">
        {groups.map((kind) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox has groups of options
          <div key={kind} role="group" aria-labelledby={`${id}-${kind}`}>
            <p id={`${id}-${kind}`} className="px-2.5 pt-2 pb-1 text-xs font-semibold text-muted">
              {kinds[kind]}
            </p>
            {commands.map(
              ({ icon: Icon, ...command }, index) =>
                command.kind === kind && (
                  // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field has the focus and handles the keys
                  <div
                    key={command.id}
                    id={`${id}-${index}`}
                    role="option"
                    aria-selected={index === at}
                    onClick={() => run(commands[index])}
                    onPointerMove={() => setChosen(command.id)}
                    className={cx(
                      'flex min-h-9 cursor-pointer items-center gap-2.5 rounded px-2.5 py-1 text-sm pointer-coarse:min-h-11',
                      index === at && 'bg-sunken',
                    )}
                  >
                    <Icon aria-hidden size={15} className="flex-none text-muted" />
                    <span className="min-w-0 truncate">{command.label}</span>
                    {command.hint && <span className="ml-auto min-w-0 truncate pl-4 text-muted">{command.hint}</span>}
                  </div>
                ),
            )}
          </div>
        ))}
      </div>
      <p aria-hidden className="flex flex-wrap gap-x-4 border-t border-line bg-sunken px-4 py-1.5 text-xs text-muted max-sm:hidden">
        <span>↑ ↓ to choose</span>
        <span>Enter to open</span>
        <span>Esc to close</span>
      </p>
      <p role="status" className={cx('px-4 py-3 text-sm text-muted', commands.length > 0 && 'sr-only')}>
        {commands.length > 0 ? plural(commands.length, 'result') : isSearching ? `Searching for "${typed}"` : `No results for "${typed}".`}
      </p>
    </>
  )
}

function useCommands(typed: string): { commands: Command[]; isSearching: boolean } {
  const { me, organization, may } = useSession()
  const { hasPassword } = usePassword()
  const navigate = useNavigate()
  const [first = '', ...others] = typed.trim().split(/\s+/)
  const permittedVerbs = verbs.filter(({ word }) => may(actionNeeds[word]))
  const verb = others.length > 0 || /\s$/.test(typed) ? permittedVerbs.find(({ word }) => word === first.toLowerCase()) : undefined
  const name = verb ? others.join(' ') : typed.trim()
  const query = useDeferredValue(name)
  const people = useQuery({
    queryKey: ['members', organization.id, 'palette', query],
    enabled: may('members:read') && query !== '',
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      answer(api.GET('/v1/organizations/{org}/members', { signal, params: { path: { org: organization.id }, query: { q: query, limit: 6 } } })),
  })

  const serviceAccounts = useQuery({ ...serviceAccountsQuery(organization.id), enabled: may('service-accounts:read') && query !== '' })
  const resources = useQuery({ ...newestResourcesQuery(organization.id), enabled: may('resources:read') && query !== '' })

  const pages: Command[] = [...navigation.flatMap(({ pages }) => pages), ...ownPages]
    .filter(({ needs }) => !needs || may(needs))
    .map(({ to, title, icon, words }) => ({ id: to, kind: 'page', label: title, icon, words, run: () => void navigate({ to }) }))
  const actions: Command[] = [
    ...(may('invitations:create')
      ? [
          {
            kind: 'action' as const,
            id: 'invite',
            label: 'Invite new user',
            icon: UserPlus,
            words: 'add member email',
            run: () => void navigate({ to: '/users', hash: 'invite' }),
          },
        ]
      : []),
    ...(may('resources:register')
      ? [
          {
            kind: 'action' as const,
            id: 'register',
            label: 'Register resource',
            icon: Plus,
            words: 'add application database',
            run: () => void navigate({ to: '/resources', hash: 'register' }),
          },
        ]
      : []),
    ...(may('members:role')
      ? [
          {
            kind: 'action' as const,
            id: 'create-role',
            label: 'Create role',
            icon: ShieldPlus,
            words: 'new custom permissions',
            run: () => void navigate({ to: '/roles', hash: 'create' }),
          },
        ]
      : []),
    ...(may('invitations:create')
      ? [
          {
            kind: 'action' as const,
            id: 'link',
            label: 'Generate invite link',
            icon: LinkIcon,
            words: 'secret join',
            run: () => void navigate({ to: '/settings', hash: 'invite-link' }),
          },
        ]
      : []),
    ...(may('organization:rename')
      ? [
          {
            kind: 'action' as const,
            id: 'rename',
            label: 'Rename organization',
            icon: Pencil,
            words: 'name url',
            run: () => void navigate({ to: '/settings', hash: 'rename' }),
          },
        ]
      : []),
    {
      kind: 'action' as const,
      id: 'key',
      label: 'Create key',
      icon: KeyRound,
      words: 'new api token',
      run: () => void navigate({ to: '/keys', hash: 'create' }),
    },
    ...(may('service-accounts:manage')
      ? [
          {
            kind: 'action' as const,
            id: 'service-account',
            label: 'Create service account',
            icon: Bot,
            words: 'new machine ci',
            run: () => void navigate({ to: '/keys/service-accounts', hash: 'create' }),
          },
        ]
      : []),
    ...(hasPassword
      ? [
          {
            kind: 'action' as const,
            id: 'password',
            label: 'Change password',
            icon: LockKeyhole,
            words: 'security',
            run: () => void navigate({ to: '/profile', hash: 'password' }),
          },
        ]
      : []),
    { kind: 'action' as const, id: 'system', label: 'System theme', icon: Monitor, words: 'appearance mode', run: () => chooseTheme('system') },
    { kind: 'action' as const, id: 'light', label: 'Light theme', icon: Sun, words: 'appearance mode', run: () => chooseTheme('light') },
    { kind: 'action' as const, id: 'dark', label: 'Dark theme', icon: Moon, words: 'appearance mode', run: () => chooseTheme('dark') },
    { kind: 'action' as const, id: 'sign-out', label: 'Sign out', icon: LogOut, words: 'log out leave', run: signOut },
  ]
  const words = typed.trim().toLowerCase().split(/\s+/)
  const matches = ({ label, words: more = '' }: Command) => words.every((word) => `${label} ${more}`.toLowerCase().includes(word))
  // Results of the previous text that still match stay until the response arrives.
  const isSearching = name !== '' && (query !== name || (people.isEnabled && people.isPending) || people.isPlaceholderData)
  const matchesName = ({ username, email = '' }: Member) => [username, email].some((text) => text.toLowerCase().includes(name.toLowerCase()))
  const results = name === '' ? [] : (people.data?.items ?? [])
  // An exact username comes first, so that Enter after "bob" does not choose "bobby". Otherwise the newest member is first.
  const isExact = ({ username }: Member) => username === name.toLowerCase()
  const members = (isSearching ? results.filter(matchesName) : results).toSorted((one, other) => Number(isExact(other)) - Number(isExact(one)))
  const memberCommands = members.map(
    (member): Command => ({
      id: member.id,
      kind: 'person',
      label: member.username,
      hint: member.username === me.username ? 'You' : `${member.given_name} ${member.family_name}`.trim(),
      icon: UserIcon,
      run: () => void navigate({ to: '/users/$user', params: { user: member.username } }),
    }),
  )
  // Matches in the label come before matches in the search words.
  const rank = ({ label }: Command) => (words.every((word) => label.toLowerCase().includes(word)) ? 0 : 1)
  if (verb) {
    const targets = members.filter(
      ({ username, status }) => username !== me.username && (status === 'active' || verb.word === 'remove' || verb.word === 'edit'),
    )
    const targetCommands = targets.map(
      ({ id, username, given_name, family_name }): Command => ({
        id,
        kind: 'person',
        label: `${verb.label} ${username}`,
        hint: `${given_name} ${family_name}`.trim(),
        icon: verb.icon,
        run: () => void navigate({ to: '/users/$user', params: { user: username }, hash: verb.word }),
      }),
    )
    return { commands: targetCommands, isSearching }
  }
  const verbCommands = permittedVerbs
    .filter(
      ({ label, word }) => first !== '' && others.length === 0 && (word.startsWith(first.toLowerCase()) || label.toLowerCase().includes(first.toLowerCase())),
    )
    .map(
      ({ word, label, icon }): Command => ({
        id: word,
        kind: 'action',
        label: `${label} …`,
        hint: 'then type a username',
        icon,
        run: () => {},
        fill: `${word} `,
      }),
    )
  const accountsAndResources: Command[] = [
    ...(serviceAccounts.data?.items ?? []).map(
      ({ id, name: account, description }): Command => ({
        id,
        kind: 'machine',
        label: account,
        hint: description,
        icon: Bot,
        run: () => void navigate({ to: '/keys/service-accounts/$account', params: { account } }),
      }),
    ),
    ...(resources.data?.items ?? []).map(
      ({ id, kind, name: resource, owner }): Command => ({
        id,
        kind: 'resource',
        label: resource,
        hint: `${kind} owned by ${owner.name}`,
        icon: Boxes,
        run: () => void navigate({ to: '/resources', search: { kind, owner: owner.name } }),
      }),
    ),
  ].filter(({ label }) => name !== '' && words.every((word) => label.toLowerCase().includes(word)))
  // The group with the best match comes first.
  const matching = [...[...pages, ...actions].filter(matches), ...verbCommands].sort((one, other) => rank(one) - rank(other))
  const order = [...new Set(matching.map(({ kind }) => kind))]
  return {
    commands: [...order.flatMap((kind) => matching.filter((command) => command.kind === kind)), ...memberCommands, ...accountsAndResources.slice(0, 12)],
    isSearching,
  }
}
