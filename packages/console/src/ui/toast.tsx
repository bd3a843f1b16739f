import { Toast } from '@base-ui/react/toast'
import X from 'lucide-react/icons/x'
import { ownCommands } from '../lib/own-commands.ts'
import { describeProblem, endsSession } from '../lib/problem.ts'
import { IconButton } from './button.tsx'
import { CopyButton } from './copy.tsx'
import { cx } from './cx.ts'

const manager = Toast.createToastManager<{ command: string | undefined }>()

interface Undo {
  label?: string
  run: () => void
}

/** Notices in the corner, with an undo action where there is one. */
export const toast = {
  /** Confirms an action. `command` is for actions without a dialog, which would have shown it. */
  done(title: string, { description, command, undo }: { description?: string; command?: string; undo?: Undo } = {}) {
    const id: string = manager.add({
      title,
      description,
      type: 'done',
      data: { command: command && ownCommands(command) },
      timeout: undo || command ? 10_000 : 6_000,
      ...(undo && {
        actionProps: {
          children: undo.label ?? 'Undo',
          onClick: () => {
            manager.close(id)
            undo.run()
          },
        },
      }),
    })
  },
  /** The action is done, but not completely. The notice stays until it is closed. */
  warn(title: string, { description }: { description: string }) {
    manager.add({ title, description, type: 'warned', priority: 'high', timeout: 0 })
  },
  fail(error: unknown) {
    if (endsSession(error)) return
    const { title, detail, next } = typeof error === 'string' ? { title: error, detail: undefined, next: '' } : describeProblem(error)
    manager.add({ title, description: `${detail && detail !== title ? `${detail} ` : ''}${next}`.trim(), type: 'failed', priority: 'high', timeout: 12_000 })
  },
}

function List() {
  const { toasts } = Toast.useToastManager<{ command: string | undefined }>()
  return toasts.map((one) => (
    <Toast.Root
      key={one.id}
      toast={one}
      swipeDirection={['right', 'down']}
      className={cx(
        'floating flex w-full items-start gap-3 rounded border border-line border-l-3 bg-surface py-2 pr-1.5 pl-3.5 text-sm shadow-float',
        one.type === 'failed' ? 'border-l-danger' : one.type === 'warned' ? 'border-l-paused' : 'border-l-active',
      )}
    >
      <div className="min-w-0 flex-1 py-1">
        <Toast.Title className="text-sm font-semibold wrap-anywhere" />
        <Toast.Description className="text-muted wrap-anywhere" />
        {one.data?.command && (
          <p className="mt-1 flex items-center justify-between gap-2 rounded bg-sunken pl-2">
            <code className="min-w-0 text-xs wrap-anywhere">{one.data.command}</code>
            <CopyButton text={one.data.command} label="Copy the command" />
          </p>
        )}
      </div>
      <Toast.Action className="min-h-8 rounded px-2 text-sm font-semibold text-accent hover:bg-sunken" />
      <Toast.Close render={<IconButton label="Close" />}>
        <X aria-hidden size={14} />
      </Toast.Close>
    </Toast.Root>
  ))
}

export const Toasts = () => (
  <Toast.Provider toastManager={manager} limit={4}>
    <Toast.Portal>
      <Toast.Viewport className="fixed right-3 bottom-3 z-50 flex w-[min(24rem,calc(100vw-24px))] flex-col-reverse gap-2">
        <List />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
)
