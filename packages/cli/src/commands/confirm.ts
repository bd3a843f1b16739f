import { command, flag } from '../command.ts'
import { Failure } from '../errors.ts'
import { confirmInBrowser } from '../login/confirm.ts'
import { whyNoPerson } from '../login/device-login.ts'
import { hasKey } from '../login/environment.ts'
import { withoutKey } from '../login/login.ts'
import { signedIn } from '../login/sign-in.ts'

const confirm = command(
  'confirm',
  {
    summary: 'confirm in your browser that it is you, for the next 10 minutes',
    options: { noBrowser: flag('do not open a browser') },
    examples: ['muster confirm', 'muster confirm --no-browser'],
    notes: 'Changes such as creating a key require a recent sign-in. A command asks for it by itself; for a script, confirm before you run it.',
  },
  async (context, { noBrowser }) => {
    if (hasKey(context)) throw new Failure('A key cannot confirm anything.', { ...withoutKey(context), code: 'session_required' })
    const why = whyNoPerson(context)
    if (why !== null) throw new Failure('You cannot confirm here.', { code: 'person_required', why, next: 'Run it in a terminal.' })
    const login = await signedIn(context, { unregistered: true })
    await confirmInBrowser(context, login, { browser: !noBrowser })
    context.say.done('Confirmed. For 10 minutes, this login can make changes that require a recent sign-in.')
    context.say.data({ confirmed: true }, () => '')
  },
)

export default [confirm]
