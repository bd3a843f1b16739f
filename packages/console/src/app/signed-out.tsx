import type { ProblemCode } from '@muster/contract/problems.ts'
import { describeReason, signInPath } from '../lib/sign-in.ts'
import { buttonClass } from '../ui/button.tsx'
import { Outside } from './outside.tsx'

/** The session ended while the console was open. */
export const SignedOut = ({ reason }: { reason: ProblemCode }) => (
  <Outside title="You are signed out">
    <p role="status">{describeReason(reason)}</p>
    <div>
      <a href={signInPath(reason)} className={buttonClass('primary')}>
        Sign in
      </a>
    </div>
  </Outside>
)
