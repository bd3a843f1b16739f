import { type FactorPolicy, factorPolicies, factorPolicyWords } from '@muster/contract/authentication.ts'
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { serverNow } from '../../lib/clock.ts'
import { queries } from '../../lib/queries.ts'
import { useSession } from '../../lib/session.ts'
import { useNow } from '../../lib/use-now.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { SelectField, TextField } from '../../ui/form/field.tsx'
import { Card, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { KeyPolicyFact } from './key-policy.tsx'
import { UnreadyCredentials } from './unready-credentials.tsx'

type Policy = Schemas['FactorPolicy']

const policyQuery = (org: string) =>
  queryOptions({
    queryKey: ['organization', org, 'factor-policy'],
    queryFn: ({ signal }) => answer(api.GET('/v1/organizations/{org}/factor-policy', { signal, params: { path: { org } } })),
  })

const unreadyQuery = (org: string, policy: FactorPolicy) =>
  infiniteQueryOptions({
    queryKey: ['organization', org, 'unready', policy],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/unready-members', { signal, params: { path: { org }, query: { policy, cursor, limit: 20 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    enabled: policy !== 'none',
  })

const stricter = (one: FactorPolicy, other: FactorPolicy): FactorPolicy => (factorPolicies.indexOf(one) > factorPolicies.indexOf(other) ? one : other)

const sentence = (policy: FactorPolicy): string => {
  const words = factorPolicyWords[policy]
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}

/** What the organization requires of the sign-ins of its members, and who is not ready (F13). */
export function Security() {
  const { organization, may } = useSession()
  const { data: policy, error, refetch } = useQuery(policyQuery(organization.id))
  const [editing, setEditing] = useState(false)
  const now = useNow('minute')
  const editable = may('organization:security')
  const floor = policy?.floor
  const ahead = policy && stricter(policy.policy, policy.floor.policy)
  if (error && !policy) return <Failure error={error} onRetry={() => refetch()} />
  return (
    <Card title="Security" action={editable && policy && <Button onClick={() => setEditing(true)}>Edit security</Button>}>
      {!policy ? (
        <Skeleton rows={2} label="Loading the security settings" />
      ) : (
        <>
          <Facts>
            <Fact name="Sign-in requires">
              {sentence(policy.policy)}
              {policy.from && Date.parse(policy.from) > now.getTime() && (
                <p className="text-muted">
                  From <Time at={policy.from} />
                  {policy.in_force !== 'none' && `; until then, ${factorPolicyWords[policy.in_force]}`}
                </p>
              )}
            </Fact>
            {floor && floor.policy !== 'none' && (
              <Fact name="Operator requires">
                {sentence(floor.policy)}
                {floor.from && Date.parse(floor.from) > now.getTime() && (
                  <p className="text-muted">
                    From <Time at={floor.from} />
                  </p>
                )}
              </Fact>
            )}
            <Fact name="Browsers">
              {policy.remembered_devices ? 'Members may let a browser be remembered for 30 days' : 'Members are asked for the second factor at every sign-in'}
            </Fact>
            <Fact name="API keys">
              <KeyPolicyFact editable={editable} />
            </Fact>
            {may('applications:read') && (
              <Fact name="Applications">
                <Link to="/settings/applications" className="link">
                  View the applications that members let act for them
                </Link>
              </Fact>
            )}
            {editable && ahead && ahead !== 'none' && (
              <Fact name="Not ready">
                <Unready policy={ahead} />
              </Fact>
            )}
            {editable && ahead && ahead !== 'none' && (
              <Fact name="Created without the required factor">
                <UnreadyCredentials />
              </Fact>
            )}
          </Facts>
          {editing && <SecurityDialog policy={policy} onClose={() => setEditing(false)} />}
        </>
      )}
    </Card>
  )
}

/** The members who have no factor that the policy accepts. */
function Unready({ policy }: { policy: FactorPolicy }) {
  const { organization } = useSession()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(unreadyQuery(organization.id, policy))
  if (error) return <Failure error={error} compact />
  const members = data?.pages.flatMap(({ items }) => items)
  if (!members) return <span className="text-muted">…</span>
  if (members.length === 0) return <span className="text-muted">Everybody is ready</span>
  return (
    <>
      <ul className="flex flex-col gap-1">
        {members.map(({ id, username, authenticator }) => (
          <li key={id}>
            <Link to="/users/$user" params={{ user: username }} className="link">
              {username}
            </Link>
            {authenticator && <span className="text-muted"> has an authenticator app, but no passkey</span>}
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Button className="mt-2" busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </>
  )
}

const DEFAULT_DAYS = 14

/** Of a policy that waits, the days that are left. */
const daysLeft = ({ policy, in_force, from }: Policy): number =>
  from === null || policy === in_force ? DEFAULT_DAYS : Math.max(0, Math.ceil((Date.parse(from) - serverNow().getTime()) / 86_400_000))

function SecurityDialog({ policy: before, onClose }: { policy: Policy; onClose: () => void }) {
  const { organization } = useSession()
  const [policy, setPolicy] = useState<FactorPolicy>(before.policy)
  const [days, setDays] = useState(() => String(daysLeft(before)))
  const [remembered, setRemembered] = useState(before.remembered_devices ? 'yes' : 'no')
  const { data: unready } = useInfiniteQuery(unreadyQuery(organization.id, policy))
  const first = unready?.pages[0]
  const count = first ? `${first.items.length}${first.next_cursor ? ' or more' : ''}` : null
  const save = useMutation({
    mutationFn: () =>
      answer(
        api.PUT('/v1/organizations/{org}/factor-policy', {
          params: { path: { org: organization.id } },
          body: { policy, grace_days: canWait ? Number(days) : 0, remembered_devices: remembered === 'yes' },
        }),
      ),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['organization'] })
      onClose()
      toast.done('Security settings saved')
    },
  })
  // Only a stricter policy than the one in force can wait.
  const canWait = factorPolicies.indexOf(policy) > factorPolicies.indexOf(before.in_force)
  const wrongDays = canWait && !/^\d{1,2}$/.test(days)
  return (
    <Dialog
      open
      onClose={onClose}
      title="Security of the organization"
      lead="A member without such a factor adds one before they can go on. API keys and refresh tokens stay valid."
      error={save.error}
      onSubmit={() => !wrongDays && !save.isPending && save.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <SelectField label="Sign-in requires" value={policy} onChange={(event) => setPolicy(event.target.value as FactorPolicy)}>
        <option value="none">{sentence('none')}</option>
        <option value="any">{sentence('any')}</option>
        <option value="phishing-resistant">{sentence('phishing-resistant')}</option>
      </SelectField>
      {canWait && (
        <TextField
          label="Days until it takes force"
          inputMode="numeric"
          value={days}
          onChange={(event) => setDays(event.target.value)}
          hint={count === null ? undefined : count === '0' ? 'Everybody is ready.' : `${count} of your members are not ready.`}
          fault={wrongDays ? 'Enter a number from 0 to 90.' : undefined}
        />
      )}
      <SelectField label="Remembered browsers" value={remembered} onChange={(event) => setRemembered(event.target.value)}>
        <option value="yes">Members may let a browser be remembered for 30 days</option>
        <option value="no">No browser is remembered</option>
      </SelectField>
      {save.error && <Failure error={save.error} compact />}
    </Dialog>
  )
}
