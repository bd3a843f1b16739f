import { Toast } from '@base-ui/react/toast'
import X from 'lucide-react/icons/x'
import { IconButton } from './button.tsx'
import { CopyButton } from './copy.tsx'
import { cx } from './cx.ts'
import { toastManager } from './toast.tsx'

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
  <Toast.Provider toastManager={toastManager} limit={4}>
    <Toast.Portal>
      <Toast.Viewport className="fixed right-3 bottom-3 z-50 flex w-[min(24rem,calc(100vw-24px))] flex-col-reverse gap-2">
        <List />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
)
