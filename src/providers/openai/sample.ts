// An answer of the service's own, which passes, for the self-test.
import type { Sample } from '../../hub/sample.ts'
import { frames } from '../openai-compatible/sample.ts'

export const samples: readonly Sample[] = [{ model: 'gpt-4.1', frames }]
