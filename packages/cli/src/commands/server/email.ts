import { readPages } from '../../api/pages.ts'
import { command, flag } from '../../command.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { defaultListSize, printList } from '../../output/list.ts'
import { count } from '../../output/text.ts'
import { moment } from '../../output/time.ts'

// What became of the emails of the installation (O13).

const list = command(
  'server email list [address]',
  {
    summary: 'list the emails of the last 30 days, newest first, or those whose address begins with a text',
    options: { all: flag(`list all of them, not only the first ${defaultListSize}`), operatorTokenFile },
    examples: ['muster server email list', 'muster server email list bob@example.com'],
    notes: 'STATE is the result of the last attempt: sent (the mail server accepted it), retrying or failed. Muster retries for about three days.',
  },
  async (context, { address, all, operatorTokenFile }) => {
    const { now, say } = context
    const operator = asOperator(context, operatorTokenFile)
    const query = { search: address }
    printList(context, await readPages(operator, '/v1/operator/emails', { params: { query } }, all ? Number.POSITIVE_INFINITY : defaultListSize), {
      none: address === undefined ? 'No emails.' : `No email was sent to an address that begins with ${address}.`,
      more: 'Type more of the address, or pass --all.',
      head: ['ADDRESS', 'ABOUT', 'STATE', 'LAST TRIED', 'TRIES?', 'REASON?', 'ID'],
      row: (email) => [
        email.address,
        email.about.replaceAll('_', ' '),
        email.state,
        moment(email.last_attempt_at, now),
        String(email.attempts),
        email.reason ?? '',
        email.id,
      ],
    })
    const { waiting } = await operator.GET('/v1/operator/emails', { params: { query: { limit: 1 } } })
    if (waiting > 0)
      say.hint(`\n${count(waiting, 'email')} to any address ${waiting === 1 ? 'waits' : 'wait'} for a first attempt. If that lasts, see the log of the server.`)
  },
)

const resend = command(
  'server email resend <id>',
  {
    summary: 'send an email again, with the same code or link',
    options: { operatorTokenFile },
    examples: ['muster server email resend 0f9b…'],
    notes: 'Refused if the code or link is no longer valid, and while Muster is still retrying.',
  },
  async (context, { id, operatorTokenFile }) => {
    const { say } = context
    const answer = await asOperator(context, operatorTokenFile).POST('/v1/operator/emails/{id}/resend', { params: { path: { id } } })
    if (say.json) return say.data(answer, () => '')
    say.done(`The email to ${answer.address} is sent again.`)
    say.hint(`To see what becomes of it: muster server email list ${answer.address}`)
  },
)

export default [list, resend]
