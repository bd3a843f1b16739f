import { Dialog } from '@base-ui/react/dialog'
import { recentActions } from '@muster/contract/authentication.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { ApiProblem, answer, api } from '../lib/api.ts'
import { onConfirmationNeeded, type Refused } from '../lib/confirmation.ts'
import { Button } from '../ui/button.tsx'
import { Failure } from '../ui/failure.tsx'
import { TextField } from '../ui/form/field.tsx'

interface Asked {
  refused: Refused
  settle: (confirmed: boolean) => void
}

/** Asks users to confirm that it is them, above any other dialog, whose input stays (F17). */
export function ConfirmationDialog() {
  const [asked, setAsked] = useState<Asked | null>(null)
  useEffect(
    () =>
      onConfirmationNeeded(
        (refused) =>
          new Promise((resolve) => {
            setAsked({
              refused,
              settle(confirmed) {
                setAsked(null)
                resolve(confirmed)
              },
            })
          }),
      ),
    [],
  )
  return asked && <Question {...asked} />
}

function Question({ refused: { action, acr, detail }, settle }: Asked) {
  const [typed, setTyped] = useState('')
  const [isEmpty, setEmpty] = useState(false)
  const {
    data: ways,
    error: unavailable,
    refetch,
  } = useQuery({
    queryKey: ['confirmation'],
    queryFn: () => answer(api.GET('/v1/me/confirmation')),
    gcTime: 0,
    staleTime: 0,
  })
  const confirm = useMutation({
    mutationFn: (body: Parameters<typeof send>[0]) => send(body),
    onSuccess: () => settle(true),
  })
  const byPasskey = useMutation({
    mutationFn: async () => {
      const { startAuthentication } = await import('@simplewebauthn/browser')
      const response = await startAuthentication({ optionsJSON: ways?.passkey as never })
      return send({ passkey: { ...response } })
    },
    onSuccess: () => settle(true),
  })
  const byCode = ways?.code === true && acr !== 'phr'
  const byPassword = ways?.password === true && acr === null
  const cannot = ways !== undefined && !byCode && !byPassword && !ways.passkey
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setEmpty(typed === '')
    if (typed !== '' && !confirm.isPending) confirm.mutate(byCode ? { code: typed } : { password: typed })
  }
  const wrong = confirm.error instanceof ApiProblem && ['password_wrong', 'factor_wrong'].includes(confirm.error.code)
  const what = byCode ? 'code' : 'password'
  const fault = isEmpty && typed === '' ? `Enter your ${what}.` : wrong ? `This ${what} is not correct.` : undefined
  return (
    <Dialog.Root open onOpenChange={(open) => !open && settle(false)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="floating fixed inset-0 z-40 bg-[oklch(0.2_0.01_265/0.45)]" />
        <Dialog.Popup className="floating fixed top-[max(12px,12vh)] left-1/2 z-40 flex max-h-[calc(100dvh-24px)] w-[min(28rem,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden rounded border border-line bg-surface shadow-float outline-none">
          <form onSubmit={submit} noValidate className="flex min-h-0 flex-col">
            <div className="flex min-h-0 flex-col gap-4 overflow-y-auto p-5">
              <div>
                <Dialog.Title className="text-lg font-semibold">Confirm that it’s you</Dialog.Title>
                <Dialog.Description className="mt-1 text-sm text-muted">
                  {action ? `You are about to ${recentActions[action]}. ` : ''}
                  {detail ?? 'We won’t ask again for 10 minutes.'}
                </Dialog.Description>
              </div>
              {unavailable && <Failure error={unavailable} compact onRetry={() => refetch()} />}
              {!ways && !unavailable && (
                <p role="status" className="text-sm text-muted">
                  Loading…
                </p>
              )}
              {cannot && (
                <p className="text-sm">
                  {acr === null ? 'We confirm by a code that we email you.' : acr === 'phr' ? 'You have no passkey yet.' : 'You have no second factor yet.'}{' '}
                  <a href={acr === null ? '/account/confirm' : '/account/security'} target="_blank" rel="noreferrer" className="link">
                    {acr === null ? 'Confirm in a new tab' : 'Add one under Security'}
                  </a>
                  , then try again.
                </p>
              )}
              {(byCode || byPassword) && (
                <TextField
                  key={byCode ? 'code' : 'password'}
                  label={byCode ? 'Code from your authenticator app, or a recovery code' : 'Password'}
                  type={byCode ? 'text' : 'password'}
                  autoComplete={byCode ? 'one-time-code' : 'current-password'}
                  spellCheck={false}
                  autoFocus
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  fault={fault}
                />
              )}
              {ways?.passkey && (
                <Button type="button" busy={byPasskey.isPending} onClick={() => byPasskey.mutate()}>
                  Confirm with a passkey
                </Button>
              )}
              {confirm.error && !wrong && <Failure error={confirm.error} compact />}
              {byPasskey.error instanceof ApiProblem && <Failure error={byPasskey.error} compact />}
              {byPasskey.error && !(byPasskey.error instanceof ApiProblem) && (
                <p role="alert" className="text-sm text-danger">
                  The passkey was not used. Try again, or use another way.
                </p>
              )}
            </div>
            <div className="flex flex-none flex-wrap items-center justify-end gap-2 border-t border-line bg-sunken px-5 py-3">
              <Button type="button" onClick={() => settle(false)}>
                Cancel
              </Button>
              {(byCode || byPassword) && (
                <Button kind="primary" type="submit" busy={confirm.isPending}>
                  Confirm
                </Button>
              )}
            </div>
          </form>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

type Proof = { password: string } | { code: string } | { passkey: Record<string, unknown> }
const send = (body: Proof) => answer(api.POST('/v1/me/confirmation', { body }))
