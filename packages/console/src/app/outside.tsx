import { type ReactNode, useEffect } from 'react'
import { Mark } from './mark.tsx'

/** A page without the console's frame: one column with the logo and a title. */
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

/** Signs out of this browser and opens the sign-in page. */
export const AnotherAccount = ({ children }: { children: ReactNode }) => (
  <form method="post" action="/sign-out">
    <input type="hidden" name="another" value="yes" />
    {children}
  </form>
)
