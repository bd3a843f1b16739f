import { nameAndUsername } from '@muster/contract/names.ts'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import Ban from 'lucide-react/icons/ban'
import LinkIcon from 'lucide-react/icons/link'
import { useState } from 'react'
import { answer, api } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { describeRole } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { DangerDialog } from '../../ui/dialog.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/states.tsx'
import { Countdown } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshPeople } from '../users/data.ts'
import { openSecretsQuery, type Secret } from './data.ts'
import { GenerateDialog, LinkDialog, type ShownLink } from './generate-link.tsx'

const kinds = { link: 'Invite link', secret: 'Organization secret' } as const

/** Open invite links and organization secrets, for people whose email address is not known. */
export function InviteLinks() {
  const { organization, may } = useSession()
  const canRead = may('invitations:read')
  const canCreate = may('invitations:create')
  const list = useInfiniteQuery({ ...openSecretsQuery(organization.id), enabled: canRead })
  const [generating, setGenerating] = useHashDialog('invite-link')
  const [shown, setShown] = useState<ShownLink | null>(null)
  const [revoking, setRevoking] = useState<Secret | null>(null)
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []

  const copy = useMutation({
    mutationFn: ({ id }: Secret) => answer(api.POST('/v1/organizations/{org}/invitations/{id}/link', { params: { path: { org: organization.id, id } } })),
    onSuccess: async ({ url }, secret) => {
      if (await copyText(url)) toast.done('Invite link copied', { description: 'It is valid for one person. The audit log records that you copied it.' })
      else setShown({ ...secret, url })
    },
    onError: (error) => toast.fail(error),
  })
  const revoke = useMutation({
    mutationFn: ({ id }: Secret) => answer(api.DELETE('/v1/organizations/{org}/secrets/{id}', { params: { path: { org: organization.id, id } } })),
    onSuccess: async (_, { kind }) => {
      await refreshPeople()
      setRevoking(null)
      toast.done(kind === 'link' ? 'Invite link revoked' : 'Organization secret revoked')
    },
  })

  return (
    <Card
      title="Invite links"
      padded={false}
      action={
        canCreate && (
          <Button onClick={() => setGenerating(true)}>
            <LinkIcon aria-hidden size={15} />
            Generate invite link
          </Button>
        )
      }
    >
      {canRead ? (
        <Loaded query={list} rows={2} label="Loading the invite links">
          {() =>
            rows.length === 0 ? (
              <p className="px-5 py-4 text-sm text-muted">
                No open invite links. A link is valid for 24 hours, for the first person who accepts. If you know the person's email address, an email
                invitation is safer.
              </p>
            ) : (
              <ul aria-label="Open invite links" className="text-sm">
                {rows.map((secret) => (
                  <li key={secret.id} className="flex min-h-11 items-center gap-x-3 border-t border-line py-1 pr-3 pl-5 first:border-t-0">
                    <span className="min-w-0 flex-1">
                      <span className="font-semibold">{kinds[secret.kind]}</span>
                      <span className="text-muted">
                        {' '}
                        for {describeRole(secret)}, by{' '}
                        <Link to="/users/$user" params={{ user: secret.created_by }} className="link">
                          {nameAndUsername(secret.created_by_name, secret.created_by)}
                        </Link>
                      </span>
                      <span className="block text-muted">
                        Expires <Countdown at={secret.expires_at} />
                      </span>
                      {secret.invalid_reason && <span className="block text-muted">Not valid now: {secret.invalid_reason}</span>}
                    </span>
                    {secret.kind === 'link' && canCreate && !secret.invalid_reason && (
                      <IconButton label={`Copy the invite link by ${secret.created_by}`} onClick={() => copy.mutate(secret)}>
                        <LinkIcon aria-hidden size={15} />
                      </IconButton>
                    )}
                    {may('invitations:revoke') && (
                      <IconButton
                        label={`Revoke the ${secret.kind === 'link' ? 'invite link' : 'organization secret'} by ${secret.created_by}`}
                        className="hover:text-danger!"
                        onClick={() => {
                          revoke.reset()
                          setRevoking(secret)
                        }}
                      >
                        <Ban aria-hidden size={15} />
                      </IconButton>
                    )}
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      ) : (
        <p className="px-5 py-4 text-sm text-muted">A link is valid for 24 hours, for the first person who accepts. Your role can't see open links.</p>
      )}
      {list.hasNextPage && (
        <div className="border-t border-line px-5 py-3">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
      {generating && canCreate && (
        <GenerateDialog
          onClose={() => setGenerating(false)}
          onCreated={(link) => {
            setGenerating(false)
            setShown(link)
          }}
        />
      )}
      {shown && <LinkDialog link={shown} onClose={() => setShown(null)} />}
      {revoking && (
        <DangerDialog
          open
          onClose={() => setRevoking(null)}
          title={revoking.kind === 'link' ? 'Revoke this invite link?' : 'Revoke this organization secret?'}
          lead={`Created by ${revoking.created_by}. No one will be able to join with it.`}
          action={revoking.kind === 'link' ? 'Revoke invite link' : 'Revoke organization secret'}
          onConfirm={() => revoke.mutate(revoking)}
          busy={revoke.isPending}
          error={revoke.error}
        >
          <ShowCommand>{`muster org revoke-secret ${revoking.id}`}</ShowCommand>
        </DangerDialog>
      )}
    </Card>
  )
}
