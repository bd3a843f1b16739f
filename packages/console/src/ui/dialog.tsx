import { AlertDialog } from '@base-ui/react/alert-dialog'
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import { nextFocus } from '../lib/focus.ts'
import { describeProblem, endsDialog } from '../lib/problem.ts'
import { useUnsavedInput } from '../lib/unsaved-input.ts'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import { Failure, Reason } from './failure.tsx'
import { SessionNotice } from './session-notice.tsx'

const backdrop = 'floating fixed inset-0 z-30 bg-[oklch(0.2_0.01_265/0.45)]'
const popup =
  'floating fixed top-[max(12px,8vh)] left-1/2 z-30 flex max-h-[calc(100dvh-max(24px,12vh))] w-[min(34rem,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden rounded border border-line bg-surface shadow-float outline-none'

let closeCurrent: (() => void) | null = null

/** Whether a dialog is open. */
export const isDialogOpen = (): boolean => closeCurrent !== null

/** Allows one dialog at a time: opening one closes the previous one, which a link or the back button would leave under it. */
export function useSingleDialog(open: boolean, onClose: () => void): void {
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    if (!open) return
    const own = () => close.current()
    closeCurrent?.()
    closeCurrent = own
    return () => {
      if (closeCurrent === own) closeCurrent = null
    }
  }, [open])
}

interface Frame {
  open: boolean
  onClose: () => void
  title: string
  /** A short description under the title. */
  lead?: ReactNode
  children?: ReactNode
}

const Body = ({ children }: { children: ReactNode }) => <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">{children}</div>
const Foot = ({ children }: { children: ReactNode }) => (
  <div className="flex flex-none flex-wrap items-center justify-end gap-2 border-t border-line bg-sunken px-5 py-3">{children}</div>
)

/** Replaces the content of a dialog when its object is gone: what happened and what to do. */
function GoneMessage({ error }: { error: unknown }) {
  return (
    <div role="alert" className="text-sm">
      <Reason error={error} />
    </div>
  )
}

/** Takes the focus, because the focused button is gone. */
function CloseButton({ onClose }: { onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return (
    <Button ref={button} kind="primary" onClick={onClose}>
      Close
    </Button>
  )
}

/** A dialog with a question or a form. Escape and the buttons close it, and the focus returns to the element that opened it. */
export function Dialog({ open, onClose, title, lead, children, foot, onSubmit, error }: Frame & { foot: ReactNode; onSubmit?: () => void; error?: unknown }) {
  useSingleDialog(open, onClose)
  useUnsavedInput(open)
  const isGone = endsDialog(error)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSubmit?.()
  }
  const content = (
    <>
      <Body>
        <div>
          <BaseDialog.Title className="text-lg font-semibold wrap-anywhere">{isGone ? describeProblem(error).title : title}</BaseDialog.Title>
          {lead && !isGone && <BaseDialog.Description className="mt-1 text-sm text-muted">{lead}</BaseDialog.Description>}
        </div>
        {isGone ? <GoneMessage error={error} /> : children}
      </Body>
      <SessionNotice />
      <Foot>{isGone ? <CloseButton onClose={onClose} /> : foot}</Foot>
    </>
  )
  return (
    <BaseDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={backdrop} />
        <BaseDialog.Popup className={popup} finalFocus={nextFocus}>
          {onSubmit ? (
            <form onSubmit={submit} noValidate className="flex min-h-0 flex-col">
              {content}
            </form>
          ) : (
            content
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
  /** False while the dialog shows what must be done first; the button is disabled. */
  ready?: boolean
  error?: unknown
  /** The colour of the button: `danger` for irreversible actions, `paused` for reversible ones, `primary` when nothing is lost. */
  tone?: 'danger' | 'paused' | 'primary'
}

/**
 * Confirms an action that ends access or deletes data. The dialog names the object, lists what ends and what is transferred, and its button is the verb.
 * A click outside does not close the dialog, and the focus starts on Cancel.
 */
export function DangerDialog({ open, onClose, title, lead, children, action, onConfirm, busy, ready = true, error, tone = 'danger' }: Danger) {
  const cancel = useRef<HTMLButtonElement>(null)
  useSingleDialog(open, onClose)
  useUnsavedInput(open)
  const isGone = endsDialog(error)
  return (
    <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={backdrop} />
        <AlertDialog.Popup className={popup} initialFocus={cancel} finalFocus={nextFocus}>
          <Body>
            <div>
              <AlertDialog.Title className="text-lg font-semibold wrap-anywhere">{isGone ? describeProblem(error).title : title}</AlertDialog.Title>
              {lead && !isGone && <AlertDialog.Description className="mt-1 text-sm text-muted">{lead}</AlertDialog.Description>}
            </div>
            {isGone ? <GoneMessage error={error} /> : children}
            {error != null && !isGone && <Failure error={error} compact />}
          </Body>
          <SessionNotice />
          <Foot>
            {isGone ? (
              <CloseButton onClose={onClose} />
            ) : (
              <>
                <Button ref={cancel} onClick={onClose}>
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

/** A titled list of consequences, such as what ends or what is transferred. */
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
