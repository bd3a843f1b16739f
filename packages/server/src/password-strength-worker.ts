import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'
import type { Question } from './password-strength.ts'

// Runs in a thread of its own, because the word lists take 60 MiB and a quarter of a second to load.

const factory = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  translations: english.translations,
  l33tMaxSubstitutions: 32,
})

// The list of the estimate: the most common passwords of known leaks. Shorter ones are refused for their length.
const leaked = new Set(common.dictionary['passwords-common'].filter((one) => one.length >= 10))

parentPort?.on('message', ({ id, password, personal }: Question) => {
  const { score, feedback } = factory.check(password, personal)
  parentPort?.postMessage({ id, strength: { score, warning: feedback.warning ?? null, leaked: leaked.has(password.toLowerCase()) } })
})
