// OpenAI's completions, the older endpoint: https://platform.openai.com/docs/api-reference/completions
import type { CompletionFields } from '../../../schemas/completions.ts'
import { ChoicesTap } from '../../hub/choices-tap.ts'
import type { Dialect } from '../../hub/dialect.ts'
import { fields } from './fields.ts'
import { completion } from './reply.ts'
import { completionRequestOf, promptsOf } from './request.ts'
import { CompletionRenderer } from './stream.ts'

export const completions: Dialect = {
  name: 'completions',
  table: fields,
  read: completionRequestOf,
  reply: completion,
  renderer: (context) => new CompletionRenderer(context),
  error: (error) => ({ error: error.body }),
  tap: ({ origin }) => {
    const body: Partial<CompletionFields> = origin?.body ?? {}
    return new ChoicesTap((body.n ?? 1) * promptsOf(body).length)
  },
}
