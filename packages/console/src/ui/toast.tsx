import { Toast } from '@base-ui/react/toast'
import { ownCommands } from '../lib/own-commands.ts'
import { describeProblem, endsSession } from '../lib/problem.ts'

export const toastManager = Toast.createToastManager<{ command: string | undefined }>()

interface Undo {
  label?: string
  run: () => void
}

/** Notices in the corner, with an undo action where there is one. */
export const toast = {
  /** Confirms an action. `command` is for actions without a dialog, because a dialog shows its command. */
  done(title: string, { description, command, undo }: { description?: string; command?: string; undo?: Undo } = {}) {
    const id: string = toastManager.add({
      title,
      description,
      type: 'done',
      data: { command: command && ownCommands(command) },
      timeout: undo || command ? 10_000 : 6_000,
      ...(undo && {
        actionProps: {
          children: undo.label ?? 'Undo',
          onClick: () => {
            toastManager.close(id)
            undo.run()
          },
        },
      }),
    })
  },
  /** The action succeeded in part. The notice stays until it is closed. */
  warn(title: string, { description }: { description: string }) {
    toastManager.add({ title, description, type: 'warned', priority: 'high', timeout: 0 })
  },
  fail(error: unknown) {
    if (endsSession(error)) return
    const { title, detail, next } = typeof error === 'string' ? { title: error, detail: undefined, next: '' } : describeProblem(error)
    toastManager.add({
      title,
      description: `${detail && detail !== title ? `${detail} ` : ''}${next}`.trim(),
      type: 'failed',
      priority: 'high',
      timeout: 12_000,
    })
  },
}
