// What becomes of each field of a completion request on its way into the hub, which knows conversations.
import type { CompletionFields } from '../../../schemas/completions.ts'
import type { DialectFields } from '../../hub/desugar.ts'
import type { ChatFields } from '../../hub/request.ts'
import { dropped, emulated, rejected, rows } from '../../hub/support.ts'

/** A chat request, and what services know beside it that have this endpoint themselves. */
type Hub = Partial<ChatFields> & {
  readonly best_of?: number
  readonly echo?: boolean
  readonly suffix?: string
}

/** What was decided about the whole request. */
export interface Plan {
  readonly body: CompletionFields
  /** The provider has this endpoint itself, and all of its fields. */
  readonly natively: boolean
  /** The provider goes on with a text, and has no more of this endpoint. */
  readonly completes: boolean
}

const AS_MESSAGE = emulated('The prompt is sent as a message, which the model answers rather than goes on with.')
const TOKENS = rejected('Tokens mean something to one model only: send text.', 'invalid_type')
const NO_SUFFIX = rejected('The model cannot write towards a suffix.', 'unsupported_parameter')
const NOT_BEST = dropped('Of as many answers as are made, each is returned: none is chosen as the best.')
const ECHO = emulated('The gateway puts the prompt before the text.')
const NO_TOKEN = rejected('The model writes a token at least.', 'integer_below_min_value')

const { full, map } = rows<Hub, Plan>()

export const fields: DialectFields<CompletionFields, Hub, Plan> = {
  model: full('model'),
  prompt: map(
    'messages',
    (prompt: NonNullable<CompletionFields['prompt']>, { natively, completes }, lose) => {
      if (natively) return undefined
      const [first] = prompt
      if (typeof first === 'object' || typeof first === 'number') lose(TOKENS)
      if (!completes) lose(AS_MESSAGE)
      return undefined
    },
    [AS_MESSAGE, TOKENS],
  ),
  best_of: map(
    ['best_of'],
    (most: number, { natively, body }, lose) => {
      if (natively) return { best_of: most }
      return most > (body.n ?? 1) ? lose(NOT_BEST) : undefined
    },
    [NOT_BEST],
  ),
  echo: map(
    ['echo'],
    (echo: boolean, { natively }, lose) => {
      if (natively) return { echo }
      return echo ? lose(ECHO) : undefined
    },
    [ECHO],
  ),
  frequency_penalty: full('frequency_penalty'),
  logit_bias: full('logit_bias'),
  logprobs: map(['logprobs', 'top_logprobs'], (count: number) => ({
    logprobs: true,
    ...(count > 0 && { top_logprobs: count }),
  })),
  max_tokens: map(
    'max_completion_tokens',
    (most: number, { natively }, lose) => {
      if (most === 0 && !natively) lose(NO_TOKEN)
      return { max_completion_tokens: most }
    },
    [NO_TOKEN],
  ),
  n: full('n'),
  presence_penalty: full('presence_penalty'),
  seed: full('seed'),
  stop: full('stop'),
  stream: full('stream'),
  stream_options: full('stream_options'),
  suffix: map(
    ['suffix'],
    (suffix: string, { natively }, lose) => {
      if (natively) return { suffix }
      return suffix === '' ? undefined : lose(NO_SUFFIX)
    },
    [NO_SUFFIX],
  ),
  temperature: full('temperature'),
  top_p: full('top_p'),
  user: full('user'),
}
