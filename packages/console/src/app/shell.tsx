import { Dialog } from '@base-ui/react/dialog'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import ChevronDown from 'lucide-react/icons/chevron-down'
import MenuIcon from 'lucide-react/icons/menu'
import SearchIcon from 'lucide-react/icons/search'
import WifiOff from 'lucide-react/icons/wifi-off'
import X from 'lucide-react/icons/x'
import { type ReactNode, useEffect, useState } from 'react'
import { useSession } from '../lib/session.ts'
import { useOnline } from '../lib/use-online.ts'
import { buttonClass, IconButton } from '../ui/button.tsx'
import { isDialogOpen } from '../ui/dialog.tsx'
import { RowMenus } from '../ui/menu.tsx'
import { AccountMenu } from './account-menu.tsx'
import { Mark } from './mark.tsx'
import { navigation } from './pages.ts'
import { Palette } from './palette.tsx'
import { SessionGate } from './session-gate.tsx'

/** The frame around every page: the navigation, the top bar and the offline banner. */
export function Shell() {
  return (
    <SessionGate>
      <Layout />
    </SessionGate>
  )
}

function Layout() {
  const [isPaletteOpen, setIsPaletteOpen] = useState(false)
  const [open, setOpen] = useState(false)
  const { organization } = useSession()
  const online = useOnline()
  const path = useLocation({ select: (location) => location.pathname })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a navigation closes the drawer
  useEffect(() => setOpen(false), [path])
  useEffect(() => {
    const onShortcut = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      // The palette does not open over a dialog. The same keys close it again.
      setIsPaletteOpen((before) => !before && !isDialogOpen())
    }
    addEventListener('keydown', onShortcut)
    return () => removeEventListener('keydown', onShortcut)
  }, [])

  return (
    <div className="grid min-h-dvh grid-cols-[minmax(0,1fr)] [--bar:52px] md:grid-cols-[16rem_minmax(0,1fr)]">
      <a href="#content" className="absolute top-[-80px] left-4 z-50 rounded border border-line-strong bg-surface px-4 py-2 focus:top-2">
        Skip to content
      </a>
      <div className="border-r border-line bg-sunken max-md:hidden">
        <div className="sticky top-0 flex max-h-dvh flex-col gap-5 overflow-y-auto px-3 pt-3.5 pb-6">
          <Navigation brand={<Brand />} />
        </div>
      </div>
      <div className="flex min-w-0 flex-col">
        <header className="sticky top-0 z-20 flex h-[var(--bar)] items-center gap-2 border-b border-line bg-bg px-4 md:px-8">
          <Dialog.Root open={open} onOpenChange={setOpen}>
            <Dialog.Trigger
              render={
                <IconButton label="Open navigation" className="-ml-2 md:hidden">
                  <MenuIcon aria-hidden size={18} />
                </IconButton>
              }
            />
            <Dialog.Portal>
              <Dialog.Backdrop className="floating fixed inset-0 z-30 bg-[oklch(0.2_0.01_265/0.45)]" />
              <Dialog.Popup className="floating fixed inset-y-0 left-0 z-30 flex w-[min(18rem,86vw)] flex-col gap-5 overflow-y-auto border-r border-line bg-sunken px-3 py-3 shadow-float outline-none">
                <div className="flex items-center justify-between">
                  <Dialog.Title render={<div />}>
                    <Brand />
                  </Dialog.Title>
                  <Dialog.Close
                    render={
                      <IconButton label="Close navigation">
                        <X aria-hidden size={18} />
                      </IconButton>
                    }
                  />
                </div>
                <Navigation />
              </Dialog.Popup>
            </Dialog.Portal>
          </Dialog.Root>
          <p className="min-w-0 truncate text-sm">
            <span className="sr-only">Organization: </span>
            <span className="font-semibold">{organization.name}</span>
            <span className="text-muted max-sm:hidden"> · {organization.plan}</span>
          </p>
          <div className="ml-auto flex items-center gap-2">
            <button
              type="button"
              onClick={() => setIsPaletteOpen(true)}
              aria-keyshortcuts="Control+K Meta+K"
              className={buttonClass(
                'plain',
                'min-h-8! border-line! font-normal! text-muted! max-sm:border-transparent! max-sm:px-2! sm:w-60 sm:justify-start!',
              )}
            >
              <SearchIcon aria-hidden size={15} />
              <span className="whitespace-nowrap max-sm:sr-only">Search or jump to</span>
              <kbd aria-hidden className="ml-auto rounded border border-line px-1 text-xs whitespace-nowrap max-sm:hidden">
                {/mac/i.test(navigator.platform) ? '⌘K' : 'Ctrl K'}
              </kbd>
            </button>
            <AccountMenu
              trigger={(name) => (
                <button type="button" className={buttonClass('quiet', 'min-h-8! px-2!')} aria-label={`Account menu of ${name}`}>
                  <span className="max-w-28 truncate">{name}</span>
                  <ChevronDown aria-hidden size={14} />
                </button>
              )}
            />
          </div>
        </header>
        {!online && (
          <p role="status" className="flex items-center gap-2 border-b border-line border-l-3 border-l-paused bg-surface px-4 py-2 text-sm md:px-8">
            <WifiOff aria-hidden size={15} className="flex-none text-paused" />
            You are offline. This page may be out of date, and changes can't be saved until the connection is back.
          </p>
        )}
        <main id="content" tabIndex={-1} className="w-full max-w-[90rem] flex-1 px-4 py-5 outline-none md:px-8 md:py-7">
          <Outlet />
        </main>
      </div>
      <RowMenus />
      <Palette open={isPaletteOpen} onClose={() => setIsPaletteOpen(false)} />
    </div>
  )
}

const Brand = () => (
  <Link to="/" className="inline-flex min-h-7 items-center rounded px-2 text-text no-underline">
    <Mark />
  </Link>
)

function Navigation({ brand }: { brand?: ReactNode }) {
  const { may } = useSession()
  return (
    <nav aria-label="Main" className="flex flex-col gap-4 text-sm">
      {brand}
      {navigation.map(({ heading, subheading, pages }) => {
        const visiblePages = pages.filter(({ needs }) => !needs || may(needs))
        if (visiblePages.length === 0) return null
        return (
          <div key={heading ?? 'main'}>
            {heading && <h2 className="px-2 text-xs font-semibold text-muted">{heading}</h2>}
            {subheading && <h3 className="mt-1.5 px-2 text-sm font-semibold">{subheading}</h3>}
            <ul className={subheading ? 'mt-0.5 ml-2 border-l border-line pl-1.5' : 'mt-0.5'}>
              {visiblePages.map(({ to, title, icon: Icon }) => (
                <li key={to}>
                  <Link
                    to={to}
                    activeOptions={{ exact: (to as string) === '/', includeSearch: false }}
                    className="flex min-h-8 items-center gap-2.5 rounded px-2 py-1 text-muted no-underline hover:bg-surface hover:text-text aria-[current=page]:bg-surface aria-[current=page]:text-text aria-[current=page]:rounded-l-none aria-[current=page]:shadow-[inset_2px_0_0_var(--accent)] pointer-coarse:min-h-11"
                  >
                    <Icon aria-hidden size={15} className="flex-none" />
                    {title}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}
