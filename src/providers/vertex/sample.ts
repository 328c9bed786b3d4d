// Answers of Google's own models and of a partner's, for the self-test.
import type { Sample } from '../../hub/sample.ts'
import { samples as messages } from '../anthropic/sample.ts'
import { samples as contents } from '../gemini/sample.ts'

const account = { project: 'p', location: 'global' }

export const samples: readonly Sample[] = [...contents, ...messages].map((sample) => ({ ...sample, account }))
