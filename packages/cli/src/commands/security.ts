import { factorPolicyWords } from '@muster/contract/authentication.ts'
import { command } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { moment, when } from '../output/time.ts'

const list = command(
  'security list',
  {
    summary: 'list your passkeys, authenticator app, linked providers and remembered devices, and where to change them',
    examples: ['muster security list', 'muster security list --json'],
  },
  async (context) => {
    const { say, now, api } = context
    const factors = await (await signedIn(context)).GET('/v1/me/factors')
    const { passkeys, authenticator, identities, remembered_devices: remembered, reset } = factors
    const rows = passkeys.map((item) => [
      item.name,
      item.device_bound ? 'passkey on one device' : 'synchronized passkey',
      moment(item.created_at, now),
      moment(item.last_used_at, now, 'never'),
      item.last_address ?? '',
    ])
    if (authenticator)
      rows.push([
        'Authenticator app',
        `${authenticator.recovery_codes_left} recovery codes left`,
        moment(authenticator.created_at, now),
        moment(authenticator.last_used_at, now, 'never'),
        '',
      ])
    for (const item of identities)
      rows.push([item.label, `account at ${item.provider}`, moment(item.created_at, now), moment(item.last_used_at, now, 'never'), item.last_address ?? ''])
    for (const device of remembered)
      rows.push([
        device.user_agent ?? 'Browser',
        'remembered device: no second factor',
        moment(device.created_at, now),
        moment(device.last_used_at, now),
        device.address,
      ])
    if (rows.length > 0 || say.json) say.data(factors, () => say.table(['NAME', 'KIND', 'ADDED?', 'LAST USED', 'FROM?'], rows))
    const page = `${api.url}/account/security`
    const { required } = factors
    if (required && !required.ready)
      say.warn(
        `${required.by === 'operator' ? 'The operator' : required.organization} requires ${factorPolicyWords[required.policy]}${required.from ? ` from ${when(required.from, now)}` : ''}. Add it: ${page}`,
      )
    if (reset && !say.json) say.note(`\n${reset.requested_by} asked to reset how you sign in, in force ${when(reset.in_force_at, now)}. To stop it: ${page}`)
    say.hint(
      rows.length === 0 ? `You sign in with your password only. To add a passkey or an authenticator app: ${page}` : `To change how you sign in: ${page}`,
    )
  },
)

export default [list]
