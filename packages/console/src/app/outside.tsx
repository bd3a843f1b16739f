import { type ReactNode, useEffect } from 'react'
import { Mark } from './mark.tsx'

/** What is said instead of the console: one column, with the mark and a title. */
export function Outside({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Muster`
  }, [title])
  return (
    <main className="mx-auto flex min-h-dvh max-w-[29rem] flex-col gap-5 px-4 py-16">
      <Mark />
      <h1 className="text-[1.75rem] leading-tight font-semibold tracking-tight">{title}</h1>
      {children}
    </main>
  )
}

/** Ends the session of this browser and asks for another. */
export const AnotherAccount = ({ children }: { children: ReactNode }) => (
  <form method="post" action="/sign-out">
    <input type="hidden" name="another" value="yes" />
    {children}
  </form>
)
