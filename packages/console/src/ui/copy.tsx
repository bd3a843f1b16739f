import Check from 'lucide-react/icons/check'
import Copy from 'lucide-react/icons/copy'
import { useEffect, useState } from 'react'
import { copyText } from '../lib/copy.ts'
import { ownCommands } from '../lib/own-commands.ts'
import { IconButton } from './button.tsx'
import { cx } from './cx.ts'
import { toast } from './toast.tsx'

/** Copies a text and confirms it. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2_000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <IconButton
      label={label}
      className="-my-1 size-7!"
      onClick={async () => {
        if (await copyText(text)) setCopied(true)
        else toast.fail('Your browser blocked copying. Select the text and copy it yourself.')
      }}
    >
      {copied ? <Check aria-hidden size={14} className="text-active" /> : <Copy aria-hidden size={14} />}
      <span role="status" className="sr-only">
        {copied ? 'Copied' : ''}
      </span>
    </IconButton>
  )
}

/** An id, a link or a secret in monospace, with a copy button. */
export const Copyable = ({ text, label, className }: { text: string; label: string; className?: string }) => (
  <span className={cx('inline-flex min-w-0 max-w-full items-center gap-1', className)}>
    <code className="min-w-0 text-sm wrap-anywhere">{text}</code>
    <CopyButton text={text} label={label} />
  </span>
)

/** The commands for the same task, collapsed. At most once per page and once per dialog. */
export const ShowCommand = ({ children }: { children: string | string[] }) => {
  const commands = [children].flat().map(ownCommands)
  return (
    <details className="min-w-0 text-sm">
      <summary className="w-fit cursor-pointer text-muted hover:text-text">{commands.length > 1 ? 'Show commands' : 'Show command'}</summary>
      <div className="mt-2 flex max-w-xl flex-col gap-2">
        {commands.map((command) => (
          <Line key={command}>{command}</Line>
        ))}
      </div>
    </details>
  )
}

/** One command with a copy button. */
const Line = ({ children }: { children: string }) => (
  <div className="flex min-h-9 min-w-0 items-center justify-between gap-2 rounded border border-line bg-sunken py-1 pr-1 pl-3">
    <code className="min-w-0 text-sm wrap-anywhere">
      <span aria-hidden className="text-muted select-none">
        ${' '}
      </span>
      {children}
    </code>
    <CopyButton text={children} label="Copy the command" />
  </div>
)
