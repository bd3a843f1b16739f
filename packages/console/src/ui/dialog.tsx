import { AlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { nextPlace } from '../lib/place.ts'
import { endsDialog, tell } from '../lib/problem.ts'
import { useUnfinished } from '../lib/unfinished.ts'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import { Failure, Reason } from './failure.tsx'
import { SessionNotice } from './session-notice.tsx'

const backdrop = 'floating fixed inset-0 z-30 bg-[oklch(0.2_0.01_265/0.45)]'
const popup =
  'floating fixed top-[max(12px,8vh)] left-1/2 z-30 flex max-h-[calc(100dvh-max(24px,12vh))] w-[min(34rem,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden rounded border border-line bg-surface shadow-float outline-none'

let shown: (() => void) | null = null

/** Whether a dialog is open. */
export const isAsking = (): boolean => shown !== null

/** One dialog at a time: what opens closes the one before, which a link or going back would leave under it. */
export function useAlone(open: boolean, onClose: () => void): void {
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    if (!open) return
    const own = () => close.current()
    shown?.()
    shown = own
    return () => {
      if (shown === own) shown = null
    }
  }, [open])
}

interface Frame {
  open: boolean
  onClose: () => void
  title: string
  /** Says under the title what this is. */
  lead?: ReactNode
  children?: ReactNode
}

const Body = ({ children }: { children: ReactNode }) => <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">{children}</div>
const Foot = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-none flex-wrap items-center justify-end gap-2 border-t border-line bg-sunken px-5 py-3">{children}</div>
)

/** Takes the place of the question when someone else was quicker: why it cannot be answered any more, and what to do. */
function Overtaken({ error }: { error: unknown }) {
  return (
    <div role="alert" className="text-sm">
      <Reason error={error} />
    </div>
  )
}

/** The focus was on a button that is gone. */
function CloseButton({ onClose }: { onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <Button ref={button} kind="primary" onClick={onClose}>
      Close
    </Button>
  )
}

/** A question or a form over the page. Escape and the buttons close it; where it came from gets the focus back. */
export function Dialog({ open, onClose, title, lead, children, foot, onSubmit, error }: Frame & { foot: ReactNode; onSubmit?: () => void; error?: unknown }) {
  useAlone(open, onClose)
  useUnfinished(open)
  const over = endsDialog(error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit?.()
  }
  const inside = (
    <>
      <Body>
        <div>
          <BaseDialog.Title className="text-lg font-semibold wrap-anywhere">{over ? tell(error).title : title}</BaseDialog.Title>
          {lead && !over && <BaseDialog.Description className="mt-1 text-sm text-muted">{lead}</BaseDialog.Description>}
        </div>
        {over ? <Overtaken error={error} /> : children}
      </Body>
      <SessionNotice />
      <Foot>{over ? <CloseButton onClose={onClose} /> : foot}</Foot>
    </>
  )
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdrop} />
        <BaseDialog.Popup className={popup} finalFocus={nextPlace}>
          {onSubmit ? (
            <form onSubmit={submit} noValidate className="flex min-h-0 flex-col">
              {inside}
            </form>
          ) : (
            inside
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

interface Danger extends Frame {
  /** The verb and the name: "Deactivate Bob". */
  action: string
  onConfirm: () => void
  busy: boolean
  /** False while the dialog itself says what has to be done first: the button is disabled. */
  ready?: boolean
  error?: unknown
  /** The colour of the button: `danger` ends something for good, `paused` takes access away for a while, `primary` takes nothing away. */
  tone?: 'danger' | 'paused' | 'primary'
}

/**
 * Before something ends: names the person or thing, lists what ends and what is handed over, and its button says the verb.
 * A press outside does not close it, and the focus stands on the way out.
 */
export function DangerDialog({ open, onClose, title, lead, children, action, onConfirm, busy, ready = true, error, tone = 'danger' }: Danger) {
  const out = useRef<HTMLButtonElement>(null)
  useAlone(open, onClose)
  useUnfinished(open)
  const over = endsDialog(error)
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup className={popup} initialFocus={out} finalFocus={nextPlace}>
          <Body>
            <div>
              <AlertDialog.Title className="text-lg font-semibold wrap-anywhere">{over ? tell(error).title : title}</AlertDialog.Title>
              {lead && !over && <AlertDialog.Description className="mt-1 text-sm text-muted">{lead}</AlertDialog.Description>}
            </div>
            {over ? <Overtaken error={error} /> : children}
            {error != null && !over && <Failure error={error} compact />}
          </Body>
          <SessionNotice />
          <Foot>
            {over ? (
              <CloseButton onClose={onClose} />
            ) : (
              <>
                <Button ref={out} onClick={onClose}>
                  Cancel
                </Button>
                <Button kind={tone} busy={busy} disabled={!ready} onClick={onConfirm}>
                  {action}
                </Button>
              </>
            )}
          </Foot>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  )
}

/** What ends, what is handed over: a line each, under a word. */
export function Consequences({ title, items, className }: { title: string; items: ReactNode[]; className?: string }) {
  if (items.length === 0) return null
  return (
    <div className={cx('text-sm', className)}>
      <p className="font-semibold">{title}</p>
      <ul className="mt-1 list-disc pl-5 text-muted marker:text-line-strong">
        {items.map((item, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change while it is shown
          <li key={at} className="wrap-anywhere">
            {item}
          </li>
        ))}
      </ul>
    </div>
  )
}
