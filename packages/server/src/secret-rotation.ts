import { setTimeout as sleep } from 'node:timers/promises'
import type { Execute } from './domain/command/context.ts'
import type { NewSigningKey } from './domain/credentials/signing-key.ts'
import type { RootKeyRow, RootKeyStore, SecretState, ServerProcess } from './domain/credentials/store.ts'
import type { Principal } from './domain/model/principal.ts'
import { Problem } from './domain/model/problem.ts'
import { sameBytes } from './domain/model/secret-keys.ts'
import {
  announceRootKeys,
  countLeft,
  finishRotation,
  isRotating,
  leftBody,
  replaceLeakedSecret,
  type SecretStatus,
  switchSecret,
  wasInUse,
} from './domain/organizations/secret.ts'
import type { SecretSource } from './installation.ts'
import { checkOf, type KeyRing, newRoot, openRoot, sealRoot } from './key-ring.ts'

// The operator's steps to change the secret (O8, decision 0059). They need the secret itself, which no command of the domain knows.

export interface SecretRotation {
  status(): Promise<SecretStatus>
  /** @throws Problem secret_not_set, secret_not_everywhere or secret_rotating */
  rotate(principal: Principal, options: { compromised: boolean }): Promise<SecretStatus>
  /** @throws Problem secret_in_use or secret_not_rotated */
  finish(principal: Principal): Promise<SecretStatus>
}

interface Options {
  ring: KeyRing
  source: SecretSource
  rootKeys: RootKeyStore
  execute: Execute
  /** One new key for each algorithm in use, sealed with this generation. */
  newSigningKeys(generation: number): Promise<NewSigningKey[]>
  /** Reads the new signing keys, and resolves when every process has. */
  onSigningKeysReplaced(): Promise<void>
}

/** How long a rotation waits for the other processes to read the new root key. */
const WAIT_MILLISECONDS = 10_000
/** Each process has read the state by then, or reads it before it decides (`READ_MILLISECONDS` in key-ring.ts). */
const READ_EVERYWHERE_MILLISECONDS = 1_100

export function createSecretRotation({ ring, source, rootKeys, execute, newSigningKeys, onSigningKeysReplaced }: Options): SecretRotation {
  const readState = async (): Promise<SecretState> => {
    const state = await rootKeys.read()
    if (!state) throw new Error('The installation has no secret.')
    return state
  }

  const status = async (): Promise<SecretStatus> => {
    await ring.refresh()
    const [state, [secret], left, processes] = await Promise.all([readState(), source.read(), rootKeys.valuesLeft(), rootKeys.processes()])
    const check = checkOf(secret)
    const hasNew = !sameBytes(check, state.secretCheck) && !(await wasInUse(rootKeys, state, check))
    const calm = hasNew ? 'ready' : 'settled'
    return {
      state: isRotating(state) ? 'rotating' : countLeft(left) > 0 ? 'renewing' : calm,
      generation: state.generation,
      hasNew,
      switchedAt: state.switchedAt,
      left: leftBody(left),
      processes: processes.map((process) => ({ name: process.name, ready: has(process, check) })),
    }
  }

  /** The secret to rotate to. In embedded mode it is created now. */
  const newSecret = async (state: SecretState, compromised: boolean): Promise<string> => {
    const [secret] = await source.read()
    if (!(await isSecretInUse(state))) return secret
    if (!compromised && isRotating(state)) throw new Problem('secret_rotating')
    if (source.renew) {
      await source.renew()
      await ring.refresh()
      return (await source.read())[0]
    }
    // The previous secret has leaked after the switch. Its values end, and a new root key begins.
    if (compromised && isRotating(state)) return secret
    throw new Problem('secret_not_set')
  }

  const isSecretInUse = async (state: SecretState): Promise<boolean> => sameBytes(checkOf((await source.read())[0]), state.secretCheck)

  /** Until the switch has committed, the previous secret is the only one that opens the root keys. */
  const forgetPrevious = async (): Promise<void> => {
    if (await isSecretInUse(await readState())) await source.forget()
  }

  // One at a time in this process, so that a new secret is never written while another request forgets the previous one.
  let last: Promise<unknown> = Promise.resolve()
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }

  const requireEverywhere = async (isReady: (process: ServerProcess) => boolean): Promise<void> => {
    const waitingSince = performance.now()
    for (;;) {
      const missing = (await rootKeys.processes()).filter((process) => !isReady(process)).map(({ name }) => name)
      if (missing.length === 0) return
      if (performance.now() - waitingSince > WAIT_MILLISECONDS)
        throw new Problem('secret_not_everywhere', `Without it: ${missing.join('; ')}.`, { extensions: { processes: missing } })
      await sleep(100)
    }
  }

  return {
    status,
    rotate: (principal, options) => alone(() => rotate(principal, options)),
    finish: (principal) => alone(() => finish(principal)),
  }

  async function rotate(principal: Principal, { compromised }: { compromised: boolean }): Promise<SecretStatus> {
    if (principal.kind !== 'operator') throw new Problem('operator_required')
    const state = await readState()
    if (!compromised && isRotating(state)) throw new Problem('secret_rotating')
    const secret = await newSecret(state, compromised)
    const secretCheck = checkOf(secret)
    await requireEverywhere((process) => has(process, secretCheck))
    const generation = Math.max(...state.roots.map((root) => root.generation)) + 1
    const announced = [sealRoot(secret, 'rows', generation, newRoot())]
    const lasting = await lastingOf(state)
    if (compromised || lasting.isSecret) announced.push(sealRoot(secret, 'lasting', generation, newRoot()))
    const announcement = { from: state.generation, secretCheck, roots: announced }
    await execute(announceRootKeys, principal, { ...announcement, compromised })
    await ring.refresh()
    await requireEverywhere((process) => process.generation >= generation)
    if (compromised) {
      await execute(replaceLeakedSecret, principal, { ...announcement, generation, successors: await newSigningKeys(generation) })
      await Promise.all([ring.refresh(), onSigningKeysReplaced(), sleep(READ_EVERYWHERE_MILLISECONDS)])
      await forgetPrevious()
    } else {
      const goesOn = lasting.isSecret ? null : sealRoot(secret, 'lasting', lasting.generation, lasting.root)
      await execute(switchSecret, principal, { ...announcement, generation, lasting: goesOn })
    }
    return status()
  }

  async function finish(principal: Principal): Promise<SecretStatus> {
    if (principal.kind !== 'operator') throw new Problem('operator_required')
    const state = await readState()
    if (!isRotating(state) && (state.generation === 0 || !(await isSecretInUse(state)))) throw new Problem('secret_not_rotated')
    await execute(finishRotation, principal, undefined)
    await ring.refresh()
    await forgetPrevious()
    return status()
  }

  /** The lasting root key that makes new values. In an installation of before it is the secret itself, and must not outlive it. */
  async function lastingOf(state: SecretState): Promise<{ generation: number; root: Buffer; isSecret: boolean }> {
    const secrets = await source.read()
    const row = state.roots.find(({ kind, generation }) => kind === 'lasting' && generation <= state.generation) as RootKeyRow
    const root = openRoot(secrets, row)
    if (!root) throw new Problem('unavailable')
    return { generation: row.generation, root, isSecret: secrets.some((secret) => sameBytes(Buffer.from(secret), root)) }
  }
}

const has = ({ secretChecks }: ServerProcess, check: Uint8Array): boolean => secretChecks.some((one) => sameBytes(one, check))
