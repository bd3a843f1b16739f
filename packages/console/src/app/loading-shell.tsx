import { Skeleton } from '../ui/states.tsx'
import { Mark } from './mark.tsx'

/** The frame of the console while the session loads. */
export const LoadingShell = () => (
  <div className="grid min-h-dvh md:grid-cols-[16rem_minmax(0,1fr)]">
    <div className="border-r border-line bg-sunken p-4 max-md:hidden">
      <Mark />
    </div>
    <main className="p-6 pt-20">
      <Skeleton label="Loading the console" rows={8} />
    </main>
  </div>
)
